package io.penstock.storage;

import io.penstock.spi.ShardStore.RecordVisitor;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The live records of one shard, off heap: made fresh at each open from the journal, never trusted
 * after a crash.
 *
 * <p>One thread at a time calls everything but {@link #read}, which any thread may call at any
 * time, after {@link #close} too.
 */
interface StateView extends AutoCloseable {
  /**
   * Puts a record in place of the one with the same id, if any.
   *
   * @param recordId id of the record
   * @param source holds its bytes, which are copied
   * @param offset where they begin
   * @param length their length
   */
  void put(long recordId, DirectBuffer source, int offset, int length);

  /**
   * Removes a record; nothing happens when there is none.
   *
   * @param recordId id of the record
   */
  void remove(long recordId);

  /**
   * Copies a record: its bytes after one put, never a mixture of two.
   *
   * @param recordId id of the record
   * @param target receives the bytes
   * @param targetOffset where to put them
   * @return the length in bytes, or -1 when there is no such record or the view is closed
   */
  int read(long recordId, MutableDirectBuffer target, int targetOffset);

  /**
   * Shows each record once.
   *
   * @param visitor is shown each record
   */
  void forEach(RecordVisitor visitor);

  /**
   * Number of records.
   *
   * @return the count, exact on the writing thread
   */
  long size();

  /**
   * What people call it.
   *
   * @return one word
   */
  String name();

  /** Lets the memory go as soon as no reader is in it. */
  @Override
  void close();
}
