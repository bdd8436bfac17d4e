package io.penstock.storage;

import io.penstock.spi.ShardStore.RecordVisitor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.hash.Data;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The view in Chronicle Map: a short chain of maps in memory, newest first.
 *
 * <p>The size of a Chronicle Map is fixed when it is made. So a view begins with a small one, and
 * when that is nearly full an eight times larger one is put before it: new records go there, and
 * those of the older maps follow when they are next put. Maps are made for a size of record too
 * ({@link ChronicleMaps}), so that a long one does not need a map of long ones. A record is in one
 * map, but for the moment of a move, when it is in two.
 *
 * <p>A reader that finds the record in no map has looked past it if it moved meanwhile; moves are
 * counted, so it looks again. Chronicle Map guards each of its segments with a lock in its memory:
 * a read holds one for the time of a copy, so reads here are not lock-free in the strict sense, and
 * a reader that the system suspends inside delays a put to the same segment.
 */
final class ChronicleView implements StateView {
  /** Scratch of a reading thread; holds nothing between reads. */
  private static final ThreadLocal<Cursor> CURSORS = ThreadLocal.withInitial(Cursor::new);

  private final ReaderGate gate = new ReaderGate();
  private final AtomicLong moves = new AtomicLong();
  private final Cursor writer = new Cursor();

  /** Every map ever made, emptied ones included: together less than a seventh of the newest. */
  private final List<ChronicleMaps.Sized> all = new ArrayList<>();

  private final ChronicleMaps.@Nullable Sized[] newest =
      new ChronicleMaps.Sized[ChronicleMaps.CLASS_COUNT];
  private volatile ChronicleMaps.Sized[] chain = {};
  private volatile boolean closed;

  @Override
  public void put(
      final long recordId, final DirectBuffer source, final int offset, final int length) {
    final int sizeClass = ChronicleMaps.classOf(length);
    writer.key.recordId = recordId;
    writer.slice.from(source, offset, length);
    ChronicleMaps.Sized target = newest[sizeClass];
    if (target == null || target.isNearlyFull()) {
      target = grow(sizeClass, target);
    }
    if (!target.tryPut(writer.key, writer.slice)) {
      target = grow(sizeClass, target);
      target.put(writer.key, writer.slice);
    }
    writer.slice.release();
    removeFromAllBut(target);
    drain();
  }

  @Override
  public void remove(final long recordId) {
    writer.key.recordId = recordId;
    for (final ChronicleMaps.Sized sized : chain) {
      sized.map().remove(writer.key);
    }
  }

  @Override
  public int read(final long recordId, final MutableDirectBuffer target, final int targetOffset) {
    final int stripe = gate.enter();
    try {
      return closed ? -1 : find(recordId, CURSORS.get(), target, targetOffset);
    } finally {
      gate.leave(stripe);
    }
  }

  @Override
  public void forEach(final RecordVisitor visitor) {
    final UnsafeBuffer image = new UnsafeBuffer(0, 0);
    for (final ChronicleMaps.Sized sized : chain) {
      sized
          .map()
          .forEachEntry(
              entry -> {
                final Data<RecordSlice> bytes = entry.value();
                final int length = (int) bytes.size();
                image.wrap(bytes.bytes().addressForRead(bytes.offset()), length);
                visitor.onRecord(entry.key().getUsing(writer.key).recordId, image, 0, length);
              });
    }
  }

  @Override
  public long size() {
    return Arrays.stream(chain).mapToLong(sized -> sized.map().longSize()).sum();
  }

  @Override
  public String name() {
    return "chronicle";
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      chain = new ChronicleMaps.Sized[0];
      gate.awaitEmpty();
      all.forEach(sized -> sized.map().close());
    }
  }

  private int find(
      final long recordId,
      final Cursor cursor,
      final MutableDirectBuffer target,
      final int targetOffset) {
    cursor.key.recordId = recordId;
    cursor.slice.to(target, targetOffset);
    try {
      while (true) {
        final long movesBefore = moves.get();
        for (final ChronicleMaps.Sized sized : chain) {
          if (sized.map().getUsing(cursor.key, cursor.slice) != null) {
            return cursor.slice.length();
          }
        }
        if (moves.get() == movesBefore) {
          return -1;
        }
      }
    } finally {
      cursor.slice.release();
    }
  }

  /** The record has just been put to a map: what other maps have of it is outdated. */
  private void removeFromAllBut(final ChronicleMaps.Sized target) {
    for (final ChronicleMaps.Sized sized : chain) {
      if (sized != target && sized.map().containsKey(writer.key)) {
        moves.incrementAndGet(); // before the removal: a reader that misses the record here sees
        // that it moved
        sized.map().remove(writer.key);
      }
    }
  }

  /**
   * Moves one record of an outgrown map to the newest: it is empty long before that one is full.
   */
  private void drain() {
    for (final ChronicleMaps.Sized sized : chain) {
      final ChronicleMaps.Sized target = newest[sized.sizeClass()];
      if (sized != target && target != null && !sized.moveOneTo(target, moves)) {
        chain =
            Arrays.stream(chain)
                .filter(other -> other != sized)
                .toArray(ChronicleMaps.Sized[]::new);
      }
    }
  }

  private ChronicleMaps.Sized grow(final int sizeClass, final ChronicleMaps.@Nullable Sized full) {
    final ChronicleMaps.Sized larger =
        full == null ? ChronicleMaps.first(sizeClass) : ChronicleMaps.after(full);
    all.add(larger);
    newest[sizeClass] = larger;
    final ChronicleMaps.Sized[] longer = new ChronicleMaps.Sized[chain.length + 1];
    longer[0] = larger;
    System.arraycopy(chain, 0, longer, 1, chain.length);
    chain = longer;
    return larger;
  }

  /** What a thread calls the maps with, again and again. */
  private static final class Cursor {
    final RecordKey key = new RecordKey();
    final RecordSlice slice = new RecordSlice();
  }
}
