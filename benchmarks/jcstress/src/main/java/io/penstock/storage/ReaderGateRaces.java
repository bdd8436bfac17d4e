package io.penstock.storage;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Memory is freed while a reader goes in. */
public class ReaderGateRaces {
  private static final int NOTHING_FOUND = 0;
  private static final int READ = 1;
  private static final int READ_WHAT_WAS_FREED = 2;

  /** To stay for as long as a record takes to be copied. */
  private static final int READS = 50;

  /** Stands for a mapping. */
  private static final class Memory {
    private volatile boolean isFreed;
  }

  /** What is out of sight and then freed once nobody is inside. */
  @JCStressTest
  @Outcome(
      id = {"0", "1"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a reader was in memory that was freed")
  @State
  public static class FreeAgainstRead {
    private final ReaderGate gate = new ReaderGate();
    private final AtomicReference<@Nullable Memory> inSight = new AtomicReference<>(new Memory());

    @Actor
    public void reader(final I_Result r) {
      final int stripe = gate.enter();
      final Memory found = inSight.get();
      if (found == null) {
        r.r1 = NOTHING_FOUND;
      } else {
        r.r1 = READ;
        for (int i = 0; i < READS; i++) {
          r.r1 = found.isFreed ? READ_WHAT_WAS_FREED : r.r1;
        }
      }
      gate.leave(stripe);
    }

    @Actor
    public void owner() {
      final Memory freed = inSight.getAndSet(null);
      gate.awaitEmpty();
      if (freed != null) {
        freed.isFreed = true;
      }
    }
  }
}
