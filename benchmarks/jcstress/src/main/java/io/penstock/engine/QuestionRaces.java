package io.penstock.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Callers that wait for the end of a case while it ends, or give up. */
public class QuestionRaces {
  private static final long LONG_NS = TimeUnit.SECONDS.toNanos(10);

  private static int await(final Question question, final long waitNs) {
    try {
      return CaseStatus.COMPLETED.equals(question.await("test", waitNs)) ? 1 : 2;
    } catch (final TimeoutException none) {
      return 0;
    }
  }

  /** An answer that was given finds its caller, asleep or about to sleep. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "the caller sleeps though it was answered")
  @State
  public static class AnswerAgainstSleep {
    private volatile Question.EndWait asked;

    @Actor
    public void caller(final I_Result r) {
      final Question.EndWait wait = new Question.EndWait(1, 0);
      asked = wait;
      r.r1 = await(wait, LONG_NS);
    }

    @Actor
    public void shard() {
      Patience.await(() -> asked != null);
      final EndWaits waits = new EndWaits();
      waits.add(asked);
      EndWaits.answer(waits.takeAll(1), CaseStatus.COMPLETED);
    }
  }

  /** A caller whose time is up has the answer or none, never another. */
  @JCStressTest
  @Outcome(
      id = {"0", "1"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "an answer that nobody gave")
  @State
  public static class AnswerAgainstTimeOut {
    private volatile Question.EndWait asked;

    @Actor
    public void caller(final I_Result r) {
      final Question.EndWait wait = new Question.EndWait(1, 0);
      asked = wait;
      r.r1 = await(wait, 1);
    }

    @Actor
    public void shard() {
      Patience.await(() -> asked != null);
      asked.answer(CaseStatus.COMPLETED);
    }
  }
}
