package io.penstock.objective;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.workflow.Objective;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Counts exactly how many events were within an objective's threshold and how many were not, in
 * total and over rolling windows. An event belongs to the time of its completion.
 *
 * <p>Windows are half-open and whole numbers of slots long: a window of n slots at a time t holds
 * the events of t's own slot until t and of the n - 1 slots before it. Slots of two lengths are
 * kept: 1/43,200 of the objective's window, the last 360 of them, and 1/720, the last 720; of 30
 * days that is a minute and an hour.
 *
 * <p>{@link #count} belongs to one thread and is wait-free: two comparisons and an increment, and
 * once a slot the writing of an entry. {@link #countShared} is for many threads and lock-free; an
 * event that completes within the microsecond in which a slot ends may count in the slot beside.
 * The two must not be mixed in one object. Any thread may read.
 */
public final class EventCounts {
  /** Short slots in a long one. */
  static final int FINE_IN_COARSE = 60;

  /** Long slots in the objective's window. */
  static final int COARSE_IN_WINDOW = 720;

  /** Short slots that are kept. */
  static final int FINE_KEPT = 360;

  private static final int HEADER_LENGTH = 5 * Long.BYTES;

  private final Objective objective;
  private final long originNs;
  private final long thresholdNs;
  private final AtomicLong good = new AtomicLong();
  private final AtomicLong bad = new AtomicLong();
  private final AtomicBoolean entering = new AtomicBoolean();
  private volatile long slotEndNs = Long.MIN_VALUE;
  private volatile @Nullable Rings rings;

  /** What was counted in earlier openings, on top of {@link #good} and {@link #bad}. */
  private volatile long goodBefore;

  private volatile long badBefore;

  /** The slots of both lengths. */
  private record Rings(SlotRing fine, SlotRing coarse) {}

  /**
   * Creates counts of zero.
   *
   * @param objective what is counted against
   * @param originNs where slots begin, monotonic; the same for all counts that are to be added up
   */
  public EventCounts(final Objective objective, final long originNs) {
    this.objective = objective;
    this.originNs = originNs;
    thresholdNs = objective.threshold().toNanos();
  }

  /**
   * What is counted against.
   *
   * @return the objective
   */
  public Objective objective() {
    return objective;
  }

  /**
   * Counts an event; for one thread.
   *
   * @param durationNs how long it took
   * @param nowNs when it completed, monotonic; a time before the slot in hand counts in it
   */
  public void count(final long durationNs, final long nowNs) {
    count(durationNs, nowNs, 1);
  }

  /**
   * Counts events that took equally long and completed together; for one thread.
   *
   * @param durationNs how long each took
   * @param nowNs when they completed, monotonic; a time before the slot in hand counts in it
   * @param events how many, 0 or more
   */
  public void count(final long durationNs, final long nowNs, final int events) {
    if (nowNs > slotEndNs) {
      enter(nowNs);
    }
    final AtomicLong counter = durationNs <= thresholdNs ? good : bad;
    counter.setRelease(counter.getPlain() + events);
  }

  /**
   * Counts an event; for many threads.
   *
   * @param durationNs how long it took
   * @param nowNs when it completed, monotonic
   */
  public void countShared(final long durationNs, final long nowNs) {
    if (nowNs > slotEndNs && entering.compareAndSet(false, true)) {
      if (nowNs > slotEndNs) {
        enter(nowNs);
      }
      entering.set(false);
    }
    (durationNs <= thresholdNs ? good : bad).getAndIncrement();
  }

  /** The first event of a slot: what was counted until now belongs to those before. */
  private void enter(final long nowNs) {
    final Rings kept = ringsForWriting();
    final long allGood = goodBefore + good.get();
    final long allBad = badBefore + bad.get();
    final long coarseSlot = kept.coarse.slot(nowNs);
    final long fineSlot = kept.fine.slot(nowNs);
    kept.coarse.enter(coarseSlot, allGood, allBad);
    kept.fine.enter(fineSlot, allGood, allBad);
    // last: who sees it sees the entries
    slotEndNs = Math.min(kept.coarse.endNs(coarseSlot), kept.fine.endNs(fineSlot));
  }

  private Rings ringsForWriting() {
    Rings kept = rings;
    if (kept == null) {
      final long coarseNs = coarseNs(objective);
      kept =
          new Rings(
              new SlotRing(originNs, coarseNs / FINE_IN_COARSE, FINE_KEPT),
              new SlotRing(originNs, coarseNs, COARSE_IN_WINDOW));
      rings = kept;
    }
    return kept;
  }

  /**
   * Good events since these counts were made; only grows.
   *
   * @return how many
   */
  public long good() {
    return good.getAcquire();
  }

  /**
   * Bad events since these counts were made; only grows.
   *
   * @return how many
   */
  public long bad() {
    return bad.getAcquire();
  }

  /** Adds the events of the last short slots, up to {@link #FINE_KEPT}, to a sum. */
  void addFine(final int slots, final long nowNs, final Sum sum) {
    final Rings kept = rings;
    if (kept != null) {
      add(kept.fine, slots, nowNs, sum);
    }
  }

  /** Adds the events of the last long slots, up to {@link #COARSE_IN_WINDOW}, to a sum. */
  void addCoarse(final int slots, final long nowNs, final Sum sum) {
    final Rings kept = rings;
    if (kept != null) {
      add(kept.coarse, slots, nowNs, sum);
    }
  }

  /**
   * Adds what was counted until the end of a slot so many before the one in hand, in all openings.
   */
  void addAtEnd(final boolean isFine, final int slotsAgo, final long nowNs, final Sum sum) {
    final Rings kept = rings;
    if (kept != null) {
      final SlotRing ring = isFine ? kept.fine : kept.coarse;
      final SlotRing.Counts then = new SlotRing.Counts();
      final boolean hasMore = ring.readAtEnd(ring.slot(nowNs) - slotsAgo, then);
      sum.good += hasMore ? then.good() : goodBefore + good();
      sum.bad += hasMore ? then.bad() : badBefore + bad();
    }
  }

  /** Length of a long slot, in nanoseconds. */
  static long coarseNs(final Objective objective) {
    return objective.window().toNanos() / COARSE_IN_WINDOW;
  }

  private void add(final SlotRing ring, final int slots, final long nowNs, final Sum sum) {
    final SlotRing.Counts before = new SlotRing.Counts();
    if (ring.readAtEnd(ring.slot(nowNs) - slots, before)) {
      // the present after the past, so that no difference is negative
      sum.good += goodBefore + good() - before.good();
      sum.bad += badBefore + bad() - before.bad();
    }
  }

  /**
   * Writes the counts and their slots, to be {@linkplain #restore restored} later. By the thread
   * that counts.
   *
   * @param target receives them; grows
   * @param offset where they begin
   * @param nowNs monotonic time
   * @return how many bytes
   */
  public int save(final MutableDirectBuffer target, final int offset, final long nowNs) {
    while (!entering.compareAndSet(false, true)) {
      Thread.onSpinWait(); // another thread enters a slot: some tens of nanoseconds
    }
    final int length = save(ringsForWriting(), target, offset, nowNs);
    entering.set(false);
    return length;
  }

  private int save(
      final Rings kept, final MutableDirectBuffer target, final int offset, final long nowNs) {
    final long allGood = goodBefore + good();
    final long allBad = badBefore + bad();
    target.putDouble(offset, objective.target(), LITTLE_ENDIAN);
    target.putLong(offset + Long.BYTES, thresholdNs, LITTLE_ENDIAN);
    target.putLong(offset + 2 * Long.BYTES, objective.window().toNanos(), LITTLE_ENDIAN);
    target.putLong(offset + 3 * Long.BYTES, allGood, LITTLE_ENDIAN);
    target.putLong(offset + 4 * Long.BYTES, allBad, LITTLE_ENDIAN);
    int at = offset + HEADER_LENGTH;
    at += kept.fine.save(target, at, nowNs, allGood, allBad);
    at += kept.coarse.save(target, at, nowNs, allGood, allBad);
    return at - offset;
  }

  /**
   * Takes in what was saved, unless the objective was another one then. Before the first event; by
   * the thread that counts.
   *
   * @param source what {@link #save} wrote
   * @param offset where it begins
   * @param nowNs monotonic time
   * @param elapsedNs how long ago it was saved; not negative
   */
  public void restore(
      final DirectBuffer source, final int offset, final long nowNs, final long elapsedNs) {
    if (source.getDouble(offset, LITTLE_ENDIAN) != objective.target()
        || source.getLong(offset + Long.BYTES, LITTLE_ENDIAN) != thresholdNs
        || source.getLong(offset + 2 * Long.BYTES, LITTLE_ENDIAN) != objective.window().toNanos()) {
      return;
    }
    final Rings kept = ringsForWriting();
    goodBefore = source.getLong(offset + 3 * Long.BYTES, LITTLE_ENDIAN);
    badBefore = source.getLong(offset + 4 * Long.BYTES, LITTLE_ENDIAN);
    final int fineOffset = offset + HEADER_LENGTH;
    final int coarseOffset = fineOffset + kept.fine.restore(source, fineOffset, nowNs, elapsedNs);
    kept.coarse.restore(source, coarseOffset, nowNs, elapsedNs);
  }

  /** Events over some window, of several counts together. */
  static final class Sum {
    long good;
    long bad;

    long total() {
      return good + bad;
    }
  }
}
