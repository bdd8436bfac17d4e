package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseTimes;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.Outcome;
import io.penstock.spi.Durability;
import io.penstock.spi.EngineClock;
import io.penstock.spi.StoreException;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Where the time of a case went, on a clock moved by hand. */
@Timeout(60)
class ExplainSlowTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration FORCE = Duration.ofMillis(40);

  @TempDir private Path directory;
  private final VirtualClock clock = Engines.clock();

  private EngineOptions options(final History history) {
    return Engines.options().clock(clock).history(history);
  }

  private static Duration sum(final CaseTimes times) {
    return times
        .running()
        .plus(times.queueing())
        .plus(times.persisting())
        .plus(times.waiting())
        .plus(times.other());
  }

  private static CaseTimes.TaskTimes task(final CaseTimes times, final String name) {
    return times.tasks().stream()
        .filter(each -> each.task().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldTellWaitingForPeopleAndTimersFromRunningAlsoAfterARestart() {
    final Workflow workflow =
        Workflow.define("claim")
            .inlineTask("register", work -> {})
            .manual("approve")
            .task("pay", work -> clock.advance(Duration.ofSeconds(3)))
            .delay("grace", HOUR)
            .build();
    final long caseId;
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      caseId = handle.caseId();
      clock.advance(HOUR.multipliedBy(2));

      final CaseTimes meanwhile = engine.explainSlow(caseId);
      assertThat(meanwhile.ended()).isEmpty();
      assertThat(meanwhile.waiting()).isEqualTo(meanwhile.total()).isEqualTo(HOUR.multipliedBy(2));
      handle.complete("approve", in -> {});
    }
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS)).deploy(workflow)) {
      final CaseHandle handle = engine.handle(caseId);
      while (!handle.status().outcome().isPresent()) {
        clock.advance(HOUR); // the payment may not have begun when the time is moved
      }
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);

      final CaseTimes times = engine.explainSlow(caseId);

      assertThat(sum(times)).isEqualTo(times.total());
      assertThat(times.running()).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
      assertThat(task(times, "approve").waiting()).isEqualTo(HOUR.multipliedBy(2));
      assertThat(task(times, "grace").waiting()).isGreaterThanOrEqualTo(HOUR);
      assertThat(task(times, "register").total()).isZero();
      assertThat(times.toString()).contains("approve", "PT2H", "unknown: inline tasks");
    }
  }

  @Test
  void shouldTellOfCasesWhoseWorkflowIsNotDeployedAnyMore() {
    final Workflow workflow =
        Workflow.define("outer")
            .call("inside", "inner")
            .manual("sign")
            .subworkflow("inner", body -> body.delay("rest", HOUR))
            .build();
    final long ended;
    final long open;
    final long inside;
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS)).deploy(workflow)) {
      final CaseHandle first = engine.start(workflow, in -> {});
      ended = first.caseId();
      clock.advance(HOUR);
      first.complete("sign", in -> {});
      assertThat(first.join()).isEqualTo(Outcome.COMPLETED);
      final CaseHandle second = engine.start(workflow, in -> {});
      open = second.caseId();
      inside =
          second.history().stream()
              .mapToLong(HistoryEvent::caseId)
              .filter(id -> id != open)
              .findFirst()
              .orElseThrow();
      clock.advance(HOUR.dividedBy(2));
    }
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS))) {
      assertThat(engine.explainSlow(ended).total()).isEqualTo(HOUR);
      assertThat(engine.explainSlow(open).total()).isEqualTo(HOUR.dividedBy(2));
      assertThat(engine.explainSlow(inside).total()).isEqualTo(HOUR.dividedBy(2));
      assertThat(engine.handle(ended).history()).isNotEmpty();
    }
  }

  /** With virtual threads no work queues behind other. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_20)
  void shouldTellTheQueueFromTheRunWhereOneWorkerHasTwoTasks() {
    final CountDownLatch firstIsDone = new CountDownLatch(1);
    final Workflow workflow =
        Workflow.define("busy")
            .parallel(
                fork ->
                    fork.branch(
                            branch ->
                                branch.task("first", work -> clock.advance(Duration.ofSeconds(5))))
                        .branch(
                            branch ->
                                branch.task(
                                    "second",
                                    work -> {
                                      firstIsDone.await();
                                      clock.advance(Duration.ofSeconds(2));
                                    })))
            .build();
    try (Engine engine =
        Engine.open(directory, options(History.WORK_ITEMS).workerThreads(1)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      while (handle.history().stream()
          .noneMatch(event -> event.type() == HistoryEvent.Type.WORK_ITEM_COMPLETED)) {
        Thread.onSpinWait();
      }
      firstIsDone.countDown();
      handle.join();

      final CaseTimes times = engine.explainSlow(handle.caseId());

      assertThat(times.total()).isEqualTo(Duration.ofSeconds(7)).isEqualTo(sum(times));
      assertThat(times.running()).isEqualTo(Duration.ofSeconds(7));
      assertThat(times.queueing()).as("one always ran").isZero();
      assertThat(task(times, "first").running()).isEqualTo(Duration.ofSeconds(5));
      assertThat(task(times, "second").running()).isEqualTo(Duration.ofSeconds(2));
      assertThat(task(times, "second").queueing()).isEqualTo(Duration.ofSeconds(5));
    }
  }

  @Test
  void shouldCountTheTimeBetweenTriesAsWaiting() {
    final int[] tries = {0};
    final Workflow workflow =
        Workflow.define("flaky")
            .inlineTask(
                "try",
                work -> {
                  if (tries[0]++ == 0) {
                    throw new IllegalStateException("no luck");
                  }
                })
            .retry(Retry.fixed(2, HOUR))
            .manual("check")
            .build();
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      clock.advance(HOUR);
      clock.advance(HOUR);
      handle.complete("check", in -> {});

      final CaseTimes times = engine.explainSlow(handle.caseId());

      assertThat(sum(times)).isEqualTo(times.total()).isEqualTo(HOUR.multipliedBy(2));
      assertThat(task(times, "try").waiting()).isEqualTo(HOUR);
      assertThat(task(times, "check").waiting()).isEqualTo(HOUR);
    }
  }

  @Test
  void shouldNotTakeWhatFollowsAFinalFailureForAWaitToTryAgain() {
    final Workflow workflow =
        Workflow.define("fallback")
            .inlineTask(
                "try",
                work -> {
                  throw new IllegalStateException("no luck");
                })
            .onFailure(then -> then.manual("repair"))
            .build();
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      clock.advance(HOUR);
      handle.complete("repair", in -> {});

      final CaseTimes times = engine.explainSlow(handle.caseId());

      assertThat(task(times, "try").total()).isZero();
      assertThat(task(times, "repair").waiting()).isEqualTo(HOUR).isEqualTo(times.total());
    }
  }

  private EngineOptions onSlowDisk(final Durability durability) {
    return options(History.WORK_ITEMS)
        .shards(1)
        .durability(durability)
        .store(new SlowDisk(clock, FORCE));
  }

  private Workflow payment() {
    return Workflow.define("payment")
        .task("check", work -> clock.advance(Duration.ofSeconds(3)))
        .task("pay", work -> clock.advance(Duration.ofSeconds(2)))
        .build();
  }

  @Test
  void shouldTellTheWaitForTheDiskFromTheQueueAlsoAfterARestart() {
    final Workflow workflow = payment();
    final CaseTimes times;
    try (Engine engine =
        Engine.open(directory, onSlowDisk(Durability.POWER_LOSS)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      handle.join();

      times = engine.explainSlow(handle.caseId());
    }
    assertThat(times.running()).isEqualTo(Duration.ofSeconds(5));
    assertThat(times.persisting()).isEqualTo(FORCE.multipliedBy(2));
    assertThat(times.queueing()).isZero();
    assertThat(sum(times)).isEqualTo(times.total());
    assertThat(task(times, "check").persisting()).isEqualTo(FORCE);
    assertThat(task(times, "pay").persisting()).isEqualTo(FORCE);
    assertThat(times.unknown()).noneMatch(each -> each.contains("POWER_LOSS"));
    assertThat(times.toString()).contains("persisting", "PT0.08S");

    clock.advance(HOUR);
    try (Engine engine =
        Engine.open(directory, options(History.WORK_ITEMS).shards(1)).deploy(workflow)) {
      assertThat(engine.explainSlow(times.caseId())).isEqualTo(times);
    }
  }

  /** With virtual threads no work queues behind other. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_20)
  void shouldKeepTheWaitForTheDiskOfWorkThatQueuesBehindOther() {
    final CountDownLatch bothAreQueued = new CountDownLatch(1);
    final Workflow workflow =
        Workflow.define("busy")
            .task(
                "work",
                work -> {
                  bothAreQueued.await();
                  clock.advance(Duration.ofSeconds(1));
                })
            .build();
    try (Engine engine =
        Engine.open(directory, onSlowDisk(Durability.POWER_LOSS).workerThreads(1))
            .deploy(workflow)) {
      final CaseHandle first = engine.start(workflow, in -> {});
      final CaseHandle second = engine.start(workflow, in -> {});
      bothAreQueued.countDown();
      first.join();
      second.join();

      final CaseTimes times = engine.explainSlow(second.caseId());

      assertThat(times.running())
          .as("the end of the first may be forced meanwhile")
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(1).plus(FORCE));
      assertThat(times.persisting()).isEqualTo(FORCE);
      assertThat(times.queueing()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
      assertThat(sum(times)).isEqualTo(times.total());
    }
  }

  @Test
  void shouldCountTheWaitForTheDiskOfEachTry() {
    final Workflow workflow =
        Workflow.define("flaky")
            .task(
                "try",
                work -> {
                  clock.advance(Duration.ofSeconds(1));
                  if (work.attempt() == 1) {
                    throw new IllegalStateException("no luck");
                  }
                })
            .retry(Retry.fixed(2, HOUR))
            .build();
    try (Engine engine =
        Engine.open(directory, onSlowDisk(Durability.POWER_LOSS)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      while (handle.history().stream()
          .noneMatch(event -> event.type() == HistoryEvent.Type.WORK_ITEM_FAILED)) {
        Thread.onSpinWait();
      }
      while (!handle.status().outcome().isPresent()) {
        clock.advance(HOUR);
      }

      final CaseTimes times = engine.explainSlow(handle.caseId());

      assertThat(times.persisting()).isEqualTo(FORCE.multipliedBy(2));
      assertThat(times.waiting()).isGreaterThanOrEqualTo(HOUR);
      assertThat(sum(times)).isEqualTo(times.total());
    }
  }

  @Test
  void shouldNotTellOfAWaitForTheDiskInAModeThatHasNone() {
    final Workflow workflow = payment();
    try (Engine engine =
        Engine.open(directory, onSlowDisk(Durability.PROCESS_CRASH)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      handle.join();

      final CaseTimes times = engine.explainSlow(handle.caseId());

      assertThat(times.persisting()).isZero();
      assertThat(sum(times)).isEqualTo(times.total());
      assertThat(times.unknown()).anyMatch(each -> each.contains("only POWER_LOSS has one"));
    }
    try (Engine engine = Engine.inMemory(options(History.WORK_ITEMS)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      handle.join();
      assertThatThrownBy(() -> engine.explainSlow(handle.caseId()))
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void shouldCountWhatIsGatheredBeforeAForceAsWaitForTheDisk() {
    final Workflow workflow =
        Workflow.define("short")
            .task("first", work -> {})
            .delay("rest", TickingClock.TICK)
            .task("then", work -> {})
            .build();
    final EngineClock ticking = new TickingClock(clock);
    final List<Duration> persisting = new ArrayList<>();
    for (final Duration delay : List.of(Duration.ZERO, Duration.ofNanos(1_000))) {
      try (Engine engine =
          Engine.open(
                  directory.resolve("delay " + delay),
                  onSlowDisk(Durability.POWER_LOSS).clock(ticking).groupCommitDelay(delay))
              .deploy(workflow)) {
        final CaseHandle handle = engine.start(workflow, in -> {});
        while (!handle.status().outcome().isPresent()) {
          Thread.onSpinWait(); // a join would be a command that may come with the timer
        }
        final CaseTimes times = engine.explainSlow(handle.caseId());
        persisting.add(task(times, "first").persisting());
        assertThat(task(times, "then").persisting())
            .as("a timer fires without waiting for more")
            .isEqualTo(FORCE.plus(TickingClock.TICK));
      }
    }
    assertThat(persisting.get(0)).isEqualTo(FORCE.plus(TickingClock.TICK));
    assertThat(persisting.get(1)).isGreaterThan(persisting.get(0));
  }

  /** Each look of a shard at the monotonic clock moves time on, and tells nobody. */
  private record TickingClock(VirtualClock clock) implements EngineClock {
    static final Duration TICK = Duration.ofMillis(1);

    @Override
    public long epochNs() {
      return clock.epochNs();
    }

    @Override
    public long monotonicNs() {
      if (Thread.currentThread().getName().contains("-shard-")) {
        clock.advance(TICK);
      }
      return clock.monotonicNs();
    }
  }

  @Test
  void shouldSayWhatItCannotKnow() {
    final Workflow workflow = Workflow.define("quiet").manual("check").build();
    final long caseId;
    try (Engine engine = Engine.open(directory, options(History.CASES)).deploy(workflow)) {
      caseId = engine.start(workflow, in -> {}).caseId();
      clock.advance(HOUR);

      final CaseTimes times = engine.explainSlow(caseId);

      assertThat(times.total()).isEqualTo(HOUR).isEqualTo(times.other());
      assertThat(times.unknown().get(0)).contains("History.WORK_ITEMS");
      assertThatThrownBy(() -> engine.explainSlow(caseId + (1L << 20)))
          .isInstanceOf(CommandRejectedException.class)
          .hasMessageContaining("history must have the start of the case");
    }
    try (Engine engine = Engine.open(directory, options(History.NONE)).deploy(workflow)) {
      assertThatThrownBy(() -> engine.explainSlow(caseId))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("EngineOptions.history");
    }
  }
}
