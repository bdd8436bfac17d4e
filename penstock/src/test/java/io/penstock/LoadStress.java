package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Retry;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many callers, many cases, many timers: every case ends as it must, and no step is counted twice.
 */
@Timeout(300)
class LoadStress {
  private static final Variable<Long> NUMBER = Variable.ofLong("number");
  private static final Variable<Boolean> EVEN = Variable.ofBoolean("even");
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;

  @Test
  void shouldServeAHundredCallersAtOnce() throws Exception {
    serve(100, 10);
  }

  @Test
  @Tag("slow")
  void shouldServeAHundredCallersForAWhile() throws Exception {
    serve(100, 500);
  }

  /**
   * Each caller starts a case under a key that another caller uses too, and completes its own work.
   */
  private void serve(final int callers, final int casesOfEach) throws Exception {
    final AtomicInteger filed = new AtomicInteger();
    final Workflow workflow =
        Workflow.define("signing")
            .variables(NUMBER)
            .task("prepare", work -> work.set(NUMBER, work.get(NUMBER) + 1))
            .manual("sign")
            .inlineTask("file", work -> filed.incrementAndGet())
            .build();
    final CountDownLatch go = new CountDownLatch(1);
    final ExecutorService threads = Executors.newFixedThreadPool(callers);
    try (Engine engine = Engine.open(directory, Engines.options()).deploy(workflow)) {
      final List<Future<Set<Long>>> answers = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        final int caller = i;
        final Callable<Set<Long>> calls =
            () -> {
              go.await();
              final Set<Long> cases = ConcurrentHashMap.newKeySet();
              for (int n = 0; n < casesOfEach; n++) {
                cases.add(sign(engine, workflow, "signing-" + caller / 2 + "-" + n, caller % 2));
              }
              return cases;
            };
        answers.add(threads.submit(calls));
      }
      go.countDown();
      final Set<Long> cases = ConcurrentHashMap.newKeySet();
      for (final Future<Set<Long>> answer : answers) {
        cases.addAll(answer.get());
      }

      assertThat(cases).as("two callers share a case").hasSize(callers / 2 * casesOfEach);
      assertThat(filed).hasValue(callers / 2 * casesOfEach);
    } finally {
      threads.shutdownNow();
    }
  }

  private static long sign(
      final Engine engine, final Workflow workflow, final String key, final int turn) {
    final CaseHandle handle = engine.start(workflow, key, in -> in.set(NUMBER, 1L));
    if (turn == 0) {
      while (handle.workItems().isEmpty()) {
        Thread.onSpinWait(); // until the handler before it is done
      }
      handle.complete("sign", in -> {});
    }
    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(NUMBER)).isEqualTo(2);
    return handle.caseId();
  }

  @Test
  void shouldRunAThousandCasesOfAWorkflow() {
    runMany(1_000);
  }

  @Test
  @Tag("slow")
  void shouldRunAHundredThousandCasesOfAWorkflow() {
    runMany(100_000);
  }

  private void runMany(final int count) {
    final AtomicIntegerArray ran = new AtomicIntegerArray(count);
    final AtomicInteger even = new AtomicInteger();
    final Workflow workflow =
        Workflow.define("executions")
            .variables(NUMBER)
            .task("work", work -> ran.incrementAndGet(work.get(NUMBER).intValue()))
            .inlineTask("look", work -> work.set(EVEN, work.get(NUMBER) % 2 == 0))
            .choice(
                choice ->
                    choice
                        .when(
                            EVEN.isTrue(),
                            yes -> yes.inlineTask("even", work -> even.incrementAndGet()))
                        .otherwise(no -> {}))
            .build();
    try (Engine engine =
        Engine.open(directory, Engines.options().endedCasesKept(count)).deploy(workflow)) {
      final List<CaseHandle> handles = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        final long number = i;
        handles.add(engine.start(workflow, in -> in.set(NUMBER, number)));
      }
      assertThat(handles)
          .allSatisfy(handle -> assertThat(handle.join()).isEqualTo(Outcome.COMPLETED));
    }
    for (int i = 0; i < count; i++) {
      assertThat(ran.get(i)).as("runs of case %d", i).isOne();
    }
    assertThat(even).hasValue(count / 2);
  }

  @Test
  void shouldParkFiveThousandCasesOverARestartAndCompleteThemAll() {
    park(5_000);
  }

  @Test
  @Tag("slow")
  void shouldParkAHundredThousandCasesOverARestartAndCompleteThemAll() {
    park(100_000);
  }

  private void park(final int count) {
    final AtomicInteger filed = new AtomicInteger();
    final Workflow workflow =
        Workflow.define("parked")
            .variables(NUMBER)
            .manual("sign")
            .inlineTask("file", work -> filed.addAndGet(work.get(NUMBER).intValue()))
            .build();
    final List<Long> cases = new ArrayList<>();
    try (Engine engine = Engine.open(directory, Engines.options()).deploy(workflow)) {
      for (int i = 0; i < count; i++) {
        cases.add(engine.start(workflow, in -> {}).caseId());
      }
    }
    assertThat(filed).hasValue(0);

    try (Engine engine =
        Engine.open(directory, Engines.options().endedCasesKept(count)).deploy(workflow)) {
      Collections.reverse(cases);
      for (final long caseId : cases) {
        final CaseHandle handle = engine.handle(caseId);
        assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
        handle.complete("sign", in -> in.set(NUMBER, 1L));
      }
      assertThat(cases)
          .allSatisfy(
              caseId -> assertThat(engine.handle(caseId).status()).isEqualTo(CaseStatus.COMPLETED));
    }
    assertThat(filed).hasValue(count);
  }

  @Test
  void shouldTimeOutInEveryWayForManyCasesAtOnce() {
    timeOut(100);
  }

  @Test
  @Tag("slow")
  void shouldTimeOutInEveryWayForVeryManyCasesAtOnce() {
    timeOut(5_000);
  }

  /** What waits for a day in one way or another, with how it ends and what runs then. */
  private record Late(Outcome outcome, List<String> ran) {}

  private void timeOut(final int casesOfEach) {
    final VirtualClock clock = Engines.clock();
    final Map<String, AtomicInteger> ran = new ConcurrentHashMap<>();
    final Map<Workflow, Late> late = new LinkedHashMap<>();
    waits(late, ran);
    try (Engine engine =
        Engine.open(
            directory,
            Engines.options().clock(clock).endedCasesKept(late.size() * casesOfEach * 4))) {
      final List<CaseHandle> handles = new ArrayList<>();
      final List<Late> expected = new ArrayList<>();
      for (final Map.Entry<Workflow, Late> entry : late.entrySet()) {
        engine.deploy(entry.getKey());
        for (int i = 0; i < casesOfEach; i++) {
          handles.add(engine.start(entry.getKey(), in -> {}));
          expected.add(entry.getValue());
        }
      }
      clock.advance(DAY.minusNanos(1));
      assertThat(handles)
          .as("a moment before")
          .allSatisfy(
              handle -> {
                handle.workItems(); // comes after what was due
                assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
              });
      assertThat(ran).isEmpty();
      clock.advance(Duration.ofNanos(1));

      for (int i = 0; i < handles.size(); i++) {
        assertThat(handles.get(i).join()).isEqualTo(expected.get(i).outcome);
      }
    }
    final Map<String, Integer> counts = new LinkedHashMap<>();
    late.values()
        .forEach(each -> each.ran.forEach(task -> counts.merge(task, casesOfEach, Integer::sum)));
    assertThat(ran).hasSameSizeAs(counts);
    counts.forEach((task, count) -> assertThat(ran.get(task)).as(task).hasValue(count));
  }

  private static void waits(final Map<Workflow, Late> late, final Map<String, AtomicInteger> ran) {
    final TaskHandler note =
        work -> ran.computeIfAbsent(work.task(), none -> new AtomicInteger()).incrementAndGet();
    put(late, Workflow.define("deadline").manual("sign").deadline(DAY), Outcome.TIMED_OUT);
    put(
        late,
        Workflow.define("deadline-handled")
            .awaitMessage("paid")
            .deadline(DAY)
            .onTimeout(then -> then.inlineTask("remind", note)),
        Outcome.COMPLETED,
        "remind");
    put(
        late,
        Workflow.define("case-deadline").caseDeadline(DAY).awaitSignal("go"),
        Outcome.TIMED_OUT);
    put(
        late,
        Workflow.define("first")
            .awaitFirst(
                first ->
                    first
                        .message("paid", paid -> paid.inlineTask("ship", note))
                        .after("overdue", DAY, then -> then.inlineTask("collect", note))),
        Outcome.COMPLETED,
        "collect");
    put(
        late,
        Workflow.define("delay").delay("cool-off", DAY).inlineTask("after", note),
        Outcome.COMPLETED,
        "after");
    put(
        late,
        Workflow.define("retry")
            .inlineTask(
                "flaky",
                work -> {
                  if (work.attempt() == 1) {
                    throw new IllegalStateException("not yet");
                  }
                  note.run(work);
                })
            .retry(Retry.exponential(2).startingAt(DAY)),
        Outcome.COMPLETED,
        "flaky");
    put(
        late,
        Workflow.define("instances")
            .instances("votes", 3, each -> each.manual("vote"))
            .deadline(DAY)
            .onTimeout(then -> then.inlineTask("count", note)),
        Outcome.COMPLETED,
        "count");
    put(
        late,
        Workflow.define("in-an-instance")
            .instances(
                "reviews",
                2,
                each ->
                    each.manual("review")
                        .deadline(DAY)
                        .onTimeout(then -> then.inlineTask("skip", note))),
        Outcome.COMPLETED,
        "skip",
        "skip");
    put(
        late,
        Workflow.define("composite")
            .call("check", "checking")
            .deadline(DAY)
            .onTimeout(then -> then.inlineTask("give-up", note))
            .subworkflow("checking", body -> body.manual("look")),
        Outcome.COMPLETED,
        "give-up");
    put(
        late,
        Workflow.define("in-a-composite")
            .call("check", "checking")
            .onFailure(then -> then.inlineTask("apologize", note))
            .subworkflow("checking", body -> body.manual("look").deadline(DAY)),
        Outcome.COMPLETED,
        "apologize");
  }

  private static void put(
      final Map<Workflow, Late> late,
      final WorkflowBuilder workflow,
      final Outcome outcome,
      final String... ran) {
    late.put(workflow.build(), new Late(outcome, List.of(ran)));
  }
}
