package io.penstock.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.ArrayList;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Callers that wait, give up, are answered and are told that the shard has stopped. */
public class PendingRepliesRaces {
  private static final int ANSWERED = 1;
  private static final int FAILED = 2;

  /** How a caller's wait ended; 0 when it goes on. */
  private static int ending(final PendingReplies.Reply reply) {
    if (!reply.isDone()) {
      return 0;
    }
    return reply.isCompletedExceptionally() ? FAILED : ANSWERED;
  }

  private static PendingReplies.Reply register(final PendingReplies replies) {
    final PendingReplies.Reply reply = replies.register(false);
    if (reply == null) {
      throw new IllegalStateException("a caller must find a free slot");
    }
    return reply;
  }

  /** Whoever takes a caller out is the only one who tells it how the command ended. */
  @JCStressTest
  @Outcome(
      id = {"1, 1", "0, 2"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a caller was answered twice, or not by who took it out")
  @State
  public static class AnswerAgainstStop {
    private final PendingReplies replies = new PendingReplies(2);
    private final PendingReplies.Reply reply = register(replies);

    @Actor
    public void shard(final II_Result r) {
      final PendingReplies.Reply taken = replies.take(reply.number);
      r.r1 = taken == null ? 0 : 1;
      if (taken != null) {
        taken.answer("answer");
      }
    }

    @Actor
    public void stop() {
      replies.failAll(new EngineClosedException("test"), new ArrayList<>());
    }

    @Arbiter
    public void look(final II_Result r) {
      r.r2 = ending(reply);
    }
  }

  /** One of two takes a caller out. */
  @JCStressTest
  @Outcome(
      id = {"true, false", "false, true"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a caller was taken out twice, or by nobody")
  @State
  public static class TakeAgainstTake {
    private final PendingReplies replies = new PendingReplies(2);
    private final PendingReplies.Reply reply = register(replies);

    @Actor
    public void one(final ZZ_Result r) {
      r.r1 = replies.take(reply.number) != null;
    }

    @Actor
    public void other(final ZZ_Result r) {
      r.r2 = replies.take(reply.number) != null;
    }
  }

  /** A late answer to who gave up does not find who has the slot now. */
  @JCStressTest
  @Outcome(
      id = {"0, 0, true", "1, 0, true"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "an answer reached another caller, who waits no longer")
  @State
  public static class LateAnswerAgainstNextCaller {
    private final PendingReplies replies = new PendingReplies(1);
    private final PendingReplies.Reply early = register(replies);
    private PendingReplies.Reply next = early;

    @Actor
    public void shard(final IIZ_Result r) {
      final PendingReplies.Reply taken = replies.take(early.number);
      if (taken != null) {
        taken.answer("answer");
      }
      r.r1 = taken == null ? 0 : taken.number == early.number ? 1 : 2;
    }

    @Actor
    public void callers() {
      replies.giveUp(early);
      next = register(replies);
    }

    @Arbiter
    public void look(final IIZ_Result r) {
      r.r2 = ending(next);
      r.r3 = replies.isPending(next.number);
    }
  }

  /** Two callers, and room for one. */
  @JCStressTest
  @Outcome(
      id = {"true, false", "false, true"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "both have the slot, or neither")
  @State
  public static class RegisterAgainstRegister {
    private final PendingReplies replies = new PendingReplies(1);

    @Actor
    public void one(final ZZ_Result r) {
      r.r1 = replies.register(false) != null;
    }

    @Actor
    public void other(final ZZ_Result r) {
      r.r2 = replies.register(false) != null;
    }
  }

  /** As {@link Shard} closes: says so, then fails all; a caller waits, then looks. */
  @JCStressTest
  @Outcome(
      id = {"0, 2", "1, 0", "1, 2"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a caller waits for a shard that has ended")
  @State
  public static class CallAgainstClose {
    private final PendingReplies replies = new PendingReplies(2);
    private PendingReplies.Reply reply = register(new PendingReplies(1));
    private volatile boolean closed;

    @Actor
    public void caller(final II_Result r) {
      reply = register(replies);
      r.r1 = closed ? 1 : 0;
    }

    @Actor
    public void shard() {
      closed = true;
      replies.failAll(new EngineClosedException("test"), new ArrayList<>());
    }

    @Arbiter
    public void look(final II_Result r) {
      r.r2 = ending(reply);
    }
  }
}
