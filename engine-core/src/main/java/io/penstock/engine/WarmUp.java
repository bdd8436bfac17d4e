package io.penstock.engine;

import io.penstock.spi.EngineClock;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the JVM load and compile what runs cases before an engine is open, so that its first second
 * is not its slowest: cases of a workflow with every usual kind of task run on an engine of its
 * own, in memory, without telemetry and with the machine's clock, and leave nothing behind.
 */
final class WarmUp {
  private static final Variable<Long> NUMBER = Variable.ofLong("number");
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final int CASES_A_ROUND = 50;

  private static final Workflow WORKFLOW =
      Workflow.define("warm-up")
          .variables(NUMBER, TEXT)
          .inlineTask("inline", work -> work.set(NUMBER, work.get(NUMBER) + 1))
          .choice(
              choice ->
                  choice
                      .when(
                          NUMBER.isAtLeast(1L),
                          then -> then.task("worker", work -> work.set(TEXT, "done")))
                      .otherwise(other -> other.inlineTask("never", work -> {})))
          .forEach(
              "each",
              NUMBER,
              work -> List.of(1L, 2L, 3L, 4L),
              each -> each.task("calculate", work -> work.set(NUMBER, 2 * work.get(NUMBER))))
          .reduce(NUMBER, NUMBER, Long::sum)
          .manual("sign")
          .awaitMessage("go")
          .build();

  private WarmUp() {}

  /**
   * Runs cases for a while.
   *
   * @param options of the engine that is about to be opened
   * @param forNs how long
   */
  static void run(final EngineOptions options, final long forNs) {
    final long fromNs = System.nanoTime();
    final EngineOptions own =
        EngineOptions.defaults()
            .shards(1)
            .workerThreads(options.workerThreads())
            .endedCasesKept(CASES_A_ROUND)
            .startKeysKept(CASES_A_ROUND)
            .history(options.history())
            .clock(EngineClock.system())
            .warmUp(Duration.ZERO)
            .telemetry((clock, shards) -> Telemetry.NONE);
    final EngineOptions onStore =
        options.store().isPresent() ? own.store(options.store().get()) : own;
    try (Engine engine = Engine.inMemory(onStore).deploy(WORKFLOW)) {
      for (int round = 0; System.nanoTime() - fromNs < forNs; round++) {
        runCases(engine, round);
      }
    }
  }

  private static void runCases(final Engine engine, final int round) {
    final List<CaseHandle> cases = new ArrayList<>();
    for (int i = 0; i < CASES_A_ROUND; i++) {
      cases.add(
          engine.start(
              WORKFLOW, round + "-" + i, in -> in.set(NUMBER, 0L).set(TEXT, "x".repeat(100))));
    }
    for (final CaseHandle handle : cases) {
      while (handle.workItems().isEmpty()) {
        Thread.onSpinWait();
      }
      handle.complete("sign", "somebody", in -> {});
      handle.send("go", "key", in -> {});
      handle.join();
    }
  }
}
