package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Engine;
import io.penstock.objective.GateReport;
import io.penstock.objective.GateState;
import io.penstock.objective.ObjectiveState;
import io.penstock.telemetry.counters.CountersReader;
import io.penstock.telemetry.counters.EngineCounters;
import io.penstock.telemetry.counters.ObjectiveCounters;
import io.penstock.workflow.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TopTest {
  private static final Instant TIME = Instant.parse("2026-01-05T08:00:00Z");

  @TempDir private Path root;

  private static EngineCounters counters(
      final Instant heartbeat, final boolean closed, final long count) {
    final Objective objective = new Objective(0.999, Duration.ofMillis(20), Duration.ofDays(30));
    return new EngineCounters(
        "penstock-data",
        Long.MAX_VALUE,
        TIME.minusSeconds(3_700),
        heartbeat,
        closed,
        List.of(
            new ObjectiveCounters(
                "pay v1",
                ObjectiveState.AT_RISK,
                objective,
                990,
                10,
                -0.5,
                14.44,
                1e6,
                2.5e7,
                count),
            new ObjectiveCounters(
                "W1", ObjectiveState.NO_DATA, objective, 0, 0, Double.NaN, Double.NaN, 0, 0, 0)),
        List.of(),
        0);
  }

  private static EngineCounters withGates(final int untold, final GateReport... gates) {
    final EngineCounters counters = counters(TIME, false, 1);
    return new EngineCounters(
        counters.engine(),
        counters.processId(),
        counters.opened(),
        counters.heartbeat(),
        counters.closed(),
        counters.objectives(),
        List.of(gates),
        untold);
  }

  private static GateReport gate(
      final String name, final GateState state, final double share, final String reason) {
    return new GateReport(
        name,
        state,
        share,
        Duration.ofMinutes(12).toNanos(),
        1_200,
        3,
        22_000,
        21,
        0.00012,
        0.00513,
        0.01,
        reason);
  }

  private static String view(final EngineCounters now, final EngineCounters before) {
    return new TopView(now, before, TIME, false).text();
  }

  @Test
  void shouldShowTheObjectivesOfAnEngineInThisProcess() {
    final Path data = root.resolve("data");
    try (Engine engine = Engine.open(data, Sample.measured())) {
      Sample.run(engine);
      RunningEngine.useGate(engine);
      engine.lookAtObjectives();

      final Cli cli = Cli.run("top", data, "--once");

      assertThat(cli.code()).isEqualTo(ExitCode.OK);
      assertThat(cli.out())
          .contains("penstock-data, process " + ProcessHandle.current().pid(), "open for")
          .containsPattern("(?m)^R1 ")
          .containsPattern("(?m)^W1 .*99 % in 1 ms over 1h")
          .containsPattern("(?m)^fast-path +CANARY +1 % +0 +2 +0 +0$")
          .containsPattern("(?m)^C1 .*99 % in 500 ms over 1h");
      assertThat(cli.out().lines()).allMatch(line -> line.length() <= 120);
      assertThat(Cli.run("top", data)).as("without a terminal it ends").isNotNull();
    }

    final Cli cli = Cli.run("top", data, "--once");
    assertThat(cli.code()).isEqualTo(ExitCode.NOT_RUNNING);
    assertThat(cli.out()).contains("engine is closed").containsPattern("(?m)^W1 ");
  }

  @Test
  void shouldShowTheObjectivesOfAnEngineInAnotherProcessAndThatItWasKilled()
      throws IOException, InterruptedException {
    final Path data = root.resolve("data");
    final Process process = RunningEngine.start(data);
    try {
      final EngineCounters running = CountersReader.read(data);
      assertThat(running.processId()).isEqualTo(process.pid());
      assertThat(running.objectives()).extracting(ObjectiveCounters::name).contains("W1");
      assertThat(running.objectives())
          .filteredOn(each -> each.name().equals("W1"))
          .allMatch(each -> each.count() >= 5, "starts and completions were counted");
      assertThat(running.gates())
          .singleElement()
          .satisfies(
              gate -> {
                assertThat(gate.name()).isEqualTo("fast-path");
                assertThat(gate.bad()).isEqualTo(2);
                assertThat(gate.reason()).startsWith("waits for events: 2 of ");
              });
    } finally {
      process.destroyForcibly().waitFor();
    }

    final EngineCounters left = CountersReader.read(data);
    final Instant later = left.heartbeat().plusSeconds(6);
    assertThat(left.closed()).isFalse();
    assertThat(left.isAlive(later)).isFalse();
    assertThat(new TopView(left, null, later, false).text())
        .contains("engine is gone", "no sign of life for 6 s", "its process has ended");
  }

  @Test
  void shouldSayWhatIsWrongWithADirectoryWithoutCounters() throws IOException {
    final Cli none = Cli.run("top", root, "--once");
    assertThat(none.code()).isEqualTo(ExitCode.FAILED);
    assertThat(none.err()).contains("directory must have the counters of an engine");

    Files.writeString(root.resolve("objectives.counters"), "something else".repeat(20));
    final Cli foreign = Cli.run("top", root, "--once");
    assertThat(foreign.code()).isEqualTo(ExitCode.FAILED);
    assertThat(foreign.err()).contains("must be one of Penstock's counters");
  }

  @Test
  void shouldShowNumbersWithTheirUnits() {
    assertThat(view(counters(TIME.minusSeconds(1), false, 1000), null))
        .isEqualTo(
            """
            penstock-data, process 9223372036854775807: open for 1 h 1 min, written 1 s ago

            OBJECTIVE  STATE    GOOD  BAD  BUDGET  BURN  P50   P99    PROMISED
            pay v1     AT_RISK  990   10   -50 %   14.4  1 ms  25 ms  99.9 % in 20 ms over 30d
            W1         NO_DATA  0     0    -       -     -     -      99.9 % in 20 ms over 30d
            """);
  }

  @Test
  void shouldShowGatesBelowTheObjectivesWithWhatDecides() {
    final EngineCounters counters =
        withGates(
            3,
            gate("roll-out payroll-settlement v2", GateState.CANARY, 0.05, "waits for proof"),
            gate(
                "fast-path",
                GateState.TRIPPED,
                0,
                "the budget burns 14.4 times too fast over PT1H; cools down for PT10M"));

    assertThat(view(counters, null))
        .endsWith(
            """
            over 30d

            GATE                        STATE    SHARE  GOOD  BAD  REST GOOD  REST BAD
            roll-out pay..ettlement v2  CANARY   5 %    1200  3    22000      21
              for 12 min; bad share 0.012 % to 0.513 %, 1 % allowed; waits for proof
            fast-path                   TRIPPED  0 %    1200  3    22000      21
              for 12 min; bad share 0.012 % to 0.513 %, 1 % allowed; the budget burns 14.4
              times too fast over PT1H; cools down for PT10M

            there are 3 more, for which the counters have no room
            """);
  }

  @Test
  void shouldFitGatesIntoEightyColumnsWhateverTheyCount() {
    final GateReport huge =
        new GateReport(
            "g".repeat(200),
            GateState.TRIPPED,
            0.333333,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            123_456_789,
            0.1 / 3,
            0.2 / 3,
            0.001 / 3,
            "no\tend" + "x".repeat(300));
    final GateReport odd =
        new GateReport("", GateState.OPEN, Double.NaN, -1, -1, 0, 0, 0, -1e300, Double.NaN, 7, "");

    final String text = new GatesView(List.of(huge, odd), false).text();

    assertThat(text.lines()).allMatch(line -> line.length() <= GatesView.WIDTH);
    assertThat(text)
        .contains("9.2E", "123.5M", "33.3 %", "; no\n  endxxx", "for 106751 days", "NaN");
  }

  @Test
  void shouldColourTheStatesOfGates() {
    final EngineCounters now =
        withGates(
            0,
            gate("a  OPEN  b", GateState.CANARY, 0.05, "waits"),
            gate("c", GateState.OPEN, 1, "keeps its objective"),
            gate("d", GateState.TRIPPED, 0, "trips"));

    final String coloured = new TopView(now, null, TIME, true).text();

    assertThat(coloured)
        .contains("\u001b[33mCANARY\u001b[0m")
        .containsOnlyOnce("\u001b[32mOPEN\u001b[0m")
        .contains("\u001b[31mTRIPPED\u001b[0m");
    assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(view(now, null));
  }

  @Test
  void shouldShowEventsASecondBetweenTwoReadings() {
    final EngineCounters before = counters(TIME.minusSeconds(4), false, 1000);

    assertThat(view(counters(TIME, false, 1050), before)).containsPattern("pay v1 .* 12.5/s");
    assertThat(view(counters(TIME.minusSeconds(4), false, 1000), before))
        .as("the same reading")
        .doesNotContain("/s");
  }

  @Test
  void shouldTellAClosedEngineFromOneThatIsGone() {
    assertThat(view(counters(TIME.minusSeconds(5), false, 1), null)).contains("written 5 s ago");
    assertThat(view(counters(TIME.minusSeconds(6), false, 1), null))
        .contains("engine is gone", "its process has ended", "2026-01-05T07:59:54Z");
    assertThat(view(counters(TIME, true, 1), null)).contains("engine is closed");
  }

  @Test
  void shouldColourStatesOnATerminalAndLeaveTheRestAsItIs() {
    final EngineCounters now = counters(TIME, false, 1);
    final String coloured = new TopView(now, null, TIME, true).text();

    assertThat(coloured).contains("\u001b[33mAT_RISK\u001b[0m").contains("\u001b[90mNO_DATA");
    assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(view(now, null));
  }
}
