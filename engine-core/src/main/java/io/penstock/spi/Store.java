package io.penstock.spi;

import java.nio.file.Path;

/**
 * The opened storage of one engine: a {@link ShardStore} per shard, nothing shared between them.
 */
public interface Store extends AutoCloseable {
  /**
   * The store of one shard.
   *
   * @param shardIndex in [0, shardCount)
   * @return the same store at each call
   */
  ShardStore shard(int shardIndex);

  /**
   * Number of shards, which a directory keeps for life.
   *
   * @return at least 1
   */
  int shardCount();

  /**
   * One line for people: durability, view, directory.
   *
   * @return the description
   */
  String description();

  /**
   * Whether events that are appended get receipts, which an engine without history would never
   * write.
   *
   * @return false unless the store has a ledger
   */
  default boolean keepsReceipts() {
    return false;
  }

  /**
   * Forces everything appended before this call to the disk; any thread, waits for it. Nothing to
   * do for {@link Durability#MEMORY}.
   *
   * @throws StoreException when it could not be forced; the shards concerned take no more
   */
  void flush();

  /**
   * Begins a backup; any thread but a shard's.
   *
   * @param target where to; a directory that is empty, or is not there yet
   * @return the backup, to be closed by the caller
   * @throws BackupException when the target cannot be used, or this store keeps nothing
   */
  default StoreBackup backup(final Path target) {
    throw new BackupException("store must be able to make a backup: store=" + description());
  }

  /**
   * Closes every shard's store and gives the directory back.
   *
   * @throws StoreException when something could not be closed; the directory is given back all the
   *     same
   */
  @Override
  void close();
}
