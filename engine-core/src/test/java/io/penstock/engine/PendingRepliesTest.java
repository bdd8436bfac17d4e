package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PendingRepliesTest {
  @Test
  void shouldGiveTheAnswerToTheOneWhoAsked() throws InterruptedException {
    final PendingReplies replies = new PendingReplies(16);
    final AtomicInteger wrong = new AtomicInteger();
    final List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < 4; caller++) {
      final Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  final PendingReplies.Reply mine = replies.register(false);
                  if (mine == null) {
                    continue; // full for the moment
                  }
                  final PendingReplies.Reply taken = replies.take(mine.number);
                  if (taken != mine) {
                    wrong.incrementAndGet();
                  }
                }
              });
      callers.add(thread);
      thread.start();
    }
    for (final Thread thread : callers) {
      thread.join();
    }
    assertThat(wrong).hasValue(0);
  }

  @Test
  void shouldRegisterAsManyAsThereAreSlotsAndThenNoMore() {
    final PendingReplies replies = new PendingReplies(4);
    final List<PendingReplies.Reply> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(replies.register(false));
    }
    assertThat(waiting).doesNotContainNull();
    assertThat(replies.register(false)).isNull();

    assertThat(replies.take(waiting.get(2).number)).isSameAs(waiting.get(2));
    assertThat(replies.take(waiting.get(2).number)).as("taken once").isNull();
    final PendingReplies.Reply next = replies.register(false);

    assertThat(next).isNotNull();
    assertThat(replies.isPending(waiting.get(2).number))
        .as("its slot is somebody else's now")
        .isFalse();
    assertThat(replies.isPending(next.number)).isTrue();
  }

  @Test
  void shouldNotGiveALateAnswerToWhoeverHasTheSlotNow() {
    final PendingReplies replies = new PendingReplies(1);
    final PendingReplies.Reply gaveUp = replies.register(false);
    replies.giveUp(gaveUp);
    final PendingReplies.Reply next = replies.register(false);

    assertThat(replies.take(gaveUp.number)).as("the late answer").isNull();
    assertThat(replies.take(next.number)).as("its own answer").isSameAs(next);
  }

  @Test
  void shouldFailWhoeverWaitsWhenTheShardStops() {
    final PendingReplies replies = new PendingReplies(4);
    final PendingReplies.Reply waiting = replies.register(false);

    final PendingReplies.Reply goesOn = replies.register(true);
    final EngineClosedException reason = new EngineClosedException("x");
    final List<Object> async = new ArrayList<>();

    replies.failAll(reason, async);

    assertThat(waiting).isCompletedExceptionally();
    assertThat(async).as("answered elsewhere").containsExactly(goesOn, reason);
    assertThat(goesOn).isNotDone();
  }
}
