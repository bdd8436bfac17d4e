package io.penstock.spi;

/**
 * A backup of a store in the making. First every shard is marked, each by its own thread, while all
 * of them stand still; then the copy is made, while they go on.
 *
 * <p>What a marked shard holds stays readable until {@link #close}.
 */
public interface StoreBackup extends AutoCloseable {
  /**
   * Notes that all that was appended to a shard until now, and nothing after it, belongs to the
   * backup. The shard's thread, after {@link ShardStore#sync}; does not wait and reads no file. A
   * second mark takes the place of the first.
   *
   * @param shardIndex in [0, shardCount)
   */
  void mark(int shardIndex);

  /**
   * Copies what was marked; any thread but a shard's, after every shard was marked. When it
   * returns, the backup is whole and on the disk.
   *
   * @return bytes copied
   * @throws BackupException when it could not be made; then the target holds no backup
   */
  long copy();

  /** Lets the store go on dropping what it no longer needs; removes what is not a whole backup. */
  @Override
  void close();
}
