package io.penstock.storage;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.spi.ShardStore.RecordVisitor;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Penstock's own view: records in slots of a few sizes, slots in pages of direct memory. Needs no
 * JVM option.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |          Sequence, odd while the slot is written (64 bits)    |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                       Record id (64 bits)                     |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                         Record length                         |
 *  +---------------------------------------------------------------+
 *  |                       Size class of the slot                  |
 *  +---------------------------------------------------------------+
 *  |                         Record bytes                         ...
 * </pre>
 *
 * <p>A put never writes over a record: it fills a free slot, points the index at it, and only then
 * frees the old slot, first freed first used. The writer never waits. A reader copies under the
 * slot's sequence and starts again when it changed, which means that a put went through meanwhile:
 * reads are lock-free. A slot keeps its size class and its page for good, and pages belong to the
 * garbage collector, so a reader with an outdated address reads outdated bytes, notices, and never
 * touches memory that is gone.
 */
final class SlabView implements StateView {
  private static final int SEQUENCE_OFFSET = 0;
  private static final int RECORD_ID_OFFSET = 8;
  private static final int LENGTH_OFFSET = 16;
  private static final int CLASS_OFFSET = 20;
  private static final int SLOT_HEADER_LENGTH = 24;
  private static final int PAGE_LENGTH_FIRST = 16 * 1024;
  private static final int PAGE_LENGTH_MAX = 1024 * 1024;
  private static final int FREE_SLOTS_INITIAL = 8;

  private final SlabIndex index = new SlabIndex();
  private final LongArrayQueue[] freeSlots = new LongArrayQueue[SlotSizes.COUNT];

  /** Grows by replacement; an address leads to a page only after the page was published here. */
  private volatile UnsafeBuffer[] pages = {};

  private volatile boolean closed;
  private int pageLength;
  private int pageUsed;

  @Override
  public void put(
      final long recordId, final DirectBuffer source, final int offset, final int length) {
    final int sizeClass = SlotSizes.classOf(SLOT_HEADER_LENGTH + length);
    final long address = takeSlot(sizeClass);
    final UnsafeBuffer page = pages[pageOf(address)];
    final int slot = slotOf(address);
    final long sequence = page.getLong(slot + SEQUENCE_OFFSET);
    page.putLong(slot + SEQUENCE_OFFSET, sequence + 1);
    VarHandle
        .storeStoreFence(); // a reader that sees a byte of what follows sees the odd sequence, or a
    // later one
    page.putLong(slot + RECORD_ID_OFFSET, recordId, LITTLE_ENDIAN);
    page.putInt(slot + LENGTH_OFFSET, length, LITTLE_ENDIAN);
    page.putInt(slot + CLASS_OFFSET, sizeClass, LITTLE_ENDIAN);
    page.putBytes(slot + SLOT_HEADER_LENGTH, source, offset, length);
    page.putLongOrdered(slot + SEQUENCE_OFFSET, sequence + 2);
    free(index.put(recordId, address));
  }

  @Override
  public void remove(final long recordId) {
    free(index.remove(recordId));
  }

  @Override
  public int read(final long recordId, final MutableDirectBuffer target, final int targetOffset) {
    while (!closed) {
      final long address = index.get(recordId);
      if (address == SlabIndex.MISSING) {
        return -1;
      }
      final UnsafeBuffer page = pages[pageOf(address)];
      final int slot = slotOf(address);
      final long sequence = page.getLongVolatile(slot + SEQUENCE_OFFSET);
      final boolean mine = page.getLong(slot + RECORD_ID_OFFSET, LITTLE_ENDIAN) == recordId;
      final int length = page.getInt(slot + LENGTH_OFFSET, LITTLE_ENDIAN);
      // Odd, another id, or changed since: the slot was freed and taken after the index was asked,
      // which knows better by now.
      if (mine && (sequence & 1) == 0 && isUnchanged(page, slot, sequence)) {
        target.putBytes(targetOffset, page, slot + SLOT_HEADER_LENGTH, length);
        if (isUnchanged(page, slot, sequence)) {
          return length;
        }
      }
      Thread.onSpinWait();
    }
    return -1;
  }

  @Override
  public void forEach(final RecordVisitor visitor) {
    index.forEach(
        (recordId, address) -> {
          final UnsafeBuffer page = pages[pageOf(address)];
          final int slot = slotOf(address);
          visitor.onRecord(
              recordId,
              page,
              slot + SLOT_HEADER_LENGTH,
              page.getInt(slot + LENGTH_OFFSET, LITTLE_ENDIAN));
        });
  }

  @Override
  public long size() {
    return index.size();
  }

  @Override
  public String name() {
    return "slab";
  }

  @Override
  public void close() {
    closed = true;
  }

  private static boolean isUnchanged(final UnsafeBuffer page, final int slot, final long sequence) {
    VarHandle.acquireFence(); // what was read of the slot was read before its sequence is looked at
    // again
    return page.getLong(slot + SEQUENCE_OFFSET) == sequence;
  }

  private long takeSlot(final int sizeClass) {
    final LongArrayQueue free = freeSlots[sizeClass];
    if (free != null && !free.isEmpty()) {
      return free.pollLong();
    }
    final int slotLength = SlotSizes.length(sizeClass);
    if (pages.length == 0 || pageLength - pageUsed < slotLength) {
      addPage(slotLength);
    }
    final int slot = pageUsed;
    pageUsed += slotLength;
    return address(pages.length - 1, slot);
  }

  private void addPage(final int slotLength) {
    final int lengthWanted =
        pages.length == 0 ? PAGE_LENGTH_FIRST : Math.min(2 * pageLength, PAGE_LENGTH_MAX);
    final int length = Math.max(lengthWanted, slotLength);
    final UnsafeBuffer[] grown = Arrays.copyOf(pages, pages.length + 1);
    grown[pages.length] = new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    pages = grown;
    pageLength = length;
    pageUsed = 0;
  }

  private void free(final long address) {
    if (address != SlabIndex.MISSING) {
      final int sizeClass =
          pages[pageOf(address)].getInt(slotOf(address) + CLASS_OFFSET, LITTLE_ENDIAN);
      LongArrayQueue free = freeSlots[sizeClass];
      if (free == null) {
        free = new LongArrayQueue(FREE_SLOTS_INITIAL, SlabIndex.MISSING);
        freeSlots[sizeClass] = free;
      }
      free.addLong(address);
    }
  }

  /** Pages count from 1 in an address, so that none is {@link SlabIndex#MISSING}. */
  private static long address(final int page, final int slot) {
    return ((page + 1L) << Integer.SIZE) | slot;
  }

  private static int pageOf(final long address) {
    return (int) (address >>> Integer.SIZE) - 1;
  }

  private static int slotOf(final long address) {
    return (int) address;
  }
}
