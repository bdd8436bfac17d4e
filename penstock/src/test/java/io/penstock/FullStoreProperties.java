package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Rejection;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Appends that find no room at random: what was refused has not happened, what was acknowledged
 * has, held against a map.
 */
class FullStoreProperties {
  private static final Variable<Long> ROUND = Variable.ofLong("round");
  private static final Variable<Boolean> DONE = Variable.ofBoolean("done");
  private static final Variable<byte[]> DOCUMENT = Variable.ofBytes("document");
  private static final Variable<Long> VOTES = Variable.ofLong("votes");
  private static final Variable<Long> VOTE = Variable.ofLong("vote");
  private static final int KEYS = 6;
  private static final long NO_CASE = -1;

  private static final Workflow WORKFLOW =
      Workflow.define("rounds")
          .variables(ROUND, DONE, DOCUMENT)
          .repeatUntil(
              DONE.isTrue(),
              round ->
                  round
                      .manual("edit")
                      .deadline(Duration.ofDays(1))
                      .onTimeout(late -> late.inlineTask("close", work -> work.set(DONE, true)))
                      .instances(
                          "votes", 3, each -> each.inlineTask("a", work -> work.set(VOTE, 1L)))
                      .reduce(VOTE, VOTES, Long::sum))
          .build();

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void shouldHaveDoneExactlyWhatWasAcknowledged(@ForAll final long seed) throws IOException {
    final Random random = new Random(seed);
    final AtomicReference<Random> failing = new AtomicReference<>();
    final VirtualClock clock = Engines.clock();
    final EngineOptions options =
        Engines.options()
            .shards(1)
            .clock(clock)
            .store(new FullStore(() -> failing.get() != null && failing.get().nextInt(3) > 0));
    final Path directory = Files.createTempDirectory("penstock");
    final Map<String, Long> rounds = new HashMap<>();
    Engine engine = Engine.open(directory, options).deploy(WORKFLOW);
    for (int step = 0; step < 80; step++) {
      final String key = "case-" + random.nextInt(KEYS);
      failing.set(random.nextInt(3) == 0 ? new Random(random.nextLong()) : null);
      act(engine, key, random, rounds);
      failing.set(null);
      if (random.nextInt(20) == 0) {
        engine.close();
        engine = Engine.open(directory, options).deploy(WORKFLOW);
      }
      for (int i = 0; i < KEYS; i++) {
        check(engine, "case-" + i, rounds.getOrDefault("case-" + i, NO_CASE));
      }
    }
    clock.advance(Duration.ofDays(1));
    for (int i = 0; i < KEYS; i++) {
      engine
          .find(WORKFLOW, "case-" + i)
          .ifPresent(handle -> assertThat(handle.status()).isNotEqualTo(CaseStatus.RUNNING));
    }
    engine.close();
  }

  /** Does something that may be refused; what was not goes into the model. */
  private static void act(
      final Engine engine, final String key, final Random random, final Map<String, Long> rounds) {
    final long round = rounds.getOrDefault(key, NO_CASE);
    try {
      if (round == NO_CASE) {
        engine.start(WORKFLOW, key, in -> in.set(ROUND, 0L).set(VOTES, 0L));
        rounds.put(key, 0L);
      } else if (round != Long.MAX_VALUE) {
        final CaseHandle handle = engine.find(WORKFLOW, key).orElseThrow();
        final boolean done = random.nextInt(8) == 0;
        final byte[] document = new byte[random.nextInt(2) * 5_000];
        handle.complete(
            "edit", in -> in.set(ROUND, round + 1).set(DONE, done).set(DOCUMENT, document));
        rounds.put(key, done ? Long.MAX_VALUE : round + 1);
      }
    } catch (final CommandRejectedException e) {
      assertThat(e.rejection()).isEqualTo(Rejection.STORE_FULL);
    }
  }

  private static void check(final Engine engine, final String key, final long round) {
    final CaseHandle handle = engine.find(WORKFLOW, key).orElse(null);
    if (round == NO_CASE) {
      assertThat(handle).isNull();
    } else if (round == Long.MAX_VALUE) {
      assertThat(handle.join().name()).isEqualTo("COMPLETED");
    } else {
      assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
      assertThat(handle.get(ROUND)).isEqualTo(round);
      assertThat(handle.get(VOTES)).isEqualTo(3 * round);
      assertThat(handle.workItems()).hasSize(1);
    }
  }
}
