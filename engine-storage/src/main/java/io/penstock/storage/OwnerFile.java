package io.penstock.storage;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.penstock.storage.OwnerNote.Life;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One of the two files that say who owns a directory: locked by the operating system, and with the
 * owner's note as its text. The locked byte lies past the text, as a locked range cannot be read on
 * every system. One thread at a time.
 */
final class OwnerFile implements AutoCloseable {
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;
  private static final int TEXT_LENGTH_MAX = 1024;

  /**
   * Channels whose closing would drop the lock of another owner in this JVM, which came by a path
   * that names the directory differently. They stay open for the life of the JVM; static because
   * the lock they guard is the process's.
   */
  private static final Queue<FileChannel> PINNED = new ConcurrentLinkedQueue<>();

  private final Path path;
  private final FileModes modes;
  private FileChannel channel;
  private @Nullable Object key;

  /** What came of an attempt to lock. */
  enum Locking {
    DONE,
    HELD_BY_ANOTHER_PROCESS,
    HELD_IN_THIS_JVM
  }

  private OwnerFile(final Path path, final FileModes modes, final FileChannel channel)
      throws IOException {
    this.path = path;
    this.modes = modes;
    this.channel = channel;
    key = key(path);
  }

  /**
   * Opens the file, made if absent, without locking it.
   *
   * @param path where
   * @param modes who may read it when it is made
   * @return the file, to be closed
   * @throws IOException when it cannot be opened for writing
   */
  static OwnerFile open(final Path path, final FileModes modes) throws IOException {
    FileModes.requireNoLink(path);
    final FileChannel channel = channel(path, modes);
    try {
      return new OwnerFile(path, modes, channel);
    } catch (final IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel channel(final Path path, final FileModes modes) throws IOException {
    return FileChannel.open(path, Set.of(CREATE, READ, WRITE, NOFOLLOW_LINKS), modes.ofFile(path));
  }

  /** Identity of a file or directory apart from its name; null where the system has none. */
  static @Nullable Object key(final Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /** Asks the operating system for the lock. */
  Locking lock() throws IOException {
    try {
      return channel.tryLock(LOCKED_BYTE, 1, false) == null
          ? Locking.HELD_BY_ANOTHER_PROCESS
          : Locking.DONE;
    } catch (final OverlappingFileLockException e) {
      PINNED.add(channel);
      return Locking.HELD_IN_THIS_JVM;
    }
  }

  /** What the file holds. */
  String text() throws IOException {
    final ByteBuffer text = ByteBuffer.allocate(TEXT_LENGTH_MAX);
    channel.read(text, 0);
    return StandardCharsets.UTF_8.decode(text.flip()).toString().trim();
  }

  /** Makes a note the text of the file. */
  void write(final OwnerNote note) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(note.text().getBytes(StandardCharsets.UTF_8)), 0);
  }

  /** Takes the text away: there is no owner. */
  void clear() throws IOException {
    channel.truncate(0);
  }

  /**
   * Whether the file still says that the directory is ours. One that was deleted, emptied or
   * replaced by no owner says so again afterwards.
   *
   * @param own the owner's note
   * @param directoryKey identity of the directory
   * @return the note of another owner that is not known to be gone, or empty
   * @throws IOException when the file can neither be read nor made again
   */
  Optional<String> otherOwner(final OwnerNote own, final @Nullable Object directoryKey)
      throws IOException {
    if (!isInPlace()) {
      channel.close();
      channel = channel(path, modes);
      key = key(path);
      if (lock() != Locking.DONE) {
        return Optional.of(text());
      }
    }
    final Optional<OwnerNote> found = OwnerNote.parse(text());
    if (found.filter(own::isOf).isPresent()) {
      return Optional.empty();
    }
    if (found.filter(note -> note.life(directoryKey) != Life.GONE).isPresent()) {
      return found.map(OwnerNote::text);
    }
    write(own);
    return Optional.empty();
  }

  private boolean isInPlace() throws IOException {
    try {
      return Objects.equals(
          key, Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS).fileKey());
    } catch (final NoSuchFileException e) {
      return false;
    }
  }

  /** Gives the lock back, and leaves the text; a file whose lock is another's stays open. */
  @Override
  public void close() throws IOException {
    if (!PINNED.contains(channel)) {
      channel.close();
    }
  }
}
