package io.penstock.storage;

import net.openhft.chronicle.algo.hashing.LongHashFunction;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/**
 * A record id as a Chronicle Map's key: one object for all calls of a thread, where {@code Long} is
 * one for each.
 */
final class RecordKey {
  long recordId;

  /** Eight bytes in; has no state. */
  @SuppressWarnings("rawtypes") // as in the interface
  static final class Reader implements SizedReader<RecordKey> {
    @Override
    public RecordKey read(final Bytes in, final long size, final @Nullable RecordKey using) {
      final RecordKey key = using == null ? new RecordKey() : using;
      key.recordId = in.readLong();
      return key;
    }

    @Override
    public void readMarshallable(final WireIn wire) {}

    @Override
    public void writeMarshallable(final WireOut wire) {}
  }

  /**
   * Eight bytes out, compared and hashed as a long: by way of {@code Bytes} of its own the map
   * would copy each key first. Each thread's context of a map has a copy.
   */
  static final class Access extends AbstractData<RecordKey> implements DataAccess<RecordKey> {
    private RecordKey key = new RecordKey();
    private @Nullable BytesStore<?, ?> bytes;

    @Override
    public Data<RecordKey> getData(final RecordKey newKey) {
      key = newKey;
      return this;
    }

    @Override
    public void uninit() {}

    @Override
    public DataAccess<RecordKey> copy() {
      return new Access();
    }

    @Override
    public long size() {
      return Long.BYTES;
    }

    @Override
    public long offset() {
      return 0;
    }

    /** The map asks for them on cold paths only. */
    @Override
    public RandomDataInput bytes() {
      BytesStore<?, ?> held = bytes;
      if (held == null) {
        held = BytesStore.wrap(new byte[Long.BYTES]);
        bytes = held;
      }
      held.writeLong(0, key.recordId);
      return held;
    }

    @Override
    public long hash(final LongHashFunction function) {
      return function.hashLong(key.recordId);
    }

    @Override
    public boolean equivalent(final RandomDataInput source, final long sourceOffset) {
      return source.readLong(sourceOffset) == key.recordId;
    }

    @Override
    @SuppressWarnings("rawtypes") // as in the interface
    public void writeTo(final RandomDataOutput target, final long targetOffset) {
      target.writeLong(targetOffset, key.recordId);
    }

    @Override
    public RecordKey get() {
      return key;
    }

    @Override
    public RecordKey getUsing(final @Nullable RecordKey using) {
      final RecordKey copy = using == null ? new RecordKey() : using;
      copy.recordId = key.recordId;
      return copy;
    }

    @Override
    public void readMarshallable(final WireIn wire) {}

    @Override
    public void writeMarshallable(final WireOut wire) {}
  }
}
