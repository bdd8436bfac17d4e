package io.penstock.telemetry;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.penstock.objective.EventCounts;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.time.Instant;
import org.agrona.ExpandableArrayBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** Counts that are saved while an event is counted. */
public class ObjectiveCountsRaces {
  private static final Objective OBJECTIVE =
      new Objective(0.99, Duration.ofNanos(100), Duration.ofSeconds(2));

  /** What a save missed is news for the next one. */
  @JCStressTest
  @Outcome(
      id = {"0, true", "1, true", "1, false"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "an event was neither saved nor will it be")
  @State
  public static class WhatWasNotSavedIsNews {
    private final EpochTime time = new EpochTime(new VirtualClock(Instant.EPOCH));
    private final ObjectiveCounts counts = new ObjectiveCounts(time);
    private final EventCounts counted = counts.add("objective", OBJECTIVE);
    private final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();

    @Actor
    public void caller() {
      counted.countShared(1, 1);
    }

    @Actor
    public void saver() {
      counts.save(saved, 0, 1, 1);
    }

    @Arbiter
    public void look(final IZ_Result r) {
      final ObjectiveCounts restored = new ObjectiveCounts(time);
      restored.restore(saved, 0);
      final EventCounts again = restored.add("objective", OBJECTIVE);
      final ExpandableArrayBuffer known = new ExpandableArrayBuffer();
      again.save(known, 0, 1);
      r.r1 = (int) known.getLong(GOOD_OFFSET, java.nio.ByteOrder.LITTLE_ENDIAN);
      r.r2 = counts.hasNews();
    }

    /** Behind target, threshold and window, as {@link EventCounts#save} writes them. */
    private static final int GOOD_OFFSET = 3 * Long.BYTES;
  }
}
