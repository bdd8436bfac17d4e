package io.penstock.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Work that comes while threads of the pool go to sleep. */
public class WorkerPoolRaces {
  /** One pool for all rounds, so that its threads are in any state when work comes. */
  private static final WorkerPool ONE_THREAD = new WorkerPool("one", 1);

  private static final WorkerPool TWO_THREADS = new WorkerPool("two", 2);

  private static int runsOnce(final WorkerPool pool, final AtomicInteger runs) {
    pool.execute(runs::incrementAndGet);
    return Patience.await(() -> runs.get() > 0) ? 1 : 0;
  }

  /** The one thread takes both pieces, whenever it went to sleep. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "work lies there while the thread sleeps, or was done twice")
  @State
  public static class WorkAgainstSleepOfTheOnlyThread {
    private final AtomicInteger one = new AtomicInteger();
    private final AtomicInteger other = new AtomicInteger();

    @Actor
    public void oneCaller(final II_Result r) {
      r.r1 = runsOnce(ONE_THREAD, one);
    }

    @Actor
    public void otherCaller(final II_Result r) {
      r.r2 = runsOnce(ONE_THREAD, other);
    }

    @Arbiter
    public void count(final II_Result r) {
      r.r1 *= one.get();
      r.r2 *= other.get();
    }
  }

  /** The same with two threads, one of which may stay awake for the other. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "work lies there while threads sleep, or was done twice")
  @State
  public static class WorkAgainstSleepOfTwoThreads {
    private final AtomicInteger one = new AtomicInteger();
    private final AtomicInteger other = new AtomicInteger();

    @Actor
    public void oneCaller(final II_Result r) {
      r.r1 = runsOnce(TWO_THREADS, one);
    }

    @Actor
    public void otherCaller(final II_Result r) {
      r.r2 = runsOnce(TWO_THREADS, other);
    }

    @Arbiter
    public void count(final II_Result r) {
      r.r1 *= one.get();
      r.r2 *= other.get();
    }
  }
}
