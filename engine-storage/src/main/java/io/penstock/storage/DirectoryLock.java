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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOGGER = LoggerFactory.getLogger(DirectoryLock.class);

  /** The beginning of what {@link #describeSelf} writes. */
  private static final Pattern OWNER =
      Pattern.compile("pid=(?<pid>\\d{1,18}), host=(?<host>.*?), processStarted=(?<started>[^,]*)");

  private static final Duration SAME_START = Duration.ofSeconds(5);
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

  /**
   * Says who owns a directory, without a lock and without a write; any thread, also for media that
   * cannot be written.
   *
   * <p>An owner of another JVM is known by the text in the file, which a clean close takes away,
   * and by its process: an owner whose process is gone is none. On another host, or in another
   * process namespace, it cannot be asked, and the text is believed.
   *
   * @param directory the directory
   * @return the owner as it described itself, or empty
   */
  static Optional<String> owner(final Path directory) {
    final String here = System.getProperty(OWNER_PROPERTY + realPath(directory));
    if (here != null) {
      return Optional.of(here); // and the file stays closed: closing it again would drop the lock
    }
    try {
      final String text = Files.readString(directory.resolve(FILE_NAME)).trim();
      return text.isEmpty() || isGone(text) ? Optional.empty() : Optional.of(text);
    } catch (final IOException e) {
      return Optional.empty();
    }
  }

  /** Whether the process that a text tells of is known to have ended. */
  private static boolean isGone(final String text) {
    final Matcher owner = OWNER.matcher(text);
    if (!owner.lookingAt() || !owner.group("host").equals(host())) {
      return false;
    }
    return ProcessHandle.of(Long.parseLong(owner.group("pid")))
        .flatMap(process -> process.info().startInstant())
        .map(started -> !isNear(started, owner.group("started")))
        .orElse(true);
  }

  /** The system tells the same start a little differently when its clock is set. */
  private static boolean isNear(final Instant started, final String text) {
    try {
      return Duration.between(started, Instant.parse(text)).abs().compareTo(SAME_START) <= 0;
    } catch (final DateTimeParseException e) {
      return true; // unknown
    }
  }

  /** Gives the directory back. */
  @Override
  public void close() {
    try {
      channel.truncate(0);
    } catch (final IOException e) {
      LOGGER.debug("lock file keeps its text: property={}", property, e);
    }
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
    return "pid="
        + self.pid()
        + ", host="
        + host()
        + ", processStarted="
        + started(self.info())
        + ", opened="
        + Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String host() {
    final String host = System.getenv().getOrDefault("HOSTNAME", System.getenv("COMPUTERNAME"));
    return host == null ? "unknown" : host;
  }

  private static String started(final ProcessHandle.Info process) {
    return process.startInstant().map(Instant::toString).orElse("unknown");
  }
}
