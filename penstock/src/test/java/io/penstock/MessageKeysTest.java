package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A message that is acknowledged is kept; keys of taken ones are a window. */
@Timeout(60)
class MessageKeysTest {
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final Variable<Long> TAKEN = Variable.ofLong("taken");
  private static final Variable<Boolean> DONE = Variable.ofBoolean("done");

  private final VirtualClock clock = Engines.clock();
  private final Workflow collect =
      Workflow.define("collect")
          .variables(TEXT, TAKEN, DONE)
          .manual("open")
          .repeatUntil(
              DONE.isTrue(),
              round ->
                  round
                      .awaitMessage("line")
                      .inlineTask(
                          "count", work -> work.set(TAKEN, work.find(TAKEN).orElse(0L) + 1)))
          .build();

  private EngineOptions options() {
    return EngineOptions.defaults().shards(1).clock(clock);
  }

  private CaseHandle start(final Engine engine) {
    return engine.deploy(collect).start(collect, in -> in.set(DONE, false));
  }

  @Test
  void shouldKeepEveryMessageThatItAcknowledges() {
    try (Engine engine = Engine.inMemory(options())) {
      final CaseHandle handle = start(engine);
      int acknowledged = 0;
      for (int i = 0; i < 1_000; i++) {
        final String text = "line " + i + " " + "x".repeat(80 + i % 9);
        try {
          handle.send("line", in -> in.set(TEXT, text));
          acknowledged++;
        } catch (final CommandRejectedException refused) {
          assertThat(refused.rejection()).isEqualTo(Rejection.RECORD_TOO_LARGE);
        }
      }
      assertThat(acknowledged).as("48 KiB of them").isBetween(300, 999);

      handle.complete("open", in -> {});

      assertThat(handle.get(TAKEN)).isEqualTo(acknowledged);
    }
  }

  @Test
  void shouldTakeKeyedMessagesForEver() {
    try (Engine engine = Engine.inMemory(options())) {
      final CaseHandle handle = start(engine);
      handle.complete("open", in -> {});
      for (int i = 0; i < 5_000; i++) {
        handle.send("line", UUID.randomUUID().toString(), in -> {});
      }
      assertThat(handle.get(TAKEN)).isEqualTo(5_000);
      handle.send("line", "the last", in -> in.set(DONE, true));
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  void shouldTakeAKeyAgainOnlyOutsideTheWindow() {
    final EngineOptions three =
        options().messageKeysKept(3).messageKeysKeptFor(Duration.ofHours(1));
    try (Engine engine = Engine.inMemory(three)) {
      final CaseHandle handle = start(engine);
      handle.complete("open", in -> {});
      for (final String key : new String[] {"a", "b", "c", "a", "b", "c"}) {
        handle.send("line", key, in -> {});
      }
      assertThat(handle.get(TAKEN)).as("each once").isEqualTo(3);

      handle.send("line", "d", in -> {});
      handle.send("line", "b", in -> {});
      assertThat(handle.get(TAKEN)).as("the last three are known").isEqualTo(4);
      handle.send("line", "a", in -> {});
      assertThat(handle.get(TAKEN)).as("four ago").isEqualTo(5);

      clock.advance(Duration.ofMinutes(61));
      handle.send("line", "d", in -> {});
      assertThat(handle.get(TAKEN)).as("an hour ago").isEqualTo(6);
    }
  }

  @Test
  void shouldKnowTheKeyOfAMessageThatWaitsHoweverLong() {
    final EngineOptions none = options().messageKeysKept(0).messageKeysKeptFor(Duration.ZERO);
    try (Engine engine = Engine.inMemory(none)) {
      final CaseHandle handle = start(engine);
      handle.send("line", "k", in -> {});
      clock.advance(Duration.ofDays(400));
      handle.send("line", "k", in -> {});
      handle.complete("open", in -> {});
      assertThat(handle.get(TAKEN)).isEqualTo(1);
    }
  }

  @Test
  void shouldDropTakenKeysForMessagesThatWait() {
    try (Engine engine = Engine.inMemory(options().messageKeysKept(1_000))) {
      final CaseHandle handle = start(engine);
      handle.complete("open", in -> {});
      for (int i = 0; i < 400; i++) {
        handle.send("line", "k".repeat(150) + i, in -> {}); // more than fit
      }
      assertThat(handle.get(TAKEN)).isEqualTo(400);
      assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    }
  }

  @Test
  void shouldChangeNothingWhenASignalIsRefused() {
    final Workflow waits =
        Workflow.define("waits").variables(TEXT).awaitSignal("go").awaitMessage("m").build();
    try (Engine engine = Engine.inMemory(options()).deploy(waits)) {
      final CaseHandle handle = engine.start(waits, in -> {});
      while (isTaken(handle)) {
        // until the mailbox is full
      }
      assertThatThrownBy(() -> handle.signal("go", "k".repeat(200), in -> {}))
          .isInstanceOfSatisfying(
              CommandRejectedException.class,
              refused -> assertThat(refused.rejection()).isEqualTo(Rejection.RECORD_TOO_LARGE));
      assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    }
  }

  /** Sends a message that the case does not take yet; false when there is no room. */
  private static boolean isTaken(final CaseHandle handle) {
    try {
      handle.send("m", UUID.randomUUID() + "-".repeat(160), in -> {});
      return true;
    } catch (final CommandRejectedException refused) {
      return false;
    }
  }
}
