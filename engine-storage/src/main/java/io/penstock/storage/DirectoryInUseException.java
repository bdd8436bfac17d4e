package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.nio.file.Path;

/** The directory belongs to another open engine; the message says which. */
public final class DirectoryInUseException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Whether the owner lives in this JVM. */
  private final boolean sameJvm;

  /** The owner as it described itself. */
  private final String holder;

  DirectoryInUseException(final Path directory, final boolean sameJvm, final String holder) {
    super(
        "directory must have one owner: directory="
            + directory
            + ", holder=["
            + OwnerNote.words(holder)
            + "], sameJvm="
            + sameJvm
            + "; close that engine first or choose another directory");
    this.sameJvm = sameJvm;
    this.holder = OwnerNote.words(holder);
  }

  /**
   * Whether the owner lives in this JVM.
   *
   * @return true when an engine of this JVM holds the directory
   */
  public boolean sameJvm() {
    return sameJvm;
  }

  /**
   * The owner as it described itself: process id, host, start time of the process and time of
   * opening.
   *
   * @return one line, {@code unknown} when it could not be read
   */
  public String holder() {
    return holder;
  }
}
