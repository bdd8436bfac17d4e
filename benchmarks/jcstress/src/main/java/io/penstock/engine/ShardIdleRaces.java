package io.penstock.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A caller brings work while the shard's thread goes to sleep. */
public class ShardIdleRaces {
  private static final VarHandle WORK;

  static {
    try {
      WORK = MethodHandles.lookup().findVarHandle(WakeAgainstSleep.class, "work", boolean.class);
    } catch (final ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** As weak as the inbox: work is put with a release and looked for with an acquire. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "the shard sleeps, and work lies in its inbox")
  @State
  @SuppressWarnings("this-escape") // nobody extends it
  public static class WakeAgainstSleep {
    private final ShardIdle idle = new ShardIdle(() -> hasWork() ? 0 : Long.MAX_VALUE);

    @SuppressWarnings("unused") // through WORK
    private boolean work;

    private volatile Thread shard = Thread.currentThread();
    private volatile boolean isShardThere;
    private volatile boolean isAwake;

    private boolean hasWork() {
      return (boolean) WORK.getAcquire(this);
    }

    @Actor
    public void shard() {
      shard = Thread.currentThread();
      isShardThere = true;
      while (!hasWork()) {
        idle.idle();
      }
      isAwake = true;
    }

    @Actor
    public void caller(final Z_Result r) {
      while (!isShardThere) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < SPINS; i++) {
        Thread.onSpinWait();
      }
      WORK.setRelease(this, true);
      idle.wake();
      r.r1 = Patience.await(() -> isAwake);
      if (!r.r1) {
        LockSupport.unpark(shard);
      }
    }

    private static final int SPINS = 200;
  }
}
