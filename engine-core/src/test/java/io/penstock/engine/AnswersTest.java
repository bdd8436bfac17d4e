package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnswersTest {
  private static final int ROUNDS = 200;
  private static final int ANSWERS = 8;

  @Test
  void shouldGiveEveryAnswerThoughEachWaitsForTheNextAndTheyAreClosedMeanwhile() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      final PendingReplies replies = new PendingReplies(ANSWERS);
      final List<CompletableFuture<?>> continued = new ArrayList<>();
      for (int i = 0; i < ANSWERS; i++) {
        final PendingReplies.Reply reply = replies.register(true);
        assertThat(reply).isNotNull();
        continued.add(reply);
      }
      for (int i = 0; i + 1 < ANSWERS; i++) {
        final CompletableFuture<?> next = continued.get(i + 1);
        continued.set(i, continued.get(i).handle((answer, failure) -> outcome(next)));
      }
      final List<@Nullable Object> async = new ArrayList<>();
      replies.failAll(new EngineClosedException("test"), async);
      final Answers answers = new Answers("test-" + round);

      answers.give(async);
      answers.close();

      for (int i = 0; i + 1 < ANSWERS; i++) {
        assertThat(continued.get(i).get(10, TimeUnit.SECONDS)).as("round %d", round).isNotNull();
      }
    }
  }

  /** Waits for another answer, which an interrupt does not end. */
  private static String outcome(final CompletableFuture<?> other) {
    return other.handle((answer, failure) -> "given").join();
  }
}
