package io.penstock.telemetry;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A histogram that is read while it is written, and written by many threads. */
public class LatencyHistogramRaces {
  private static final int SHORT_NS = 5;

  /** In the sixth page. */
  private static final int LONG_NS = 700;

  private static int count(final LatencyHistogram histogram, final int valueNs) {
    return (int)
        histogram.count(
            valueNs / LatencyHistogram.PAGE_LENGTH, valueNs % LatencyHistogram.PAGE_LENGTH);
  }

  /** The first of all makes the table and a page, the last makes another page. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 3", "0, 6", "3, 3", "3, 6", "6, 6"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a total shrank, or is no sum of what was recorded")
  @State
  public static class TotalNeverShrinks {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Actor
    public void writer() {
      histogram.record(SHORT_NS, 3);
      histogram.record(LONG_NS, 3);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = (int) histogram.total();
      r.r2 = (int) histogram.total();
    }
  }

  /** What was recorded first is seen first, and what was recorded together is seen together. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 3", "0, 6", "3, 3", "3, 6"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a count without the one before it, or a part of one")
  @State
  public static class CountsAreSeenInTheirOrder {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Actor
    public void writer() {
      histogram.record(SHORT_NS, 3);
      histogram.record(LONG_NS, 3);
      histogram.record(SHORT_NS, 3);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = count(histogram, LONG_NS);
      r.r2 = count(histogram, SHORT_NS);
    }
  }

  /** Both may have to make the table, and the same two pages. */
  @JCStressTest
  @Outcome(id = "2, 2", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a duration was lost")
  @State
  public static class SharedRecordingLosesNothing {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Actor
    public void oneWriter() {
      histogram.recordShared(SHORT_NS);
      histogram.recordShared(LONG_NS);
    }

    @Actor
    public void otherWriter() {
      histogram.recordShared(LONG_NS);
      histogram.recordShared(SHORT_NS);
    }

    @Arbiter
    public void total(final II_Result r) {
      r.r1 = count(histogram, SHORT_NS);
      r.r2 = count(histogram, LONG_NS);
    }
  }

  /** The table and the page are there already. */
  @JCStressTest
  @Outcome(id = "1, 5", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a duration was lost")
  @State
  public static class SharedIncrementsLoseNothing {
    private final LatencyHistogram histogram = new LatencyHistogram();

    public SharedIncrementsLoseNothing() {
      histogram.recordShared(SHORT_NS);
      histogram.recordShared(LONG_NS);
    }

    @Actor
    public void oneWriter() {
      histogram.recordShared(SHORT_NS);
      histogram.recordShared(SHORT_NS);
    }

    @Actor
    public void otherWriter() {
      histogram.recordShared(SHORT_NS);
      histogram.recordShared(SHORT_NS);
    }

    @Arbiter
    public void total(final II_Result r) {
      r.r1 = count(histogram, LONG_NS);
      r.r2 = count(histogram, SHORT_NS);
    }
  }
}
