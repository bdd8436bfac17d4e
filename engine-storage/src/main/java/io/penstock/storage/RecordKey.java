package io.penstock.storage;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/**
 * A record id as a Chronicle Map's key: one object for all calls of a thread, where {@code Long} is
 * one for each.
 */
final class RecordKey {
  long recordId;

  /** Eight bytes in, eight bytes out; has no state. */
  @SuppressWarnings("rawtypes") // as in the interfaces
  static final class Marshaller implements SizedReader<RecordKey>, SizedWriter<RecordKey> {
    @Override
    public RecordKey read(final Bytes in, final long size, final @Nullable RecordKey using) {
      final RecordKey key = using == null ? new RecordKey() : using;
      key.recordId = in.readLong();
      return key;
    }

    @Override
    public long size(final RecordKey key) {
      return Long.BYTES;
    }

    @Override
    public void write(final Bytes out, final long size, final RecordKey key) {
      out.writeLong(key.recordId);
    }

    @Override
    public void readMarshallable(final WireIn wire) {}

    @Override
    public void writeMarshallable(final WireOut wire) {}
  }
}
