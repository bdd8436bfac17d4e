package io.penstock.storage;

import io.penstock.spi.StoreException;
import io.penstock.storage.OwnerFile.Locking;
import io.penstock.storage.OwnerNote.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one owner of a directory.
 *
 * <p>An operating system's lock alone is not enough: POSIX drops all locks of a process on a file
 * when the process closes <em>any</em> descriptor of it, so whoever reads or zips the directory in
 * the owner's JVM drops them, and a lock on a deleted file holds nobody off. So there are four
 * things, each of which refuses a second owner:
 *
 * <ul>
 *   <li>the system properties, the one table that all class loaders of a JVM share, have the
 *       directory by its real path and by its identity apart from its name;
 *   <li>{@value #FILE_NAME} and {@value #SECOND_FILE_NAME} are locked;
 *   <li>the text of both says who the owner is, and as long as that process runs there is no other,
 *       see {@link OwnerNote};
 *   <li>the owner looks again, {@linkplain Ownership before it relies on it}, and stops when it is
 *       not the owner any more.
 * </ul>
 *
 * <p>What is promised. On one host, in one process namespace, there is no second owner while the
 * first lives, whatever happens to one of the two files or to the name of the directory. If both
 * files are deleted, or the owner is in another namespace or on another host where its lock does
 * not hold, a second owner writes its note and waits for {@link #TAKE_OVER_WAIT} before it reads
 * anything. The first has looked by then, or looks before its next append: it stops, acknowledges
 * nothing more and touches no file. One exception: if its whole process stood still for longer than
 * that wait, it may acknowledge what it had in hand until its flusher's thread runs again.
 */
final class DirectoryLock implements AutoCloseable {
  static final String FILE_NAME = "penstock.lock";
  static final String SECOND_FILE_NAME = "penstock.owner";
  static final List<String> FILE_NAMES = List.of(FILE_NAME, SECOND_FILE_NAME);

  /** More than twice as long as an owner relies on what it saw. */
  static final Duration TAKE_OVER_WAIT = Ownership.RELIED_ON.multipliedBy(4);

  private static final String OWNER_PROPERTY = "io.penstock.storage.owner:";
  private static final Logger LOGGER = LoggerFactory.getLogger(DirectoryLock.class);

  private final Path directory;
  private final @Nullable Object directoryKey;
  private final OwnerNote note;
  private final List<String> properties = new ArrayList<>();
  private final List<OwnerFile> files = new ArrayList<>();
  private boolean lost;

  private DirectoryLock(final Path directory) throws IOException {
    this.directory = directory;
    directoryKey = OwnerFile.key(directory);
    note = OwnerNote.ofSelf(directoryKey);
  }

  /**
   * Makes this JVM the owner of a directory.
   *
   * @param directory an existing directory
   * @param modes who may read the files when they are made
   * @return the lock, to be closed by the owner
   * @throws DirectoryInUseException when it has an owner
   * @throws StoreException when the directory cannot be written; a {@link
   *     io.penstock.spi.StoreFullException} when that is for want of room
   */
  static DirectoryLock acquire(final Path directory, final FileModes modes) {
    DirectoryLock lock = null;
    try {
      lock = new DirectoryLock(directory);
      lock.register();
      lock.take(modes);
      return lock;
    } catch (final IOException e) {
      release(lock, e);
      throw FullDisk.explain("directory must be writable: directory=" + directory, directory, e);
    } catch (final RuntimeException | Error e) {
      release(lock, e);
      throw e;
    }
  }

  /** Enters the directory in the table of this JVM. */
  private void register() throws IOException {
    for (final String property : properties(directory, directoryKey)) {
      final Object owner = System.getProperties().putIfAbsent(property, note.text());
      if (owner != null) {
        throw new DirectoryInUseException(directory, true, owner.toString());
      }
      properties.add(property);
    }
  }

  private static List<String> properties(final Path directory, final @Nullable Object key)
      throws IOException {
    final String byPath = OWNER_PROPERTY + directory.toRealPath();
    return key == null ? List.of(byPath) : List.of(byPath, OWNER_PROPERTY + key);
  }

  private void take(final FileModes modes) throws IOException {
    boolean mayLive =
        FileModes.exists(directory.resolve(EngineManifest.FILE_NAME))
            && FILE_NAMES.stream().map(directory::resolve).noneMatch(FileModes::exists);
    for (final String name : FILE_NAMES) {
      final OwnerFile file = OwnerFile.open(directory.resolve(name), modes);
      files.add(file);
      final Locking locking = file.lock();
      final String text = file.text();
      if (locking != Locking.DONE) {
        throw new DirectoryInUseException(
            directory, locking == Locking.HELD_IN_THIS_JVM, text.isEmpty() ? "unknown" : text);
      }
      final Optional<OwnerNote> found = OwnerNote.parse(text);
      final Life life = found.map(owner -> owner.life(directoryKey)).orElse(Life.GONE);
      if (life == Life.ALIVE) {
        throw new DirectoryInUseException(directory, false, text);
      }
      mayLive |= life == Life.UNKNOWN;
    }
    for (final OwnerFile file : files) {
      file.write(note);
    }
    if (mayLive) {
      awaitThatNobodyObjects();
    }
  }

  /** An owner that cannot be seen from here looks within that time, and stops. */
  private void awaitThatNobodyObjects() throws IOException {
    LOGGER.info(
        "directory was not closed, and its owner cannot be seen from here; waiting whether there is"
            + " one: directory={}, waitMs={}",
        directory,
        TAKE_OVER_WAIT.toMillis());
    final long endNs = System.nanoTime() + TAKE_OVER_WAIT.toNanos();
    for (long left = TAKE_OVER_WAIT.toNanos(); left > 0; left = endNs - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
    for (final OwnerFile file : files) {
      final Optional<String> other = file.otherOwner(note, directoryKey);
      if (other.isPresent()) {
        throw new DirectoryInUseException(directory, false, other.get());
      }
    }
  }

  /**
   * Looks whether this is still the owner; any thread, one at a time.
   *
   * @throws DirectoryLostException when it is not; it never is again
   */
  void check() {
    Interrupts.deferredDuring(
        () -> {
          final String found = findOtherOwner();
          if (found != null) {
            throw lost(found, null);
          }
          return true;
        });
  }

  private @Nullable String findOtherOwner() {
    try {
      if (!Objects.equals(directoryKey, OwnerFile.key(directory))) {
        return "another directory has its name";
      }
      for (final OwnerFile file : files) {
        final Optional<String> other = file.otherOwner(note, directoryKey);
        if (other.isPresent()) {
          return other.get();
        }
      }
      return null;
    } catch (final NoSuchFileException e) {
      return "it was moved or deleted";
    } catch (final IOException e) {
      throw lost("it cannot be read", e);
    }
  }

  private DirectoryLostException lost(final String reason, final @Nullable IOException cause) {
    lost = true;
    return new DirectoryLostException(directory, reason, cause);
  }

  /**
   * Finds out who owns a directory, without a lock and without a write; any thread, also for media
   * that cannot be written.
   *
   * <p>An owner of another JVM is known by the text in the files, which a clean close takes away,
   * and by its process: an owner whose process is gone is none. On another host, or in another
   * process namespace, it cannot be asked, and the text is believed.
   *
   * @param directory the directory
   * @return the owner as it described itself, or empty
   */
  static Optional<String> owner(final Path directory) {
    try {
      final Object key = OwnerFile.key(directory);
      for (final String property : properties(directory, key)) {
        final String here = System.getProperty(property);
        if (here != null) {
          return Optional.of(
              OwnerNote.words(here)); // and the files stay closed: closing them drops the locks
        }
      }
      final Optional<String> first = owner(directory.resolve(FILE_NAME), key);
      return first.isPresent() ? first : owner(directory.resolve(SECOND_FILE_NAME), key);
    } catch (final IOException e) {
      return Optional.empty();
    }
  }

  /** Whether there is an owner, or one that did not close the directory, gone or not. */
  static boolean isNoted(final Path directory) {
    try {
      if (owner(directory).isPresent()) {
        return true;
      }
      for (final String name : FILE_NAMES) {
        final Path file = directory.resolve(name);
        if (Files.exists(file) && Files.size(file) > 0) {
          return true;
        }
      }
      return false;
    } catch (final IOException e) {
      return true;
    }
  }

  private static Optional<String> owner(final Path file, final @Nullable Object key) {
    try {
      final String text = Files.readString(file).trim();
      final boolean gone =
          OwnerNote.parse(text).filter(note -> note.life(key) == Life.GONE).isPresent();
      return text.isEmpty() || gone ? Optional.empty() : Optional.of(OwnerNote.words(text));
    } catch (final IOException e) {
      return Optional.empty();
    }
  }

  /** Gives the directory back; leaves the files alone if it is another's by now. */
  @Override
  public void close() {
    try {
      if (!lost) {
        for (final OwnerFile file : files) {
          file.clear();
        }
      }
    } catch (final IOException e) {
      LOGGER.debug("lock file keeps its text: directory={}", directory, e);
    }
    final IOException failure = release();
    if (failure != null) {
      throw new StoreException("lock files must close: directory=" + directory, failure);
    }
  }

  private static void release(final @Nullable DirectoryLock lock, final Throwable reason) {
    final IOException failure = lock == null ? null : lock.release();
    if (failure != null) {
      reason.addSuppressed(failure);
    }
  }

  private @Nullable IOException release() {
    IOException failure = null;
    for (final OwnerFile file : files) {
      try {
        file.close();
      } catch (final IOException e) {
        failure = e;
      }
    }
    properties.forEach(System.getProperties()::remove);
    return failure;
  }
}
