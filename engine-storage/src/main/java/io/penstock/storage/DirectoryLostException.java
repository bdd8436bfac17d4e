package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An open engine found that its directory is not its own any more: it was moved, replaced or taken
 * over. The engine has stopped, and touches no file there.
 */
public final class DirectoryLostException extends StoreException {
  private static final long serialVersionUID = 1L;

  DirectoryLostException(
      final Path directory, final String reason, final @Nullable Throwable cause) {
    super(
        "directory must stay the engine's own while it is open: directory="
            + directory
            + ", found=["
            + reason
            + "]; close this engine, find out who moved or opened the directory, and open one engine"
            + " on it");
    if (cause != null) {
      initCause(cause);
    }
  }
}
