package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Gate;
import io.penstock.engine.ObjectiveChange;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.engine.Rollout;
import io.penstock.objective.GateReport;
import io.penstock.objective.GateRules;
import io.penstock.objective.GateState;
import io.penstock.objective.GateTransition;
import io.penstock.objective.ObjectiveState;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Priority;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Gates, listeners and admission of a running engine, on a clock of the test's own. */
class GatesTest {
  private static final Objective OBJECTIVE = Objective.p99(Duration.ofMillis(10));
  private static final GateRules RULES =
      GateRules.defaults().shares(0.5).eventsMin(100).dwell(Duration.ofSeconds(10));
  private static final Variable<Boolean> SLOW = Variable.ofBoolean("slow");

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-05T08:00:00Z"));
  private final List<ObjectiveChange> changes = new CopyOnWriteArrayList<>();

  @TempDir private Path directory;

  private Engine open(final String... protectedObjectives) {
    return Engine.open(
        directory,
        EngineOptions.defaults()
            .shards(1)
            .clock(clock)
            .objectiveListener(changes::add)
            .protect(protectedObjectives));
  }

  private Workflow version(final int version, final long ms) {
    return Workflow.define("pay")
        .version(version)
        .inlineTask("step", work -> clock.advance(Duration.ofMillis(ms)))
        .objective(OBJECTIVE)
        .build();
  }

