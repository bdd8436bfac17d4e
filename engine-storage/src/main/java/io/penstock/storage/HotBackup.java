package io.penstock.storage;

import io.penstock.spi.BackupException;
import io.penstock.spi.StoreBackup;
import io.penstock.spi.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A backup of a store that is open and goes on. From its beginning to {@link #close} no segment
 * leaves a journal's directory.
 */
final class HotBackup implements StoreBackup {
  private final EngineManifest manifest;
  private final List<Journal> journals;
  private final BackupTarget target;
  private final AtomicReferenceArray<@Nullable JournalPoint> points;

  private HotBackup(
      final EngineManifest manifest, final List<Journal> journals, final BackupTarget target) {
    this.manifest = manifest;
    this.journals = journals;
    this.target = target;
    points = new AtomicReferenceArray<>(journals.size());
  }

  /**
   * Begins a backup.
   *
   * @param files the file system
   * @param directory the engine's directory
   * @param manifest what it is
   * @param journals its journals by shard, open
   * @param flusher does their chores
   * @param target where to
   * @return the backup, to be closed
   * @throws BackupException when the target cannot be used, or a journal is closed or failed
   */
  static HotBackup begin(
      final FileLayer files,
      final Path directory,
      final EngineManifest manifest,
      final List<Journal> journals,
      final Flusher flusher,
      final Path target) {
    final HotBackup backup =
        new HotBackup(manifest, journals, BackupTarget.check(files, directory, target));
    journals.forEach(Journal::keep);
    try {
      // A drop that is under way ends before this returns, and those after it see that they must
      // wait.
      flusher.flush();
      return backup;
    } catch (final StoreException e) {
      backup.close();
      throw stopped(e);
    }
  }

  @Override
  public void mark(final int shardIndex) {
    points.set(shardIndex, journals.get(shardIndex).point());
  }

  @Override
  public long copy() {
    final JournalPoint[] marked = new JournalPoint[points.length()];
    for (int shard = 0; shard < marked.length; shard++) {
      final JournalPoint point = points.get(shard);
      if (point == null) {
        throw new IllegalStateException("every shard must be marked before the copy: " + shard);
      }
      marked[shard] = point;
    }
    return Interrupts.deferredDuring(
        () -> target.copy(manifest, List.of(marked), this::requireSound));
  }

  /** A journal that was closed meanwhile may have let go of what was to be copied. */
  private void requireSound() {
    try {
      journals.forEach(Journal::requireSound);
    } catch (final StoreException e) {
      throw stopped(e);
    }
  }

  private static BackupException stopped(final StoreException cause) {
    return new BackupException(
        "engine must stay open and sound during a backup; open it again and repeat the backup",
        cause);
  }

  @Override
  public void close() {
    journals.forEach(Journal::release);
    target.close();
  }
}
