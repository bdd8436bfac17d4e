package io.penstock.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/** Callers that go into the store while it is closed. */
public class StoreUseRaces {
  /** Nobody is inside when it is unused after its closing, and in the end it is. */
  @JCStressTest
  @Outcome(
      id = {"0, 0, true", "0, 1, true", "1, 0, true", "1, 1, true"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "somebody read a store that was gone, or it was never free")
  @State
  public static class EnterAgainstClose {
    private final StoreUse use = new StoreUse("test");
    private volatile boolean gone;

    private int read() {
      try {
        use.enter();
      } catch (final EngineClosedException closed) {
        return 0;
      }
      final int read = gone ? 2 : 1;
      use.leave();
      return read;
    }

    @Actor
    public void one(final IIZ_Result r) {
      r.r1 = read();
    }

    @Actor
    public void other(final IIZ_Result r) {
      r.r2 = read();
    }

    @Actor
    public void closing() {
      use.close();
      gone = use.isUnused();
    }

    @Arbiter
    public void look(final IIZ_Result r) {
      r.r3 = use.isUnused();
    }
  }
}
