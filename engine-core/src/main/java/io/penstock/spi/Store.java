package io.penstock.spi;

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
   * Forces everything appended before this call to the disk; any thread, waits for it. Nothing to
   * do for {@link Durability#MEMORY}.
   *
   * @throws StoreException when it could not be forced; the shards concerned take no more
   */
  void flush();

  /**
   * Closes every shard's store and gives the directory back.
   *
   * @throws StoreException when something could not be closed; the directory is given back all the
   *     same
   */
  @Override
  void close();
}
