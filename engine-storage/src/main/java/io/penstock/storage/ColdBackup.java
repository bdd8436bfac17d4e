package io.penstock.storage;

import io.penstock.spi.BackupException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A backup of a directory that no engine has open. It owns the directory meanwhile, so that none
 * opens it, and reads every journal first: damage is found, not copied. For an engine that runs,
 * see {@code Engine.backup}.
 */
public final class ColdBackup {
  private ColdBackup() {}

  /**
   * Copies a directory.
   *
   * @param directory a directory of Penstock
   * @param target where to; a directory that is empty, or is not there yet
   * @return bytes copied; they are on the disk
   * @throws DirectoryInUseException when an engine has the directory open
   * @throws JournalCorruptedException when it is damaged
   * @throws BackupException when the copy could not be made; then the target holds none
   * @throws io.penstock.spi.StoreException when the directory cannot be used
   */
  public static long make(final Path directory, final Path target) {
    return make(new SystemFiles(), directory, target);
  }

  static long make(final FileLayer files, final Path directory, final Path target) {
    final Path source = DirectoryReader.of(directory).directory();
    return Interrupts.deferredDuring(
        () -> {
          final DirectoryLock owned = DirectoryLock.acquire(source, FileModes.OWNER);
          try (BackupTarget checked = BackupTarget.check(files, source, target)) {
            final EngineManifest manifest = EngineManifest.require(source);
            return checked.copy(manifest, points(source, manifest), () -> {});
          } finally {
            owned.close();
          }
        });
  }

  private static List<JournalPoint> points(final Path source, final EngineManifest manifest) {
    final List<JournalPoint> points = new ArrayList<>();
    for (int shard = 0; shard < manifest.shardCount(); shard++) {
      final JournalRecovery.Tail tail =
          JournalRecovery.recover(
              StoreOpening.shardDirectory(source, shard),
              new ShardIdentity(manifest.engineId(), shard),
              (kind, recordId, payload, offset, length) -> {},
              new LiveImages());
      points.add(
          new JournalPoint(
              tail.begin(),
              tail.number(),
              tail.path() == null ? 0 : tail.offset(),
              tail.positionNext() - 1,
              null));
    }
    return points;
  }
}