  private void run(final Engine engine, final Rollout rollout, final int from, final int to) {
    for (int i = from; i < to; i++) {
      assertThat(rollout.start("key-" + i, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
      if (i % 100 == 99) {
        clock.advance(Duration.ofSeconds(1));
        engine.lookAtObjectives();
      }
    }
  }

  @Test
  void shouldRollAVersionOutThatKeepsItsObjective() {
    try (Engine engine = open()) {
      final Rollout rollout = engine.rollOut(version(1, 5), version(2, 5), RULES);
      assertThat(rollout.gate().state()).isEqualTo(GateState.CANARY);

      run(engine, rollout, 0, 3_000);

      assertThat(rollout.gate().state()).isEqualTo(GateState.OPEN);
      final GateReport report = rollout.explain();
      assertThat(report.baselineGood()).as("all go the new way").isZero();
      assertThat(report.toString()).contains("gate roll-out pay v2: OPEN at 100 %");
    }
  }

  @Test
  void shouldTellInEveryReportWhereGatesStandAndWhy() {
    try (Engine engine = open()) {
      assertThat(engine.objectives().report()).doesNotContain("rest good");
      assertThat(engine.objectives().reportHtml()).doesNotContain("<h2>Gates</h2>");
      final Rollout rollout = engine.rollOut(version(1, 5), version(2, 11), RULES);
      run(engine, rollout, 0, 300);
      final GateReport gate = rollout.explain();

      assertThat(engine.objectives().report())
          .contains("rest good", "roll-out pay v2", "TRIPPED")
          .contains(gate.reason().substring(0, Math.min(60, gate.reason().length())));
      assertThat(engine.objectives().report().lines()).allMatch(line -> line.length() <= 120);
      assertThat(engine.objectives().reportJson())
          .contains("\"gates\":[{\"name\":\"roll-out pay v2\",\"state\":\"TRIPPED\",\"share\":0")
          .contains("\"good\":" + gate.good() + ",\"bad\":" + gate.bad() + ",\"baselineGood\":");
      assertThat(engine.objectives().reportHtml())
          .contains("<h2>Gates</h2>", "<td>roll-out pay v2</td><td>tripped</td>");
    }
  }

  @Test
  void shouldRollAVersionBackThatDoesNotAndComeBackToIt() {
    try (Engine engine = open()) {
      final Rollout rollout = engine.rollOut(version(1, 5), version(2, 11), RULES);

      run(engine, rollout, 0, 300);

      assertThat(rollout.gate().state()).isEqualTo(GateState.TRIPPED);
      assertThat(rollout.explain().reason()).contains("are bad");
      for (int i = 0; i < 100; i++) {
        assertThat(rollout.version("key-" + i).version()).isEqualTo(1);
      }
      clock.advance(RULES.coolDown());
      engine.lookAtObjectives();
      assertThat(rollout.gate().state()).isEqualTo(GateState.CANARY);
    }
  }

  @Test
  void shouldKeepKeysOnTheirSideAndCasesOnTheirVersion() {
    final Workflow one =
        Workflow.define("sign").version(1).manual("one").objective(OBJECTIVE).build();
    final Workflow two =
        Workflow.define("sign").version(2).manual("two").objective(OBJECTIVE).build();
    try (Engine engine = open()) {
      final Rollout rollout = engine.rollOut(one, two, RULES);
      final List<CaseHandle> cases = new ArrayList<>();
      final List<Integer> versions = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        versions.add(rollout.version("key-" + i).version());
        cases.add(rollout.start("key-" + i, in -> {}));
      }
      assertThat(versions).contains(1, 2);
      clock.advance(Duration.ofSeconds(1)); // those that are completed now are late
      for (int i = 0; i < 100; i++) {
        cases.get(i).complete(versions.get(i) == 1 ? "one" : "two", in -> {});
      }
      engine.lookAtObjectives();
      assertThat(rollout.gate().state()).isEqualTo(GateState.TRIPPED);

      for (int i = 100; i < 200; i++) {
        assertThat(rollout.version("key-" + i).version()).as("new cases").isEqualTo(1);
        assertThat(rollout.start("key-" + i, in -> {}).caseId())
            .as("the case that its key has")
            .isEqualTo(cases.get(i).caseId());
        cases.get(i).complete(versions.get(i) == 1 ? "one" : "two", in -> {});
        assertThat(cases.get(i).join()).isEqualTo(Outcome.COMPLETED);
      }
    }
  }

  @Test
  void shouldRememberOverARestartWhatItDecided() {
    try (Engine engine = open()) {
      run(engine, engine.rollOut(version(1, 5), version(2, 11), RULES), 0, 300);
    }
    clock.advance(Duration.ofMinutes(3));
    try (Engine engine = open()) {
      final Rollout rollout = engine.rollOut(version(1, 5), version(2, 11), RULES);
      assertThat(rollout.gate().state()).isEqualTo(GateState.TRIPPED);
      assertThat(rollout.gate().transitions())
          .singleElement()
          .satisfies(
              transition -> {
                assertThat(transition.from()).isEqualTo(GateState.CANARY);
                assertThat(transition.to()).isEqualTo(GateState.TRIPPED);
                assertThat(transition.bad()).isGreaterThanOrEqualTo(30);
              });
      clock.advance(Duration.ofMinutes(2));
      engine.lookAtObjectives();
      assertThat(rollout.gate().state()).as("three minutes had passed").isEqualTo(GateState.CANARY);
      assertThat(rollout.gate().transitions())
          .extracting(GateTransition::to)
          .containsExactly(GateState.TRIPPED, GateState.CANARY);
    }
  }

  @Test
  void shouldGateAFeatureByWhatTheUserReports() {
    try (Engine engine = open()) {
      final Gate gate = engine.gate("fast-path", OBJECTIVE, RULES);
      assertThat(engine.gate("fast-path", OBJECTIVE, RULES)).isSameAs(gate);
      int admitted = 0;
      for (int i = 0; i < 10_000; i++) {
        final boolean admits = gate.admits("customer-" + i);
        assertThat(gate.admits("customer-" + i)).isEqualTo(admits);
        admitted += admits ? 1 : 0;
        gate.record(admits, Duration.ofMillis(admits ? 20 : 5));
      }
      assertThat(admitted).isBetween(4_800, 5_200);
      assertThat(gate.explain().baselineGood()).isEqualTo(10_000 - admitted);

      engine.lookAtObjectives();

      assertThat(gate.state()).isEqualTo(GateState.TRIPPED);
      assertThat(gate.admits("customer-1")).isFalse();
    }
  }

  /** The move waits for the shard, and the shard for the task that asks. */
  @Test
  @Timeout(30)
  void shouldExplainItselfOnAShardsThreadWhileAMoveIsOnItsWayToTheJournal() throws Exception {
    try (Engine engine = open()) {
      final Gate gate = engine.gate("fast-path", OBJECTIVE, RULES);
      final CountDownLatch begun = new CountDownLatch(1);
      final Workflow asking =
          Workflow.define("ask")
              .inlineTask(
                  "ask",
                  work -> {
                    begun.countDown();
                    while (gate.state() != GateState.TRIPPED) {
                      Thread.onSpinWait();
                    }
                    assertThat(gate.explain().state()).isEqualTo(GateState.TRIPPED);
                    assertThat(engine.gate("fast-path", OBJECTIVE, RULES)).isSameAs(gate);
                    assertThatThrownBy(engine::lookAtObjectives)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("must not be sent from a shard's thread");
                  })
              .build();
      engine.deploy(asking);
      for (int i = 0; i < 1_000; i++) {
        gate.record(true, Duration.ofMillis(20));
      }
      final CompletableFuture<CaseHandle> asked = engine.startAsync(asking, "one", in -> {});
      begun.await();

      engine.lookAtObjectives();

      assertThat(asked.join().join()).isEqualTo(Outcome.COMPLETED);
      assertThat(gate.transitions()).hasSize(1);
    }
  }

  @Test
  void shouldRefuseARolloutThatIsNone() {
    final Workflow other = Workflow.define("other").inlineTask("step", work -> {}).build();
    final Workflow unpromised =
        Workflow.define("pay").version(2).inlineTask("step", work -> {}).build();
    try (Engine engine = open()) {
      assertThatThrownBy(() -> engine.rollOut(version(1, 1), other, RULES))
          .hasMessageContaining("two versions of one workflow");
      assertThatThrownBy(() -> engine.rollOut(version(1, 1), version(1, 2), RULES))
          .hasMessageContaining("two versions of one workflow");
      assertThatThrownBy(() -> engine.rollOut(version(1, 1), unpromised, RULES))
          .hasMessageContaining("declare one with objective");
      final Rollout rollout = engine.rollOut(version(1, 5), version(2, 5), RULES);
      assertThatThrownBy(() -> rollout.gate().record(true, Duration.ofMillis(1)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void shouldTellOfEachChangeOfAnObjectivesStateOnce() {
    try (Engine engine = open()) {
      final Workflow good = version(1, 5);
      engine.deploy(good);
      for (int i = 0; i < 300; i++) {
        engine.start(good, in -> {}).join();
      }
      engine.lookAtObjectives();
      engine.lookAtObjectives();
      clock.advance(Duration.ofHours(2));
      engine.lookAtObjectives();
    }
    assertThat(changes)
        .filteredOn(change -> change.name().equals("pay v1"))
        .filteredOn(change -> change.from() != ObjectiveState.INSUFFICIENT)
        .filteredOn(change -> change.to() != ObjectiveState.INSUFFICIENT) // a look in between
        .extracting(ObjectiveChange::to)
        .endsWith(ObjectiveState.NO_DATA);
    assertThat(changes)
        .filteredOn(change -> change.name().equals("pay v1"))
        .extracting(ObjectiveChange::to)
        .contains(ObjectiveState.MET)
        .doesNotHaveDuplicates();
  }

  @Test
  void shouldRefuseNewCasesByPriorityWhileAnObjectiveIsInNeedAndNoSteps() {
    final Workflow work =
        Workflow.define("work")
            .variables(SLOW)
            .manual("sign")
            .choice(
                choice ->
                    choice
                        .when(
                            SLOW.isTrue(),
                            then ->
                                then.inlineTask(
                                    "slow", step -> clock.advance(Duration.ofSeconds(1))))
                        .otherwise(other -> other.inlineTask("quick", step -> {})))
            .objective(new Objective(0.9, Duration.ofMillis(500)))
            .build();
    try (Engine engine = open("work v1")) {
      engine.deploy(work);
      final List<CaseHandle> waiting = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        waiting.add(engine.start(work, in -> in.priority(Priority.LOW).set(SLOW, true)));
      }
      waiting.subList(0, 50).forEach(each -> each.complete("sign", in -> {}));
      engine.lookAtObjectives();

      assertThatThrownBy(() -> engine.start(work, in -> in.priority(Priority.LOW)))
          .isInstanceOfSatisfying(
              CommandRejectedException.class,
              refused -> {
                assertThat(refused.rejection()).isEqualTo(Rejection.OVERLOADED);
                assertThat(refused.retryAfter())
                    .hasValueSatisfying(
                        after ->
                            assertThat(after)
                                .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1)));
              })
          .hasMessageContaining("objective=work v1");
      assertThatThrownBy(() -> engine.start(work, in -> {})).hasMessageContaining("BREACHED");
      engine.start(work, in -> in.priority(Priority.HIGH)).complete("sign", in -> {});
      waiting.get(50).complete("sign", in -> {}); // a case that runs is never refused

      clock.advance(Duration.ofMinutes(7)); // longer than the longest short window of an hour
      engine.lookAtObjectives();
      engine.start(work, in -> in.priority(Priority.LOW)); // and nothing bad since: the way back
    }
  }
}
