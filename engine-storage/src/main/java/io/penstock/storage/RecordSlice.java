package io.penstock.storage;

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

  /** Copies from the map's memory to a buffer; has no state of its own. */
  @SuppressWarnings("rawtypes") // as in the interface
  static final class Reader implements SizedReader<RecordSlice> {
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
    public void readMarshallable(final WireIn wire) {}

    @Override
    public void writeMarshallable(final WireOut wire) {}
  }

  /**
   * Copies from a buffer to the map's memory, where the map itself would go by way of a {@code
   * Bytes} whose references it counts. Each thread's context of a map has a copy.
   */
  static final class Access extends AbstractData<RecordSlice> implements DataAccess<RecordSlice> {
    private static final RecordSlice NONE = new RecordSlice();

    private RecordSlice slice = NONE;

    @Override
    public Data<RecordSlice> getData(final RecordSlice newSlice) {
      slice = newSlice;
      return this;
    }

    @Override
    public void uninit() {
      slice = NONE;
    }

    @Override
    public DataAccess<RecordSlice> copy() {
      return new Access();
    }

    @Override
    public long size() {
      return slice.length;
    }

    @Override
    public long offset() {
      return 0;
    }

    /** The map asks for them on cold paths only. */
    @Override
    public RandomDataInput bytes() {
      final byte[] copy = new byte[slice.length];
      source().getBytes(slice.offset, copy);
      return BytesStore.wrap(copy);
    }

    @Override
    @SuppressWarnings("rawtypes") // as in the interface
    public void writeTo(final RandomDataOutput target, final long targetOffset) {
      slice.mapped.wrap(target.addressForWrite(targetOffset), slice.length);
      slice.mapped.putBytes(0, source(), slice.offset, slice.length);
    }

    @Override
    public RecordSlice get() {
      return slice;
    }

    @Override
    public RecordSlice getUsing(final @Nullable RecordSlice using) {
      return slice;
    }

    private DirectBuffer source() {
      final DirectBuffer source = slice.source;
      if (source == null) {
        throw new IllegalStateException("a put must have a source: length=" + slice.length);
      }
      return source;
    }

    @Override
    public void readMarshallable(final WireIn wire) {}

    @Override
    public void writeMarshallable(final WireOut wire) {}
  }
}
