package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Gate;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.engine.Rollout;
import io.penstock.objective.EventCounts;
import io.penstock.objective.GateRules;
import io.penstock.objective.GateState;
import io.penstock.objective.GateTransition;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.EngineClock;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Operation;
import io.penstock.spi.Telemetry;
import io.penstock.spi.VirtualClock;
import io.penstock.telemetry.PenstockTelemetry;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The points at which engines with objectives have been seen to break: overload, silence, gates
 * that stay shut, counts that are nearly right. All patterns mixed under load are in {@code
 * patterns.PatternsStress}.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BreakingPointStress {
  private static final Objective OBJECTIVE = Objective.p99(Duration.ofMillis(10));
  private static final GateRules RULES =
      GateRules.defaults()
          .shares(0.5)
          .eventsMin(100)
          .dwell(Duration.ofSeconds(1))
          .coolDown(Duration.ofSeconds(10), Duration.ofMinutes(1));
  private static final Workflow QUICK =
      Workflow.define("quick").inlineTask("step", work -> {}).objective(OBJECTIVE).build();

  private final VirtualClock clock = Engines.clock();

  @TempDir private Path directory;

  private EngineOptions onVirtualTime() {
    return Engines.options().clock(clock);
  }

  private static ObjectiveReading reading(final Engine engine, final String name) {
    return engine.objectives().readings().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no reading: name=" + name));
  }

  private static ObjectiveStatus status(final Engine engine, final String name) {
    return Objects.requireNonNull(reading(engine, name).status(), name);
  }

  /** The count when it is at least so much: a command is counted just after its caller is told. */
  private static long countOf(final Engine engine, final String name, final long atLeast) {
    long count = reading(engine, name).count();
    while (count < atLeast) {
      count = reading(engine, name).count();
    }
    return count;
  }

  /** Runs the same on several threads that begin together; gives what they gave. */
  private static <T> List<T> atOnce(final int threads, final Callable<T> part) throws Exception {
    final ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      final CountDownLatch go = new CountDownLatch(1);
      final List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(
            executor.submit(
                () -> {
                  go.await();
                  return part.call();
                }));
      }
      go.countDown();
      final List<T> results = new ArrayList<>();
      for (final Future<T> each : running) {
        results.add(each.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  /** 1: more starts than the inbox takes; each is either counted once or refused with a reason. */
  @Test
  void shouldCountEveryStartUnderMoreLoadThanItTakes() throws Exception {
    final EngineOptions tight =
        Engines.options().shards(1).inboxLength(16 * 1024).inboxWait(Duration.ZERO);
    try (Engine engine = Engine.open(directory, tight).deploy(QUICK)) {
      final AtomicInteger refused = new AtomicInteger();
      final List<Integer> started =
          atOnce(
              4,
              () -> {
                final List<CompletableFuture<CaseHandle>> all = new ArrayList<>();
                for (int i = 0; i < 10_000; i++) {
                  try {
                    final String key = Thread.currentThread().getId() + "-" + i;
                    all.add(engine.startAsync(QUICK, key, in -> {}));
                  } catch (final CommandRejectedException e) {
                    assertThat(e.rejection()).isEqualTo(Rejection.INBOX_FULL);
                    refused.incrementAndGet();
                  }
                }
                all.forEach(CompletableFuture::join);
                return all.size();
              });
      final int accepted = started.stream().mapToInt(Integer::intValue).sum();

      assertThat(accepted + refused.get()).isEqualTo(40_000);
      assertThat(refused.get()).as("the load was too much").isPositive();
      assertThat(countOf(engine, "start", accepted)).isEqualTo(accepted);
      final ObjectiveStatus w1 = status(engine, "W1");
      assertThat(w1.good() + w1.bad()).isEqualTo(accepted);
      assertThat(w1.state() == ObjectiveState.BREACHED)
          .isEqualTo(w1.bad() > (1 - w1.objective().target()) * accepted);
      assertThat(reading(engine, "quick v1").count()).isEqualTo(accepted);
    }
  }

  private Workflow version(final int version, final Duration duration) {
    return Workflow.define("pay")
        .version(version)
        .inlineTask("step", work -> clock.advance(duration))
        .objective(OBJECTIVE)
        .build();
  }

  /** 2: a gate that fails comes back by itself when what it guards is good again. */
  @Test
  void shouldReopenAGateAfterItsFailureIsOver() {
    final AtomicBoolean slow = new AtomicBoolean(true);
    final Workflow next =
        Workflow.define("pay")
            .version(2)
            .inlineTask("step", work -> clock.advance(Duration.ofMillis(slow.get() ? 20 : 1)))
            .objective(OBJECTIVE)
            .build();
    try (Engine engine = Engine.open(directory, onVirtualTime().shards(1))) {
      final Rollout rollout = engine.rollOut(version(1, Duration.ofMillis(1)), next, RULES);
      final List<GateState> seen = new ArrayList<>();
      for (int round = 0; round < 200 && !seen.contains(GateState.OPEN); round++) {
        for (int i = 0; i < 100; i++) {
          rollout.start("key-" + round + "-" + i, in -> {}).join();
        }
        clock.advance(Duration.ofSeconds(1));
        engine.lookAtObjectives();
        seen.add(rollout.gate().state());
        slow.set(!seen.contains(GateState.TRIPPED));
      }
      assertThat(seen).contains(GateState.TRIPPED);
      assertThat(seen.get(seen.size() - 1)).isEqualTo(GateState.OPEN);
      assertThat(rollout.version("any").version()).isEqualTo(2);
    }
  }

  /** 3: ten thousand events from eight threads are ten thousand. */
  @Test
  void shouldCountEventsOfManyThreadsExactly() throws Exception {
    try (Engine engine = Engine.open(directory, Engines.options())) {
      final Gate gate = engine.gate("feature", OBJECTIVE, RULES.shares(0.1).eventsMin(1_000_000));
      atOnce(
          8,
          () -> {
            for (int i = 0; i < 1_250; i++) {
              gate.record(i % 5 == 0, Duration.ofMillis(10).plusNanos(i % 1_250 == 0 ? 1 : 0));
            }
            return true;
          });
      assertThat(gate.explain().good()).isEqualTo(1_992);
      assertThat(gate.explain().bad()).isEqualTo(8);
      assertThat(gate.explain().baselineGood()).isEqualTo(8_000);
      assertThat(gate.explain().baselineBad()).isZero();
    }
  }

  /** 4: what waits is bounded in bytes; more is refused, and taken again when there is room. */
  @Test
  void shouldBoundWhatWaitsRefuseMoreAndRecover() {
    final Variable<byte[]> document = Variable.ofBytes("document");
    final CountDownLatch release = new CountDownLatch(1);
    final Workflow blocking =
        Workflow.define("blocking").inlineTask("block", work -> release.await()).build();
    final Workflow large =
        Workflow.define("large").variables(document).inlineTask("step", work -> {}).build();
    final EngineOptions options = Engines.options().shards(1).inboxWait(Duration.ZERO);
    try (Engine engine = Engine.open(directory, options).deploy(blocking).deploy(large)) {
      final CompletableFuture<CaseHandle> blocked = engine.startAsync(blocking, "b", in -> {});
      final byte[] bytes = new byte[15 * 1024 * 1024];
      final List<CompletableFuture<CaseHandle>> waiting = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  waiting.add(engine.startAsync(large, "l" + i, in -> in.set(document, bytes)));
                }
              })
          .isInstanceOfSatisfying(
              CommandRejectedException.class,
              e -> assertThat(e.rejection()).isEqualTo(Rejection.INBOX_FULL));
      assertThat(waiting).as("128 MiB of 15 each").hasSizeBetween(1, 8);

      release.countDown();

      blocked.join().join();
      waiting.forEach(each -> assertThat(each.join().join()).isEqualTo(Outcome.COMPLETED));
      assertThat(engine.start(large, in -> in.set(document, bytes)).join())
          .isEqualTo(Outcome.COMPLETED);
    }
  }

  /** 5: a gate that moves all the time is never in between. */
  @Test
  void shouldAdmitAllOrNoneHoweverFastAGateMoves() throws Exception {
    try (Engine engine = Engine.open(directory, onVirtualTime().shards(1))) {
      final Gate gate =
          engine.gate(
              "feature",
              OBJECTIVE,
              RULES
                  .eventsMin(30)
                  .dwell(Duration.ZERO)
                  .coolDown(Duration.ofNanos(1), Duration.ofNanos(1)));
      final AtomicBoolean done = new AtomicBoolean();
      final ExecutorService readers = Executors.newFixedThreadPool(2);
      final List<Future<Long>> reading = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        reading.add(
            readers.submit(
                () -> {
                  long reads = 0;
                  while (!done.get()) {
                    gate.admits("key-" + reads++);
                  }
                  return reads;
                }));
      }
      int trips = 0;
      for (int i = 0; i < 400; i++) {
        final boolean bad = i % 4 == 3;
        for (int j = 0; j < 500; j++) {
          gate.record(true, Duration.ofMillis(bad ? 20 : 1));
        }
        clock.advance(Duration.ofMillis(1));
        engine.lookAtObjectives();
        if (gate.state() == GateState.TRIPPED) {
          trips++;
          assertThat(gate.admits("key-" + i)).isFalse();
        } else if (gate.state() == GateState.OPEN) {
          assertThat(gate.admits("key-" + i)).isTrue();
        }
      }
      done.set(true);
      for (final Future<Long> each : reading) {
        assertThat(each.get()).isPositive();
      }
      readers.shutdown();
      assertThat(trips).isGreaterThan(50);
      final List<GateTransition> transitions = gate.transitions();
      for (int i = 1; i < transitions.size(); i++) {
        assertThat(transitions.get(i).from()).isEqualTo(transitions.get(i - 1).to());
      }
    }
  }

  /** 6: an event leaves the window when the window has passed it, not before and not after. */
  @Test
  void shouldForgetAnEventExactlyWhenTheWindowHasPassedIt() {
    final Duration slot = Duration.ofSeconds(5); // an hour in 720
    try (Engine engine = Engine.open(directory, onVirtualTime().shards(1)).deploy(QUICK)) {
      clock.advance(slot);
      engine.start(QUICK, in -> {}).join(); // exactly at the end of a slot: belongs to it
      assertThat(status(engine, "quick v1").good()).isEqualTo(1);

      clock.advance(Duration.ofHours(1).minus(slot));
      assertThat(status(engine, "quick v1").good())
          .as("the window begins with its slot")
          .isEqualTo(1);
      clock.advance(Duration.ofNanos(1));
      assertThat(status(engine, "quick v1").good()).as("a slot later").isZero();
      assertThat(status(engine, "quick v1").state()).isEqualTo(ObjectiveState.NO_DATA);
      assertThat(reading(engine, "quick v1").count()).as("since the opening").isEqualTo(1);
    }
  }

  /** 7: cases end on the version that they began with, whatever the gate does meanwhile. */
  @Test
  void shouldKeepCasesOnTheirVersionWhileTheGateMovesUnderLoad() throws Exception {
    final Variable<Long> served = Variable.ofLong("served");
    final List<Workflow> versions = new ArrayList<>();
    for (long number = 1; number <= 2; number++) {
      final long own = number;
      versions.add(
          Workflow.define("serve")
              .version((int) number)
              .variables(served)
              .task("step", work -> {})
              .inlineTask("note", work -> work.set(served, own))
              .objective(OBJECTIVE)
              .build());
    }
    try (Engine engine = Engine.open(directory, Engines.options())) {
      final GateRules nervous =
          RULES
              .eventsMin(30)
              .dwell(Duration.ZERO)
              .coolDown(Duration.ofMillis(1), Duration.ofMillis(1));
      final Rollout rollout = engine.rollOut(versions.get(0), versions.get(1), nervous);
      final List<long[]> counts =
          atOnce(
              4,
              () -> {
                final long[] byVersion = new long[3];
                for (int i = 0; i < 500; i++) {
                  final String key = Thread.currentThread().getId() + "-" + i;
                  final Workflow chosen = rollout.version(key);
                  final CaseHandle handle = engine.start(chosen, key, in -> {});
                  if (i % 50 == 0) {
                    engine.lookAtObjectives();
                  }
                  assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
                  assertThat(handle.get(served)).isEqualTo(chosen.version());
                  byVersion[chosen.version()]++;
                }
                return byVersion;
              });
      for (int version = 1; version <= 2; version++) {
        final int number = version;
        assertThat(reading(engine, "serve v" + version).count())
            .isEqualTo(counts.stream().mapToLong(each -> each[number]).sum());
      }
    }
  }

  /** 8: a case that times out has an outcome, and is an event that was too slow. */
  @Test
  void shouldCountTimeOutsAsWhatTheyAre() {
    final Workflow waiting =
        Workflow.define("waiting")
            .manual("sign")
            .caseDeadline(Duration.ofMinutes(5))
            .objective(OBJECTIVE)
            .build();
    try (Engine engine = Engine.open(directory, onVirtualTime()).deploy(waiting)) {
      final List<CaseHandle> cases = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        cases.add(engine.start(waiting, in -> {}));
      }
      cases.subList(0, 100).forEach(each -> each.complete("sign", in -> {}));
      clock.advance(Duration.ofMinutes(5));

      for (int i = 0; i < cases.size(); i++) {
        assertThat(cases.get(i).join()).isEqualTo(i < 100 ? Outcome.COMPLETED : Outcome.TIMED_OUT);
      }
      assertThat(status(engine, "waiting v1").good()).isEqualTo(100);
      assertThat(status(engine, "waiting v1").bad()).isEqualTo(400);
      assertThat(status(engine, "waiting v1").state()).isEqualTo(ObjectiveState.BREACHED);
    }
  }

  /** 9: whoever asks under load gets an answer that is consistent, and never less than before. */
  @Test
  void shouldAnswerAThousandQuestionsAboutObjectivesUnderLoad() throws Exception {
    final AtomicBoolean done = new AtomicBoolean();
    try (Engine engine = Engine.open(directory, Engines.options()).deploy(QUICK)) {
      final Thread load =
          new Thread(
              () -> {
                while (!done.get()) {
                  engine.start(QUICK, in -> {}).join();
                }
              });
      load.start();
      final List<Long> last =
          atOnce(
              10,
              () -> {
                long before = 0;
                for (int i = 0; i < 100; i++) {
                  final ObjectiveReading quick = reading(engine, "quick v1");
                  final ObjectiveStatus status = Objects.requireNonNull(quick.status());
                  assertThat(quick.count()).isGreaterThanOrEqualTo(before);
                  assertThat(quick.good()).isLessThanOrEqualTo(quick.count());
                  assertThat(status.good()).isGreaterThanOrEqualTo(0);
                  assertThat(status.bad()).isGreaterThanOrEqualTo(0);
                  assertThat(quick.max()).isGreaterThanOrEqualTo(quick.p50());
                  before = quick.count();
                }
                return before;
              });
      done.set(true);
      load.join();
      final long all = reading(engine, "quick v1").count();
      assertThat(all).isPositive();
      assertThat(last).allMatch(each -> each <= all);
      final ObjectiveStatus status = status(engine, "quick v1");
      assertThat(status.good() + status.bad()).isEqualTo(all);
    }
  }

  /** 11: a hundred engines, one after the other and ten at a time, each count their own only. */
  @Test
  void shouldKeepTheObjectivesOfAHundredEnginesApart() throws Exception {
    final AtomicInteger numbers = new AtomicInteger();
    final List<Boolean> right =
        atOnce(
            10,
            () -> {
              boolean all = true;
              for (int i = 0; i < 10; i++) {
                final int number = numbers.getAndIncrement();
                try (Engine engine =
                    Engine.open(
                            directory.resolve("engine-" + number),
                            Engines.options().shards(1).workerThreads(1))
                        .deploy(QUICK)) {
                  for (int j = 0; j <= number; j++) {
                    engine.start(QUICK, in -> {}).join();
                  }
                  all &= countOf(engine, "W1", number + 1) == number + 1;
                }
              }
              return all;
            });
    assertThat(right).hasSize(10).containsOnly(true);
    assertThat(numbers).hasValue(100);
  }

  /** 12: counts exact and quantiles within a bucket, while others read all the time. */
  @Test
  void shouldStayAccurateUnderStress() throws Exception {
    final long thresholdNs = 1_000_000;
    final int events = 300_000;
    final Telemetry telemetry = new PenstockTelemetry().create(EngineClock.system(), 2);
    final AtomicInteger shards = new AtomicInteger();
    final AtomicBoolean done = new AtomicBoolean();
    final Thread reader =
        new Thread(
            () -> {
              while (!done.get()) {
                telemetry.readings(reads -> {});
              }
            });
    reader.start();
    final List<long[]> recorded =
        atOnce(
            2,
            () -> {
              final int shard = shards.getAndIncrement();
              final SplittableRandom random = new SplittableRandom(shard);
              final long[] values = new long[events];
              for (int i = 0; i < events; i++) {
                values[i] = (long) Math.exp(8 + 8 * random.nextDouble());
                final long nowNs = System.nanoTime();
                telemetry.shard(shard).acknowledged(Operation.START, nowNs - values[i], nowNs);
              }
              return values;
            });
    done.set(true);
    reader.join();
    final long[] sorted = new long[2 * events];
    System.arraycopy(recorded.get(0), 0, sorted, 0, events);
    System.arraycopy(recorded.get(1), 0, sorted, events, events);
    Arrays.sort(sorted);

    final ObjectiveReading w1 =
        telemetry.readings(reads -> {}).stream()
            .filter(each -> each.name().equals("W1"))
            .findFirst()
            .orElseThrow();
    assertThat(w1.count()).isEqualTo(2L * events);
    assertThat(w1.good()).isEqualTo(Arrays.stream(sorted).filter(ns -> ns <= thresholdNs).count());
    long windowed = 0;
    for (final EventCounts counts : telemetry.counts("W1")) {
      windowed += counts.good() + counts.bad();
    }
    assertThat(windowed).isEqualTo(2L * events);
    assertClose(w1.p50(), sorted[events]);
    assertClose(w1.p99(), sorted[(int) (0.99 * 2 * events)]);
    assertClose(w1.p999(), sorted[(int) (0.999 * 2 * events)]);
    assertThat(w1.p99()).as("is not the maximum").isLessThan(w1.max());
    telemetry.close();
  }

  private static void assertClose(final double measured, final long exact) {
    assertThat(measured / exact).isBetween(0.999, 1.001);
  }
}
