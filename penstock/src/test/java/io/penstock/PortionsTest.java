package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large work is done in portions, between which other cases have their turn. */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored") // some answers nobody waits for
class PortionsTest {
  private static final Variable<Long> NUMBER = Variable.ofLong("number");
  private static final Variable<Long> SUM = Variable.ofLong("sum");
  private static final Variable<String> ITEM = Variable.ofString("item");

  @TempDir Path directory;

  private static EngineOptions options() {
    return EngineOptions.defaults().shards(1).workerThreads(2);
  }

  /** 0 to size - 1, made as they are read. */
  private static List<Long> numbers(final int size) {
    return new AbstractList<>() {
      @Override
      public Long get(final int index) {
        return (long) index;
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  private static Workflow summing(final int size) {
    return Workflow.define("summing")
        .variables(SUM, NUMBER)
        .forEach("each", NUMBER, work -> numbers(size), each -> each.inlineTask("a", work -> {}))
        .reduce(NUMBER, SUM, Long::sum)
        .build();
  }

  @Test
  void shouldMakeAnInstanceForEachItemWhateverTheLengthOfTheList() {
    for (final int size : new int[] {0, 1, 2, 63, 64, 65, 129, 1_000, 100_003}) {
      final Workflow workflow = summing(size);
      try (Engine engine = Engine.inMemory(options()).deploy(workflow)) {
        final CaseHandle handle = engine.start(workflow, in -> in.set(SUM, 0L));
        assertThat(handle.join()).as("%d: %s", size, handle.failure()).isEqualTo(Outcome.COMPLETED);
        assertThat(handle.get(SUM)).isEqualTo((long) size * (size - 1) / 2);
      }
    }
  }

  @Test
  void shouldTakeAListThatIsLargerThanACommand() {
    final String item = "x".repeat(1 << 20);
    final Workflow workflow =
        Workflow.define("large")
            .variables(ITEM, SUM, NUMBER)
            .forEach(
                "each",
                ITEM,
                work -> java.util.Collections.nCopies(140, item),
                each ->
                    each.inlineTask("a", work -> work.set(NUMBER, (long) work.get(ITEM).length())))
            .reduce(NUMBER, SUM, Long::sum)
            .build();
    try (Engine engine = Engine.inMemory(options()).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> in.set(SUM, 0L));
      assertThat(handle.join()).as("%s", handle.failure()).isEqualTo(Outcome.COMPLETED);
      assertThat(handle.get(SUM)).isEqualTo(140L << 20);
    }
  }

  @Test
  void shouldGoOnWithAListAfterAReopening() throws Exception {
    final int size = 30_000;
    final AtomicBoolean stops = new AtomicBoolean(true);
    final CountDownLatch begun = new CountDownLatch(500);
    final Workflow workflow =
        Workflow.define("summing")
            .variables(SUM, NUMBER)
            .forEach(
                "each",
                NUMBER,
                work -> numbers(size),
                each ->
                    each.inlineTask(
                        "a",
                        work -> {
                          begun.countDown();
                          if (stops.get()) {
                            Thread.sleep(0, 100_000);
                          }
                        }))
            .reduce(NUMBER, SUM, Long::sum)
            .build();
    try (Engine engine = Engine.open(directory, options()).deploy(workflow)) {
      engine.start(workflow, "k", in -> in.set(SUM, 0L));
      begun.await();
    }
    stops.set(false);
    try (Engine engine = Engine.open(directory, options()).deploy(workflow)) {
      final CaseHandle handle = engine.find(workflow, "k").orElseThrow();
      assertThat(handle.join()).as("%s", handle.failure()).isEqualTo(Outcome.COMPLETED);
      assertThat(handle.get(SUM)).isEqualTo((long) size * (size - 1) / 2);
    }
  }

  @Test
  void shouldTakeTheListOfTheAttemptThatSucceeds() {
    final AtomicInteger attempts = new AtomicInteger();
    final Workflow workflow =
        Workflow.define("retried")
            .variables(ITEM, SUM, NUMBER)
            .forEach(
                "each",
                ITEM,
                work -> attempts.incrementAndGet() == 1 ? breaking() : List.of("1", "2", "3"),
                each ->
                    each.inlineTask(
                        "a", work -> work.set(NUMBER, Long.parseLong(work.get(ITEM).strip()))))
            .retry(Retry.fixed(2, Duration.ZERO))
            .reduce(NUMBER, SUM, Long::sum)
            .build();
    try (Engine engine = Engine.inMemory(options()).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> in.set(SUM, 0L));
      assertThat(handle.join()).as("%s", handle.failure()).isEqualTo(Outcome.COMPLETED);
      assertThat(handle.get(SUM)).isEqualTo(6);
    }
  }

  /** More than a part of a list, and then an exception. */
  private static List<String> breaking() {
    return new AbstractList<>() {
      @Override
      public String get(final int index) {
        if (index == 2_000) {
          throw new IllegalStateException("in the middle of the list");
        }
        return "100" + " ".repeat(1_000);
      }

      @Override
      public int size() {
        return 3_000;
      }
    };
  }

  @Test
  void shouldDropWhatIsLeftOfAListWhenItsCaseIsCancelled() {
    final String item = "x".repeat(100_000);
    final Workflow workflow =
        Workflow.define("cancelled")
            .variables(ITEM)
            .forEach(
                "each",
                ITEM,
                work -> java.util.Collections.nCopies(500, item),
                each -> each.inlineTask("a", work -> Thread.sleep(1)))
            .build();
    try (Engine engine =
        Engine.inMemory(options().endedCasesKept(0).startKeysKept(0)).deploy(workflow)) {
      for (int i = 0; i < 20; i++) {
        final CaseHandle handle = engine.start(workflow, in -> {});
        handle.join(Duration.ofMillis(20L + i));
        try {
          handle.cancel();
        } catch (final CommandRejectedException ended) {
          assertThat(ended.rejection()).isIn(Rejection.CASE_ENDED, Rejection.UNKNOWN_CASE);
        }
      }
    }
  }

  @Test
  void shouldGiveOthersATurnWhileALongInlineLoopRuns() {
    final AtomicBoolean stop = new AtomicBoolean();
    final AtomicInteger rounds = new AtomicInteger();
    final Workflow loop =
        Workflow.define("loop")
            .repeatUntil(
                values -> stop.get(),
                body -> body.inlineTask("a", work -> rounds.incrementAndGet()))
            .build();
    final Workflow other = Workflow.define("other").inlineTask("a", work -> {}).build();
    try (Engine engine = Engine.open(directory, options()).deploy(loop).deploy(other)) {
      final CaseHandle looping = engine.start(loop, "k", in -> {});
      for (int i = 0; i < 100; i++) {
        assertThat(engine.start(other, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
      }
      assertThat(rounds.get()).isPositive();
      assertThat(looping.join(Duration.ZERO)).isEmpty();
    }
    final int before = rounds.get();
    try (Engine engine = Engine.open(directory, options()).deploy(loop).deploy(other)) {
      final CaseHandle looping = engine.find(loop, "k").orElseThrow();
      while (rounds.get() < before + 10_000) {
        Thread.onSpinWait(); // it goes on after the opening
      }
      stop.set(true);
      assertThat(looping.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  void shouldRefuseNewCasesWhileTheBacklogIsFull() {
    final CountDownLatch go = new CountDownLatch(1);
    final Workflow waits = Workflow.define("waits").task("a", work -> go.await()).build();
    final EngineOptions small = options().backlogMax(50).inboxWait(Duration.ofMillis(1));
    try (Engine engine = Engine.inMemory(small).deploy(waits)) {
      final List<CaseHandle> started = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  started.add(engine.start(waits, in -> {}));
                }
              })
          .isInstanceOfSatisfying(
              CommandRejectedException.class,
              refused -> {
                assertThat(refused.rejection()).isEqualTo(Rejection.OVERLOADED);
                assertThat(refused.retryAfter()).isPresent();
              });
      assertThat(started).hasSizeGreaterThanOrEqualTo(50);
      CompletableFuture.runAsync(go::countDown);
      for (final CaseHandle handle : started) {
        assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
      }
      assertThat(engine.start(waits, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
    }
  }
}
