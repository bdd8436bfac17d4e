package io.penstock.storage;

import io.penstock.spi.BackupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The directory that a backup is made in. It gets its manifest last, when all the rest is on the
 * disk: until then, after a crash too, it is no directory of Penstock. What was not completed is
 * removed again. One thread.
 */
final class BackupTarget implements AutoCloseable {
  private final FileLayer files;
  private final Path source;
  private final Path target;

  /** Directories that had to be made, the innermost first. */
  private final Deque<Path> made = new ArrayDeque<>();

  private long length;
  private boolean begun;
  private boolean complete;

  private BackupTarget(final FileLayer files, final Path source, final Path target) {
    this.files = files;
    this.source = source;
    this.target = target;
  }

  /**
   * Checks a target and changes nothing.
   *
   * @param files the file system
   * @param source the directory that is to be copied
   * @param target where to
   * @return the target, to be closed
   * @throws BackupException when it cannot be one
   */
  static BackupTarget check(final FileLayer files, final Path source, final Path target) {
    final BackupTarget checked =
        new BackupTarget(files, source, target.toAbsolutePath().normalize());
    try {
      checked.requireOutside();
      checked.requireEmpty();
    } catch (final IOException e) {
      throw new BackupException(
          "backup's target must be readable: target=" + target + "; choose another path", e);
    }
    return checked;
  }

  /**
   * Copies all shards and makes the copy a directory of Penstock.
   *
   * @param manifest the source's
   * @param points what to copy, by shard
   * @param beforeTheEnd throws when the copy must not count after all
   * @return bytes copied
   * @throws BackupException when there is no room, or a file cannot be used
   */
  long copy(
      final EngineManifest manifest, final List<JournalPoint> points, final Runnable beforeTheEnd) {
    try {
      make();
      for (int shard = 0; shard < manifest.shardCount(); shard++) {
        final Path directory = StoreOpening.shardDirectory(target, shard);
        files.createDirectory(directory);
        length +=
            JournalCopy.copy(
                files,
                StoreOpening.shardDirectory(source, shard),
                directory,
                new ShardIdentity(manifest.engineId(), shard),
                points.get(shard));
      }
      files.forceDirectory(target);
      for (final Path directory : made) {
        files.forceDirectory(Objects.requireNonNull(directory.getParent()));
      }
      makeLockFiles();
      beforeTheEnd.run();
      manifest.write(files, target);
      files.forceDirectory(target);
      complete = true;
      return length;
    } catch (final IOException | UncheckedIOException e) {
      throw new BackupException(
          "backup's target must have room and its source stay: target="
              + target
              + ", copied="
              + length
              + ", source="
              + source
              + "; make room or choose another path, nothing was left in it",
          e);
    }
  }

  /** Without an owner's note in them: the copy has none, and its opening need not wait for one. */
  private void makeLockFiles() throws IOException {
    for (final String name : DirectoryLock.FILE_NAMES) {
      files.create(target.resolve(name), ByteBuffer.allocate(0), 0, true);
    }
  }

  /** Removes what was made, unless it is a whole backup. */
  @Override
  public void close() {
    if (!begun || complete) {
      return;
    }
    try {
      try (Stream<Path> all = Files.walk(target)) {
        for (final Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          if (!path.equals(target)) {
            Files.delete(path);
          }
        }
      }
      for (final Path directory : made) {
        Files.delete(directory);
      }
    } catch (final IOException | UncheckedIOException e) {
      throw new BackupException(
          "unfinished backup must be removed: target=" + target + "; delete it yourself", e);
    }
  }

  private void make() throws IOException {
    begun = true;
    final Deque<Path> missing = new ArrayDeque<>();
    for (Path path = target; path != null && !FileModes.exists(path); path = path.getParent()) {
      missing.push(path);
    }
    for (final Path path : missing) {
      files.createDirectory(path);
      made.push(path);
    }
  }

  private void requireOutside() throws IOException {
    Path existing = target;
    while (Files.notExists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (existing.toRealPath().startsWith(source.toRealPath())) {
      throw new BackupException(
          "backup's target must lie outside the engine's directory: target="
              + target
              + ", directory="
              + source
              + "; choose another path");
    }
  }

  private void requireEmpty() throws IOException {
    if (!FileModes.exists(target)) {
      return;
    }
    if (Files.isSymbolicLink(target)) {
      throw new BackupException(
          "backup's target must not be a symbolic link: target="
              + target
              + "; it was not followed: choose another path");
    }
    if (!Files.isDirectory(target)) {
      throw new BackupException(
          "backup's target must be a directory: target=" + target + "; choose another path");
    }
    try (Stream<Path> entries = Files.list(target)) {
      if (entries.findAny().isPresent()) {
        throw new BackupException(
            "backup's target must be empty: target=" + target + "; choose another path");
      }
    }
  }
}
