package io.penstock.storage;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A record's bytes as a Chronicle Map's value: says where they come from in a put and where they go
 * in a read, and so moves them between the map's memory and an Agrona buffer with one copy and no
 * object. One for all calls of a thread.
 */
final class RecordSlice {
  private final UnsafeBuffer mapped = new UnsafeBuffer(0, 0);
  private @Nullable DirectBuffer source;
  private @Nullable MutableDirectBuffer target;
  private int offset;
  private int length;

  /** Makes the next put take its bytes from a buffer. */
  RecordSlice from(final DirectBuffer source, final int offset, final int length) {
    this.source = source;
    this.offset = offset;
    this.length = length;
    return this;
  }

  /** Makes the next read copy its bytes to a buffer. */
  RecordSlice to(final MutableDirectBuffer target, final int offset) {
    this.target = target;
    this.offset = offset;
    return this;
  }

  /** Length of what was read last. */
  int length() {
    return length;
  }

  /** Keeps no buffer of a caller alive. */
  void release() {
    source = null;
    target = null;
  }

  /** Copies between the map's memory and the buffers; has no state of its own. */
  @SuppressWarnings("rawtypes") // as in the interfaces
  static final class Marshaller implements SizedReader<RecordSlice>, SizedWriter<RecordSlice> {
    @Override
    public RecordSlice read(final Bytes in, final long size, final @Nullable RecordSlice using) {
      final RecordSlice slice = using == null ? new RecordSlice() : using;
      slice.length = (int) size;
      slice.mapped.wrap(in.addressForRead(in.readPosition()), slice.length);
      if (slice.target != null) {
        slice.target.putBytes(slice.offset, slice.mapped, 0, slice.length);
      }
      in.readSkip(size);
      return slice;
    }

    @Override
    public long size(final RecordSlice slice) {
      return slice.length;
    }

    @Override
    public void write(final Bytes out, final long size, final RecordSlice slice) {
      final DirectBuffer source = slice.source;
      if (source == null) {
        throw new IllegalStateException("a put must have a source: length=" + slice.length);
      }
      final long position = out.writePosition();
      out.ensureCapacity(position + slice.length);
      slice.mapped.wrap(out.addressForWrite(position), slice.length);
      slice.mapped.putBytes(0, source, slice.offset, slice.length);
      out.writeSkip(slice.length);
    }

    @Override
    public void readMarshallable(final WireIn wire) {}

    @Override
    public void writeMarshallable(final WireOut wire) {}
  }
}
