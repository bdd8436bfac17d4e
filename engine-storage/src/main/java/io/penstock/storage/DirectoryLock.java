package io.penstock.storage;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.penstock.spi.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of a directory, held as a lock on {@value #FILE_NAME}; the file's text says who the
 * owner is.
 *
 * <p>The operating system gives the lock back when the process ends in any way. Two facts shape the
 * rest. POSIX drops all locks of a process on a file when the process closes <em>any</em>
 * descriptor of it, so a second opener in this JVM must not even open the file: owners are listed
 * in the system properties, the one table that all class loaders of a JVM share. And a locked range
 * cannot be read on every system, so the locked byte lies past the text.
 */
final class DirectoryLock implements AutoCloseable {
  static final String FILE_NAME = "penstock.lock";

  private static final String OWNER_PROPERTY = "io.penstock.storage.owner:";
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;
  private static final int TEXT_LENGTH_MAX = 512;

  /**
   * Channels whose closing would drop the lock of another owner in this JVM, which came by a path
   * that names the directory differently (a bind mount, say). They stay open for the life of the
   * JVM; static because the lock they guard is the process's.
   */
  private static final Queue<FileChannel> PINNED = new ConcurrentLinkedQueue<>();

  private final String property;
  private final FileChannel channel;

  private DirectoryLock(final String property, final FileChannel channel) {
    this.property = property;
    this.channel = channel;
  }

  /**
   * Makes this JVM the owner of a directory.
   *
   * @param directory an existing directory
   * @return the lock, to be closed by the owner
   * @throws DirectoryInUseException when it has an owner
   */
  static DirectoryLock acquire(final Path directory) {
    final String description = describeSelf();
    final String property = OWNER_PROPERTY + realPath(directory);
    final Object owner = System.getProperties().putIfAbsent(property, description);
    if (owner != null) {
      throw new DirectoryInUseException(directory, true, owner.toString());
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(directory.resolve(FILE_NAME), CREATE, READ, WRITE);
      lock(channel, directory);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(description.getBytes(StandardCharsets.UTF_8)), 0);
      return new DirectoryLock(property, channel);
    } catch (final IOException e) {
      release(property, channel);
      throw new StoreException(
          "directory must be writable: directory="
              + directory
              + "; check its owner and permissions",
          e);
    } catch (final DirectoryInUseException e) {
      release(property, e.sameJvm() ? null : channel);
      throw e;
    }
  }

  /** Gives the directory back. */
  @Override
  public void close() {
    release(property, channel);
  }

  private static void lock(final FileChannel channel, final Path directory) throws IOException {
    try {
      if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
        throw new DirectoryInUseException(directory, false, readText(channel));
      }
    } catch (final OverlappingFileLockException e) {
      PINNED.add(channel);
      throw new DirectoryInUseException(directory, true, readText(channel));
    }
  }

  private static String readText(final FileChannel channel) {
    try {
      final ByteBuffer text = ByteBuffer.allocate(TEXT_LENGTH_MAX);
      channel.read(text, 0);
      final String holder = StandardCharsets.UTF_8.decode(text.flip()).toString().trim();
      return holder.isEmpty() ? "unknown" : holder;
    } catch (final IOException e) {
      return "unknown";
    }
  }

  private static void release(final String property, final @Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (final IOException e) {
      throw new StoreException("lock file must close: property=" + property, e);
    } finally {
      System.getProperties().remove(property);
    }
  }

  private static Path realPath(final Path directory) {
    try {
      return directory.toRealPath();
    } catch (final IOException e) {
      throw new StoreException("directory must be readable: directory=" + directory, e);
    }
  }

  private static String describeSelf() {
    final ProcessHandle self = ProcessHandle.current();
    final String host = System.getenv().getOrDefault("HOSTNAME", System.getenv("COMPUTERNAME"));
    return "pid="
        + self.pid()
        + ", host="
        + (host == null ? "unknown" : host)
        + ", processStarted="
        + self.info().startInstant().map(Instant::toString).orElse("unknown")
        + ", opened="
        + Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }
}
