package io.penstock.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The ledger files of one shard: their names, and how one comes into being. */
final class LedgerFiles {
  static final String DIRECTORY_NAME = "ledger";

  private static final Pattern NAME = Pattern.compile("ledger-(\\d{19})\\.led");
  private static final Pattern NAME_EVEN_DAMAGED =
      Pattern.compile("ledger-(\\d{19})\\.led(\\.damaged)?");
  private static final String DAMAGED_SUFFIX = ".damaged";

  private LedgerFiles() {}

  /** Where the ledger of a shard is. */
  static Path directory(final Path shardDirectory) {
    return shardDirectory.resolve(DIRECTORY_NAME);
  }

  static Path path(final Path ledgerDirectory, final long number) {
    return ledgerDirectory.resolve(String.format(Locale.ROOT, "ledger-%019d.led", number));
  }

  /**
   * Lists the files of a ledger.
   *
   * @param ledgerDirectory the shard's ledger directory; none when it is not there
   * @return the files by number; other files are not looked at
   * @throws IOException when the directory cannot be read
   */
  static List<SegmentFiles.Found> list(final Path ledgerDirectory) throws IOException {
    return list(ledgerDirectory, NAME);
  }

  /** A number greater than that of any file, those put aside included. */
  static long numberNext(final Path ledgerDirectory) throws IOException {
    final List<SegmentFiles.Found> found = list(ledgerDirectory, NAME_EVEN_DAMAGED);
    return found.isEmpty() ? 0 : found.get(found.size() - 1).number() + 1;
  }

  private static List<SegmentFiles.Found> list(final Path ledgerDirectory, final Pattern name)
      throws IOException {
    final List<SegmentFiles.Found> found = new ArrayList<>();
    if (!Files.isDirectory(ledgerDirectory)) {
      return found;
    }
    try (Stream<Path> files = Files.list(ledgerDirectory)) {
      for (final Path path : (Iterable<Path>) files::iterator) {
        final Matcher matcher = name.matcher(path.getFileName().toString());
        if (matcher.matches()) {
          found.add(new SegmentFiles.Found(path, Long.parseLong(matcher.group(1))));
        }
      }
    }
    found.sort(Comparator.comparingLong(SegmentFiles.Found::number));
    return found;
  }

  /**
   * Creates a file that is not in use yet: zeros to its end, really written. Its name and its bytes
   * are on the disk only when the ledger is forced; what a power failure takes of them is made
   * again from the journal.
   *
   * @param files the file system
   * @param ledgerDirectory the shard's ledger directory
   * @param number number of the file
   * @param length its length in bytes
   * @return the file, mapped for writing
   * @throws IOException when there is no room, or the file cannot be made; then nothing is left of
   *     it
   */
  static MappedFile create(
      final FileLayer files, final Path ledgerDirectory, final long number, final int length)
      throws IOException {
    final Path path = path(ledgerDirectory, number);
    final Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      files.create(temporary, ByteBuffer.allocate(0), length, false);
      files.move(temporary, path);
      return files.map(path, MapMode.READ_WRITE);
    } catch (final UncheckedIOException e) {
      throw e.getCause();
    } catch (final IOException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (final IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /**
   * Whether a file holds nothing after its header.
   *
   * @param path the file
   * @return true when there is nothing to lose in it
   * @throws IOException when it cannot be read
   */
  static boolean isWithoutReceipts(final Path path) throws IOException {
    try (MappedFile file = MappedFile.readOnly(path)) {
      return file.isZeroFrom(Math.min(LedgerFormat.HEADER_LENGTH, file.length()));
    }
  }

  /**
   * Deletes the files of a ledger that never came to be, and their directory.
   *
   * @param ledgerDirectory the shard's ledger directory, which need not be there
   * @throws IOException when one cannot be deleted
   */
  static void deleteAll(final Path ledgerDirectory) throws IOException {
    if (Files.isDirectory(ledgerDirectory)) {
      try (Stream<Path> files = Files.list(ledgerDirectory)) {
        for (final Path path : (Iterable<Path>) files::iterator) {
          Files.delete(path);
        }
      }
      Files.delete(ledgerDirectory);
    }
  }

  /** Puts a damaged file aside, under a name that no later one gets. */
  static void putAside(final FileLayer files, final Path file) throws IOException {
    files.move(file, file.resolveSibling(file.getFileName() + DAMAGED_SUFFIX));
  }
}
