package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.EngineClock;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wherever an engine calls what users wrote, whatever that does: only its own task or case fails.
 */
@Timeout(120)
@SuppressWarnings({ // answers that nobody waits for, and misdeeds
  "FutureReturnValueIgnored",
  "InfiniteRecursion",
  "ImmutableEnumChecker"
})
class UserCodeTest {
  private static final Variable<Long> N = Variable.ofLong("n");
  private static final Variable<Boolean> YES = Variable.ofBoolean("yes");

  @TempDir Path directory;

  /** What user code does instead of what it should. */
  enum Misdeed {
    RUNTIME_EXCEPTION(() -> new IllegalStateException("told so")),
    CHECKED_EXCEPTION(() -> new java.io.IOException("no line")),
    ERROR(() -> new AssertionError("assert in user code")),
    LINKAGE_ERROR(() -> new NoClassDefFoundError("com/example/Gone")),
    OUT_OF_MEMORY(() -> new OutOfMemoryError("as if")),
    NO_MESSAGE(IllegalStateException::new),
    LONG_MESSAGE(() -> new IllegalStateException("\uD83D\uDE00".repeat(100_000))),
    BROKEN_MESSAGE(BrokenException::new),
    DEEP_MESSAGE(DeepException::new),
    LOOP_OF_CAUSES(Misdeed::loop),
    INTERRUPTED(() -> new InterruptedException("as if")),
    STACK_OVERFLOW(null),
    INTERRUPT_AND_THROW(null),
    INTERRUPT_LEFT_SET(null);

    private final java.util.function.Supplier<Throwable> thrown;

    Misdeed(final java.util.function.Supplier<Throwable> thrown) {
      this.thrown = thrown;
    }

    private static Throwable loop() {
      final Exception one = new Exception("one");
      one.initCause(new Exception("other", one));
      return one;
    }

    /** Does it; returns only where nothing is thrown. */
    boolean commit() {
      switch (this) {
        case STACK_OVERFLOW -> overflow(0);
        case INTERRUPT_LEFT_SET -> Thread.currentThread().interrupt();
        case INTERRUPT_AND_THROW -> {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted");
        }
        default -> UserCodeTest.<RuntimeException>sneak(thrown.get());
      }
      return true;
    }

    boolean fails() {
      return this != INTERRUPT_LEFT_SET;
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private static int overflow(final int depth) {
      return overflow(depth + 1) + 1;
    }
  }

