package io.penstock.engine;

import io.penstock.spi.ShardStore;
import org.agrona.DirectBuffer;

/**
 * What a case record does with the values that it only refers to: reads them, and says which it
 * refers to from now on, and no more.
 */
interface LargeReferences {
  /**
   * The bytes of a value.
   *
   * @param id id of the value's record
   * @param valueLength its length in bytes
   * @return holds the value from 0 on
   * @throws LargeValues.GoneException when nothing refers to it any more
   */
  DirectBuffer read(long id, int valueLength);

  /** One more place refers to a value. */
  void retain(long id);

  /** One place less refers to a value. */
  void release(long id);

  /** For copies of records: reads what is stored, from any thread. */
  static LargeReferences of(final ShardStore store, final StoreUse use) {
    return new LargeReferences() {
      @Override
      public DirectBuffer read(final long id, final int valueLength) {
        use.enter();
        try {
          return LargeValues.read(store, id, valueLength);
        } finally {
          use.leave();
        }
      }

      @Override
      public void retain(final long id) {
        throw new AssertionError("copy of a record must not be written: id=" + id);
      }

      @Override
      public void release(final long id) {
        throw new AssertionError("copy of a record must not be written: id=" + id);
      }
    };
  }
}
