package io.penstock.spi;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What one shard keeps: records by id, appended in batches, read back by anyone.
 *
 * <p>It knows record ids and bytes, never what a join is. One thread at a time owns it for
 * everything but {@link #read}: the opening thread first, then the shard's.
 */
public interface ShardStore extends AutoCloseable {
  /**
   * Shows each live record once, in no particular order; called once, before the first {@link
   * #append}.
   *
   * @param visitor is shown each record
   */
  void forEach(RecordVisitor visitor);

  /**
   * Appends a batch, all of it or nothing, and makes its records visible to {@link #read}.
   *
   * <p>It survives what the store's durability names once {@link #sync} has returned.
   *
   * @param batch what changed; not kept
   * @throws StoreFullException when there is no room for it; nothing of it was appended, and the
   *     store is as it was
   * @throws StoreException when it cannot be appended and the store cannot be relied on any more
   */
  void append(RecordBatch batch);

  /**
   * Tries to make room for a batch as long as the last one that found none.
   *
   * @return whether there is room
   */
  default boolean makeRoom() {
    return true;
  }

  /**
   * Ends a run of appends: when it returns, all of them survive what the store's durability names.
   * May wait for the disk.
   *
   * @throws StoreException when that cannot be promised
   */
  void sync();

  /**
   * How much the store has written, of which what is no longer needed goes by and by. The shard's
   * thread.
   *
   * @return bytes, 0 when nothing is kept
   */
  default long length() {
    return 0;
  }

  /**
   * How often {@link #sync} had to wait because what was appended came faster than the disk takes
   * it; any thread, wait-free.
   *
   * @return times since the opening, 0 or more
   */
  default long writeStalls() {
    return 0;
  }

  /**
   * Copies the bytes of a record; any thread, lock-free.
   *
   * @param recordId id of the record
   * @param target receives the bytes; grows if it is expandable
   * @param targetOffset where to put them
   * @return the length in bytes, or -1 when there is no such record
   */
  int read(long recordId, MutableDirectBuffer target, int targetOffset);

  /**
   * Shows what was appended as {@linkplain RecordBatch#events events} under a record's id and is
   * still kept, in the order of appending; any thread. What is appended meanwhile may be shown or
   * not.
   *
   * @param recordId id of the record, which need not be live any more
   * @param visitor is shown each entry
   * @throws StoreException when events are not kept, or cannot be read
   */
  default void readEvents(final long recordId, final EventVisitor visitor) {
    throw new StoreException("store must keep events to show them: store=" + this);
  }

  /** Releases what the store holds; what was appended stays. */
  @Override
  void close();

  /** Is shown the events of a record. */
  @FunctionalInterface
  interface EventVisitor {
    /**
     * One entry.
     *
     * @param timeNs time of its batch, ns since the epoch
     * @param events holds its bytes; valid during the call only
     * @param offset where they begin
     * @param length their length
     */
    void onEvents(long timeNs, DirectBuffer events, int offset, int length);
  }

  /** Is shown the live records of a store. */
  @FunctionalInterface
  interface RecordVisitor {
    /**
     * One record.
     *
     * @param recordId its id
     * @param image holds its bytes; valid during the call only
     * @param offset where they begin
     * @param length their length
     */
    void onRecord(long recordId, DirectBuffer image, int offset, int length);
  }
}
