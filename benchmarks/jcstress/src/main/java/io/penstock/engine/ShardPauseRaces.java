package io.penstock.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Shards that come to one moment, or do not. */
public class ShardPauseRaces {
  private static final int NOT_DONE = -1;

  /** Who goes on after a pause that is done sees the other's part. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE)
  @Outcome(id = "-1, -1", expect = ACCEPTABLE_INTERESTING, desc = "one had to wait too long")
  @Outcome(expect = FORBIDDEN, desc = "a shard went on before the part of the other")
  @State
  public static class AllStandStillTogether {
    private final int[] parts = new int[2];
    private final ShardPause pause = new ShardPause(2, shard -> parts[shard] = 1);

    @Actor
    public void oneShard(final II_Result r) {
      pause.arrive(0);
      r.r1 = pause.isDone() ? parts[1] : NOT_DONE;
    }

    @Actor
    public void otherShard(final II_Result r) {
      pause.arrive(1);
      r.r2 = pause.isDone() ? parts[0] : NOT_DONE;
    }
  }

  /** The caller gives up while the last shard arrives. */
  @JCStressTest
  @Outcome(
      id = {"true, true, true", "false, true, false", "false, false, false"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a pause is done without a part, or first done and then not")
  @State
  public static class GiveUpAgainstArrival {
    private boolean part;
    private final ShardPause pause = new ShardPause(1, shard -> part = true);

    @Actor
    public void shard(final ZZZ_Result r) {
      pause.arrive(0);
      r.r1 = pause.isDone();
    }

    @Actor
    public void caller() {
      pause.giveUp();
    }

    @Arbiter
    public void look(final ZZZ_Result r) {
      r.r2 = part;
      r.r3 = pause.isDone();
    }
  }
}