  private static final class BrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("getMessage throws");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("toString throws");
    }

    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("getCause throws");
    }
  }

  private static final class DeepException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      return getMessage() + "!";
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(final Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** Where an engine calls user code on behalf of a case. */
  enum Place {
    INLINE_HANDLER((define, misdeed) -> define.inlineTask("t", work -> misdeed.commit())),
    WORKER_HANDLER((define, misdeed) -> define.task("t", work -> misdeed.commit())),
    GUARD_OF_A_CHOICE(
        (define, misdeed) ->
            define
                .inlineTask("before", work -> {})
                .choice(
                    choice ->
                        choice
                            .when(values -> misdeed.commit(), then -> then.inlineTask("a", w -> {}))
                            .otherwise(other -> other.inlineTask("b", w -> {})))),
    GUARD_AFTER_A_WORKER(
        (define, misdeed) ->
            define
                .task("before", work -> {})
                .inclusiveChoice(
                    choice ->
                        choice
                            .when(values -> misdeed.commit(), then -> then.inlineTask("a", w -> {}))
                            .otherwise(other -> other.inlineTask("b", w -> {})))),
    GUARD_OF_A_LOOP(
        (define, misdeed) ->
            define.repeatUntil(values -> misdeed.commit(), body -> body.inlineTask("a", w -> {}))),
    REDUCTION(
        (define, misdeed) ->
            define
                .instances("i", 3, each -> each.inlineTask("a", work -> work.set(N, 1L)))
                .reduce(
                    N,
                    N,
                    (one, other) -> {
                      misdeed.commit();
                      return one + other;
                    })),
    UNTIL(
        (define, misdeed) ->
            define
                .instances("i", 3, each -> each.inlineTask("a", work -> {}))
                .until(values -> misdeed.commit(), Rest.CANCEL)),
    LIST_OF_ITEMS(
        (define, misdeed) ->
            define.forEach(
                "each",
                N,
                work -> misdeed.commit() ? List.of(1L, 2L) : List.of(),
                each -> each.inlineTask("a", work -> {}))),
    ELEMENT_OF_A_LIST(
        (define, misdeed) ->
            define.forEach(
                "each",
                N,
                work ->
                    new AbstractList<>() {
                      @Override
                      public Long get(final int index) {
                        misdeed.commit();
                        return (long) index;
                      }

                      @Override
                      public int size() {
                        return 2;
                      }
                    },
                each -> each.inlineTask("a", work -> {}))),
    HANDLER_OF_AN_INSTANCE(
        (define, misdeed) ->
            define.instances("i", 2, each -> each.task("a", work -> misdeed.commit()))),
    HANDLER_OF_A_SUBWORKFLOW(
        (define, misdeed) ->
            define
                .call("call", "sub")
                .subworkflow("sub", sub -> sub.inlineTask("a", work -> misdeed.commit())));

    private final BiFunction<WorkflowBuilder, Misdeed, WorkflowBuilder> build;

    Place(final BiFunction<WorkflowBuilder, Misdeed, WorkflowBuilder> build) {
      this.build = build;
    }

    Workflow workflow(final Misdeed misdeed) {
      return build.apply(Workflow.define("w").variables(N, YES), misdeed).build();
    }
  }

  static Stream<org.junit.jupiter.params.provider.Arguments> all() {
    return Arrays.stream(Place.values())
        .flatMap(
            place -> Arrays.stream(Misdeed.values()).map(misdeed -> arguments(place, misdeed)));
  }

  private static final Workflow NEIGHBOUR =
      Workflow.define("neighbour").inlineTask("one", work -> {}).task("two", work -> {}).build();

  private static EngineOptions options() {
    return EngineOptions.defaults().shards(1).workerThreads(2);
  }

  private static void assertNeighbourRuns(final Engine engine) {
    for (int i = 0; i < 3; i++) { // more than there are workers
      assertThat(engine.start(NEIGHBOUR, in -> {}).join(Duration.ofSeconds(20)))
          .as("a case beside it")
          .contains(Outcome.COMPLETED);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void shouldFailTheCaseAloneWhateverItsCodeDoes(final Place place, final Misdeed misdeed) {
    final Workflow workflow = place.workflow(misdeed);
    for (final StorageOptions.View view : StorageOptions.View.values()) {
      final EngineOptions options =
          options().store(new StorageProvider(StorageOptions.defaults().withView(view)));
      final Path own = directory.resolve(view.name());
      final CaseStatus expected = misdeed.fails() ? CaseStatus.FAILED : CaseStatus.COMPLETED;
      try (Engine engine = Engine.open(own, options).deploy(workflow).deploy(NEIGHBOUR)) {
        final CaseHandle handle = engine.start(workflow, "k", in -> {});
        assertThat(handle.join(Duration.ofSeconds(20))).isPresent();
        assertThat(handle.status()).as("%s", handle.failure()).isEqualTo(expected);
        if (misdeed.fails()) {
          assertThat(handle.failure().orElse("").length()).isBetween(10, 1_000);
        }
        assertNeighbourRuns(engine);
      }
      try (Engine engine = Engine.open(own, options).deploy(workflow).deploy(NEIGHBOUR)) {
        assertThat(engine.find(workflow, "k").orElseThrow().status()).isEqualTo(expected);
        assertNeighbourRuns(engine);
        final CaseHandle again = engine.start(workflow, "again", in -> {});
        assertThat(again.join(Duration.ofSeconds(20))).isPresent();
        assertThat(again.status()).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Misdeed.class)
  void shouldGiveWhatAnInputsConsumerThrowsToItsCallerAlone(final Misdeed misdeed) {
    try (Engine engine = Engine.inMemory(options()).deploy(NEIGHBOUR)) {
      Throwable thrown = null;
      try {
        engine.start(NEIGHBOUR, in -> misdeed.commit()).join();
      } catch (final Throwable caught) {
        thrown = caught;
      }
      Thread.interrupted();
      if (misdeed != Misdeed.INTERRUPT_LEFT_SET) {
        assertThat((Object) thrown).isNotNull();
      }
      assertNeighbourRuns(engine);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldCallTheListenerAgainWhateverItDid(final Misdeed misdeed) throws Exception {
    final AtomicInteger calls = new AtomicInteger();
    final io.penstock.spi.VirtualClock clock = Engines.clock();
    final Workflow slow =
        Workflow.define("slow")
            .inlineTask("a", work -> {})
            .delay("d", Duration.ofSeconds(1))
            .objective(new Objective(0.99, Duration.ofNanos(1)).over(Duration.ofMinutes(1)))
            .build();
    final EngineOptions options =
        options()
            .clock(clock)
            .objectiveListener(
                change -> {
                  calls.incrementAndGet();
                  misdeed.commit();
                });
    try (Engine engine = Engine.inMemory(options).deploy(slow).deploy(NEIGHBOUR)) {
      int before = 0;
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 200; i++) {
          engine.start(slow, in -> {});
        }
        clock.advance(Duration.ofSeconds(2));
        engine.lookAtObjectives();
        assertThat(calls.get()).as("round %d", round).isGreaterThan(before);
        before = calls.get();
        clock.advance(Duration.ofMinutes(10));
        engine.lookAtObjectives();
      }
      assertNeighbourRuns(engine);
    }
  }

  @Test
  void shouldCloseThoughAListenerBlocks() {
    final CountDownLatch never = new CountDownLatch(1);
    final CountDownLatch entered = new CountDownLatch(1);
    final io.penstock.spi.VirtualClock clock = Engines.clock();
    final Workflow slow =
        Workflow.define("slow")
            .delay("d", Duration.ofSeconds(1))
            .objective(new Objective(0.99, Duration.ofNanos(1)).over(Duration.ofMinutes(1)))
            .build();
    final Engine engine =
        Engine.inMemory(
            options()
                .clock(clock)
                .objectiveListener(
                    change -> {
                      entered.countDown();
                      while (never.getCount() > 0) {
                        try {
                          never.await();
                        } catch (final InterruptedException e) {
                          // it does not listen
                        }
                      }
                    }));
    engine.deploy(slow).deploy(NEIGHBOUR);
    for (int i = 0; i < 200; i++) {
      engine.start(slow, in -> {});
    }
    clock.advance(Duration.ofSeconds(2));
    final Thread looks = new Thread(engine::lookAtObjectives);
    looks.setDaemon(true);
    looks.start();
    await(entered);
    assertNeighbourRuns(engine);

    engine.close();

    never.countDown();
  }

  @Test
  void shouldInterruptInlineCodeThatHoldsItsShard() {
    final CountDownLatch never = new CountDownLatch(1);
    final Workflow blocks =
        Workflow.define("blocks").inlineTask("a", work -> never.await()).build();
    try (Engine engine =
        Engine.inMemory(options().inlineTimeMax(Duration.ofSeconds(1)))
            .deploy(blocks)
            .deploy(NEIGHBOUR)) {
      final CaseHandle handle = engine.start(blocks, in -> {});
      assertThat(handle.join(Duration.ofSeconds(20))).contains(Outcome.FAILED);
      assertThat(handle.failure()).hasValueSatisfying(f -> assertThat(f).contains("Interrupted"));
      assertNeighbourRuns(engine);
    }
  }

  @Test
  void shouldNotLeakAnInterruptToTheHandlerOfAnotherCase() {
    final AtomicInteger interrupted = new AtomicInteger();
    final Workflow leaves =
        Workflow.define("leaves").task("a", work -> Thread.currentThread().interrupt()).build();
    final Workflow sees =
        Workflow.define("sees")
            .task(
                "b",
                work -> {
                  if (Thread.interrupted()) {
                    interrupted.incrementAndGet();
                  }
                })
            .build();
    try (Engine engine = Engine.inMemory(options().workerThreads(1)).deploy(leaves).deploy(sees)) {
      for (int i = 0; i < 50; i++) {
        engine.startAsync(leaves, "l" + i, in -> {});
        assertThat(engine.start(sees, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
      }
    }
    assertThat(interrupted).hasValue(0);
  }

  @Test
  void shouldNotLeakAnInterruptToTheNextInlineTask() {
    final AtomicInteger interrupted = new AtomicInteger();
    final Workflow leaves =
        Workflow.define("leaves")
            .inlineTask("a", work -> Thread.currentThread().interrupt())
            .inlineTask(
                "b",
                work -> {
                  if (Thread.currentThread().isInterrupted()) {
                    interrupted.incrementAndGet();
                  }
                })
            .build();
    try (Engine engine = Engine.inMemory(options()).deploy(leaves)) {
      assertThat(engine.start(leaves, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
    }
    assertThat(interrupted).hasValue(0);
  }

  @Test
  void shouldNotLeakAnInterruptOfAMessageToTheInlineTaskOfAnotherCase() {
    final AtomicInteger interrupted = new AtomicInteger();
    final Workflow leaves =
        Workflow.define("leaves")
            .inlineTask(
                "a",
                work -> {
                  throw new MessageException(() -> Thread.currentThread().interrupt());
                })
            .build();
    final Workflow sees =
        Workflow.define("sees")
            .inlineTask("b", work -> interrupted.addAndGet(Thread.interrupted() ? 1 : 0))
            .build();
    try (Engine engine = Engine.inMemory(options()).deploy(leaves).deploy(sees)) {
      for (int i = 0; i < 50; i++) {
        engine.startAsync(leaves, "l" + i, in -> {});
        assertThat(engine.start(sees, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
      }
    }
    assertThat(interrupted).hasValue(0);
  }

  @Test
  void shouldInterruptAMessageThatHoldsItsShard() throws Exception {
    final CountDownLatch never = new CountDownLatch(1);
    final Workflow blocks =
        Workflow.define("blocks")
            .inlineTask(
                "a",
                work -> {
                  throw new MessageException(
                      () -> {
                        try {
                          never.await();
                        } catch (final InterruptedException e) {
                          throw new IllegalStateException(e);
                        }
                      });
                })
            .build();
    try (Engine engine =
        Engine.inMemory(options().inlineTimeMax(Duration.ofSeconds(1)))
            .deploy(blocks)
            .deploy(NEIGHBOUR)) {
      final CaseHandle handle = engine.startAsync(blocks, "k", in -> {}).get(20, TimeUnit.SECONDS);
      assertThat(handle.join(Duration.ofSeconds(20))).contains(Outcome.FAILED);
      assertNeighbourRuns(engine);
    } finally {
      never.countDown();
    }
  }

  /** Does something when it is asked for its message. */
  private static final class MessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Runnable asked;

    MessageException(final Runnable asked) {
      this.asked = asked;
    }

    @Override
    public String getMessage() {
      asked.run();
      return "asked";
    }
  }

  @Test
  void shouldFailTheCaseAloneWhenANumberOfAReductionThrows() {
    final Variable<BigDecimal> sum = Variable.ofDecimal("sum");
    final Workflow throwing =
        Workflow.define("w")
            .variables(sum)
            .instances("i", 3, each -> each.inlineTask("a", work -> work.set(sum, BigDecimal.ONE)))
            .reduce(
                sum,
                sum,
                (one, other) ->
                    new BigDecimal(2) {
                      private static final long serialVersionUID = 1L;

                      @Override
                      public BigInteger unscaledValue() {
                        throw new NoClassDefFoundError("of the number");
                      }
                    })
            .build();
    try (Engine engine = Engine.inMemory(options()).deploy(throwing).deploy(NEIGHBOUR)) {
      final CaseHandle handle = engine.start(throwing, in -> {});
      assertThat(handle.join(Duration.ofSeconds(20))).contains(Outcome.FAILED);
      assertThat(handle.failure()).hasValueSatisfying(f -> assertThat(f).contains("of the number"));
      assertNeighbourRuns(engine);
    }
  }

  /** Telemetry of which every method does the misdeed. */
  private static Telemetry broken(final Misdeed misdeed, final AtomicInteger calls) {
    final Runnable misbehave =
        () -> {
          calls.incrementAndGet();
          misdeed.commit();
        };
    final ShardObserver observer =
        new ShardObserver() {
          @Override
          public void deployed(final int workflow, final Workflow definition) {
            misbehave.run();
          }

          @Override
          public void commandStarted(
              final Operation operation,
              final DirectBuffer caller,
              final int callerOffset,
              final long nowNs) {
            misbehave.run();
          }

          @Override
          public boolean entersInlineTasks() {
            return true;
          }

          @Override
          public Telemetry.HandlerScope inlineTaskStarts(
              final int workflow, final int task, final long caseId) {
            misbehave.run();
            return new Scope(misbehave);
          }

          @Override
          public boolean tallyInlineTask(final int workflow, final int task, final boolean failed) {
            misbehave.run();
            return false;
          }

          @Override
          public void caseEnded(final int workflow, final int outcomeCode, final long durationNs) {
            misbehave.run();
          }

          @Override
          public void acknowledged(final Operation operation, final long sentNs, final long nowNs) {
            misbehave.run();
          }
        };
    return new Telemetry() {
      @Override
      public ShardObserver shard(final int shardIndex) {
        return observer;
      }

      @Override
      public void commandRejected(final String reason) {
        misbehave.run();
      }

      @Override
      public HandlerScope handlerStarts(
          final String workflow,
          final String task,
          final long caseId,
          final int attempt,
          final Object traceParent) {
        misbehave.run();
        return new Scope(misbehave);
      }

      @Override
      public void close() {
        misbehave.run();
      }
    };
  }

  private record Scope(Runnable misbehave) implements Telemetry.HandlerScope {
    @Override
    public void failed(final Throwable failure) {
      misbehave.run();
    }

    @Override
    public void close() {
      misbehave.run();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldPassOverTelemetryWhateverItDoes(final Misdeed misdeed) {
    final AtomicInteger calls = new AtomicInteger();
    final EngineOptions options =
        options().telemetry((EngineClock clock, int shards) -> broken(misdeed, calls));
    try (Engine engine = Engine.inMemory(options).deploy(NEIGHBOUR)) {
      assertNeighbourRuns(engine);
    } finally {
      Thread.interrupted();
    }
    assertThat(calls.get()).isGreaterThan(20);
  }

  private static void await(final CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (final InterruptedException e) {
        // once more
      }
    }
  }
}
