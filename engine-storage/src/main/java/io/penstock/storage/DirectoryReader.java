package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a directory of Penstock without opening an engine on it: takes no lock, writes nothing, and
 * works beside a running engine and on media that cannot be written.
 *
 * <p>Beside a running engine each {@linkplain #snapshot snapshot} is one point of its shard; those
 * of two shards are not of the same moment. For one point over all shards make a backup.
 *
 * <p>Has no state beside the manifest's; any thread.
 */
public final class DirectoryReader {
  private final Path directory;
  private final EngineManifest manifest;

  private DirectoryReader(final Path directory, final EngineManifest manifest) {
    this.directory = directory;
    this.manifest = manifest;
  }

  /**
   * Makes a reader.
   *
   * @param directory a directory of Penstock
   * @return the reader
   * @throws StoreException when it is not there, is none of Penstock's, cannot be read, or was
   *     written by another version
   */
  public static DirectoryReader of(final Path directory) {
    final Path absolute = directory.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      throw new StoreException(
          "directory must be there: directory=" + directory + "; check the path");
    }
    final EngineManifest manifest = EngineManifest.require(absolute);
    StoreOpening.requireNoFurtherShard(
        StoreOpening.shardDirectory(absolute, manifest.shardCount()), manifest);
    return new DirectoryReader(absolute, manifest);
  }

  /**
   * The directory.
   *
   * @return an absolute path
   */
  public Path directory() {
    return directory;
  }

  /**
   * Number of shards.
   *
   * @return at least 1
   */
  public int shardCount() {
    return manifest.shardCount();
  }

  /**
   * The random number that ties the directory's files together; a backup has the same.
   *
   * @return any 64 bits
   */
  public long engineId() {
    return manifest.engineId();
  }

  /**
   * Who has the directory open, as far as that can be told without asking for the lock.
   *
   * @return the owner as it described itself, or empty
   */
  public Optional<String> owner() {
    return DirectoryLock.owner(directory);
  }

  /**
   * Whether an engine has the directory open, or had it and did not close it: the last receipts of
   * a ledger may lag behind its journal then.
   */
  boolean mayBeOpen() {
    return DirectoryLock.isNoted(directory);
  }

  /**
   * Takes a snapshot of a shard: reads its journal to the last frame that is complete.
   *
   * @param shardIndex in [0, {@link #shardCount()})
   * @return the snapshot, to be closed by the caller
   * @throws JournalCorruptedException when the journal is damaged before its end
   * @throws StoreException when it cannot be read
   */
  public ShardSnapshot snapshot(final int shardIndex) {
    return Interrupts.deferredDuring(
        () ->
            ShardSnapshot.take(
                StoreOpening.shardDirectory(directory, shardIndex),
                new ShardIdentity(manifest.engineId(), shardIndex)));
  }

  /**
   * Checks every byte that has a checksum, by the rules that opening has: headers, frames, their
   * positions, where the journals begin and end, the segments kept for history.
   *
   * @return the first damage of each journal, and of each segment kept for history; empty when
   *     there is none
   * @throws StoreException when something cannot be read at all
   */
  public List<DirectoryDamage> verify() {
    final List<DirectoryDamage> damages = new ArrayList<>();
    for (int shard = 0; shard < shardCount(); shard++) {
      try (ShardSnapshot snapshot = snapshot(shard)) {
        snapshot.archiveDamages().forEach(e -> damages.add(DirectoryDamage.of(e)));
      } catch (final JournalCorruptedException e) {
        damages.add(DirectoryDamage.of(e));
      }
    }
    return damages;
  }
}
