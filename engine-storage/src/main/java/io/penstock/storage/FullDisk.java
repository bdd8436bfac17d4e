package io.penstock.storage;

import io.penstock.spi.StoreException;
import io.penstock.spi.StoreFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells a disk without room from other reasons for which a file could not be written. */
final class FullDisk {
  private static final Pattern WORDS =
      Pattern.compile("no space left|quota exceeded|not enough space|disk is full|file too large");
  private static final long ROOM_MIN = SegmentFormat.SEGMENT_LENGTH_MIN;

  private FullDisk() {}

  /**
   * Explains why something could not be written.
   *
   * @param rule the rule that failed, with its values
   * @param directory where
   * @param cause what the system said
   * @return a {@link StoreFullException} when there is no room, else a {@link StoreException}
   */
  static StoreException explain(final String rule, final Path directory, final IOException cause) {
    return isReason(directory, cause)
        ? new StoreFullException(
            rule
                + ", cause="
                + cause.getMessage()
                + "; the disk or its quota is full: make room and open it again, nothing is lost",
            cause)
        : new StoreException(
            rule + ", cause=" + cause.getMessage() + "; check its owner, permissions and disk",
            cause);
  }

  /** The same, of an exception that wraps what the system said. */
  static StoreException explain(
      final String rule, final Path directory, final UncheckedIOException cause) {
    final IOException said = cause.getCause();
    return explain(rule, directory, said == null ? new IOException(cause) : said);
  }

  private static boolean isReason(final Path directory, final IOException cause) {
    final String words = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    return WORDS.matcher(words).find() || hasNoRoom(directory);
  }

  private static boolean hasNoRoom(final Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace() < ROOM_MIN;
    } catch (final IOException e) {
      return false;
    }
  }
}
