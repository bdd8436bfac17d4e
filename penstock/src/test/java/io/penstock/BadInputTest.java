package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.Engines.Trace;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineClosedException;
import io.penstock.engine.EngineException;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.net.InvalidNetException;
import io.penstock.spi.StoreException;
import io.penstock.workflow.Retry;
import io.penstock.workflow.UnknownVariableException;
import io.penstock.workflow.ValueTooLargeException;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is refused at the border, by which error, and that nothing has changed then. */
@Timeout(60)
class BadInputTest {
  private static final int VALUE_LENGTH_MAX = 16 * 1024 * 1024;
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final Variable<Instant> WHEN = Variable.ofInstant("when");
  private static final Variable<byte[]> BYTES = Variable.ofBytes("bytes");
  private static final Variable<String> ITEM = Variable.ofString("item");

  private final Trace trace = new Trace();
  private final Engine engine = Engines.inMemory();
  private final Workflow workflow =
      Workflow.define("signed")
          .variables(TEXT, WHEN, BYTES)
          .manual("sign")
          .inlineTask("file", trace::note)
          .build();

  @AfterEach
  void close() {
    engine.close();
  }

  private CaseHandle start() {
    return engine.deploy(workflow).start(workflow, in -> in.set(TEXT, "before"));
  }

  private static void assertRejected(final Rejection rejection, final Runnable command) {
    assertThatThrownBy(command::run)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(rejection));
  }

  private void assertUnchanged(final CaseHandle handle) {
    assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    assertThat(handle.variables()).isEqualTo(Map.of("text", "before"));
    assertThat(handle.workItems()).hasSize(1);
    assertThat(trace.tasks()).isEmpty();
  }

  @Test
  void shouldRefuseAVariableThatTheWorkflowDoesNotDeclare() {
    final CaseHandle handle = start();
    final Variable<String> unknown = Variable.ofString("typo");

    assertThatThrownBy(() -> handle.complete("sign", in -> in.set(TEXT, "after").set(unknown, "x")))
        .isInstanceOf(UnknownVariableException.class)
        .hasMessageContaining("typo")
        .hasMessageContaining("signed");
    assertThatThrownBy(() -> engine.start(workflow, in -> in.set(unknown, "x")))
        .isInstanceOf(UnknownVariableException.class);
    assertThatThrownBy(() -> handle.get(unknown)).isInstanceOf(UnknownVariableException.class);
    assertUnchanged(handle);
  }

  @Test
  void shouldRefuseAVariableOfTheSameNameAndAnotherType() {
    final CaseHandle handle = start();

    assertThatThrownBy(() -> handle.complete("sign", in -> in.set(Variable.ofLong("text"), 1L)))
        .isInstanceOf(UnknownVariableException.class)
        .hasMessageContaining("text:LONG");
    assertUnchanged(handle);
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void shouldRefuseAValueOfTheWrongType() {
    final CaseHandle handle = start();
    final Variable raw = TEXT;

    assertThatThrownBy(() -> handle.complete("sign", in -> in.set(raw, 5L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("text:STRING")
        .hasMessageContaining("java.lang.Long");
    assertThatThrownBy(() -> handle.complete("sign", in -> in.set(raw, null)))
        .isInstanceOf(IllegalArgumentException.class);
    assertUnchanged(handle);
  }

  @Test
  void shouldRefuseAValueThatIsTooLarge() {
    final CaseHandle handle = start();

    assertThatThrownBy(
            () -> handle.complete("sign", in -> in.set(BYTES, new byte[VALUE_LENGTH_MAX + 1])))
        .isInstanceOf(ValueTooLargeException.class)
        .hasMessageContaining("bytes")
        .hasMessageContaining("length=16777217")
        .hasMessageContaining("lengthMax=16777216");
    assertUnchanged(handle);
    handle.complete("sign", in -> in.set(BYTES, new byte[VALUE_LENGTH_MAX]));
    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(BYTES)).hasSize(VALUE_LENGTH_MAX);
  }

  @Test
  void shouldRefuseACommandWhenItsValuesTogetherAreTooLarge() {
    final CaseHandle handle = start();

    assertThatThrownBy(
            () ->
                handle.complete(
                    "sign",
                    in -> {
                      for (int i = 0; i < 4; i++) {
                        in.set(BYTES, new byte[VALUE_LENGTH_MAX]);
                      }
                    }))
        .isInstanceOf(ValueTooLargeException.class)
        .hasMessageContaining("bytes and those before it")
        .hasMessageContaining("lengthMax=67108864");
    assertUnchanged(handle);
  }

  @Test
  void shouldRefuseATimeOutOfRange() {
    final CaseHandle handle = start();

    assertThatThrownBy(() -> handle.complete("sign", in -> in.set(WHEN, Instant.MAX)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("292 years");
    assertUnchanged(handle);
  }

  /** Values of 4 KiB, the longest that stand in the record itself, fill it. */
  private static List<Variable<byte[]>> manyVariables() {
    return IntStream.range(0, 30).mapToObj(i -> Variable.ofBytes("b" + i)).toList();
  }

  @Test
  void shouldRefuseACaseRecordThatGrowsPastItsLimit() {
    final List<Variable<byte[]>> many = manyVariables();
    final Workflow wide =
        Workflow.define("wide").variables(many.toArray(Variable[]::new)).manual("fill").build();
    engine.deploy(wide);
    final CaseHandle handle = engine.start(wide, in -> {});

    assertRejected(
        Rejection.RECORD_TOO_LARGE,
        () ->
            engine.start(
                wide,
                "full",
                in -> many.forEach(variable -> in.set(variable, new byte[4 * 1024]))));
    assertRejected(
        Rejection.RECORD_TOO_LARGE,
        () ->
            handle.complete(
                "fill", in -> many.forEach(variable -> in.set(variable, new byte[4 * 1024]))));
    assertThat(engine.find(wide, "full")).isEmpty();
    assertThat(handle.variables()).isEmpty();
    assertThat(handle.workItems()).hasSize(1);
  }

  @Test
  void shouldFailTheTaskWhenAHandlerLeavesMoreThanARecordHolds() {
    final List<Variable<byte[]>> many = manyVariables();
    final Workflow wide =
        Workflow.define("wide-task")
            .variables(many.toArray(Variable[]::new))
            .task("fill", work -> many.forEach(variable -> work.set(variable, new byte[4 * 1024])))
            .build();
    engine.deploy(wide);

    final CaseHandle handle = engine.start(wide, in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
    assertThat(handle.failure())
        .hasValueSatisfying(text -> assertThat(text).contains("fill", "record must fit"));
  }

  @Test
  void shouldGiveTheFirstCaseWhenAKeyIsUsedAgain() {
    engine.deploy(workflow);
    final CaseHandle first = engine.start(workflow, "key", in -> in.set(TEXT, "before"));

    final CaseHandle second = engine.start(workflow, "key", in -> in.set(TEXT, "after"));

    assertThat(second.caseId()).isEqualTo(first.caseId());
    assertUnchanged(first);
  }

  @Test
  void shouldRefuseAMessageToAnUnknownCase() {
    final CaseHandle handle = start();
    final CaseHandle unknown = engine.handle(handle.caseId() + (1L << 24));

    assertThat(unknown.status()).isEqualTo(CaseStatus.UNKNOWN);
    assertRejected(Rejection.UNKNOWN_CASE, () -> unknown.send("x", in -> {}));
    assertRejected(Rejection.UNKNOWN_CASE, unknown::cancel);
    assertRejected(Rejection.UNKNOWN_CASE, unknown::join);
    assertRejected(Rejection.UNKNOWN_CASE, () -> unknown.get(TEXT));
    assertThatThrownBy(() -> engine.handle(-5)).isInstanceOf(IllegalArgumentException.class);
    assertUnchanged(handle);
  }

  @Test
  void shouldRefuseUnknownMessagesAndTasks() {
    final CaseHandle handle = start();

    assertRejected(
        Rejection.UNKNOWN_MESSAGE, () -> handle.send("nobody-waits", in -> in.set(TEXT, "after")));
    assertRejected(
        Rejection.UNKNOWN_TASK, () -> handle.complete("no-such-task", in -> in.set(TEXT, "after")));
    assertRejected(
        Rejection.UNKNOWN_TASK, () -> handle.complete("file", in -> in.set(TEXT, "after")));
    assertUnchanged(handle);
  }

  @Test
  void shouldRefuseToCompleteAWorkItemTwice() {
    final CaseHandle handle = start();
    handle.complete("sign", in -> {});

    assertRejected(
        Rejection.CASE_ENDED, () -> handle.complete("sign", in -> in.set(TEXT, "after")));
    assertThat(handle.get(TEXT)).isEqualTo("before");
    assertThat(trace.tasks()).hasSize(1);
  }

  @Test
  void shouldRefuseEverythingOnceClosed() {
    final CaseHandle handle = start();
    engine.close();

    assertThatThrownBy(() -> engine.start(workflow, in -> {}))
        .isInstanceOf(EngineClosedException.class);
    assertThatThrownBy(() -> engine.deploy(workflow)).isInstanceOf(EngineClosedException.class);
    assertThatThrownBy(() -> handle.complete("sign", in -> {}))
        .isInstanceOf(EngineClosedException.class);
    assertThatThrownBy(handle::cancel).isInstanceOf(EngineClosedException.class);
    assertThatThrownBy(() -> handle.get(TEXT)).isInstanceOf(EngineClosedException.class);
    assertThatThrownBy(handle::join).isInstanceOf(EngineClosedException.class);
  }

  @Test
  void shouldWakeWaitersWhenTheEngineIsClosed() throws InterruptedException {
    final CaseHandle handle = start();
    final Throwable[] thrown = new Throwable[1];
    final Thread waiter =
        new Thread(
            () -> {
              try {
                handle.join();
              } catch (final EngineClosedException e) {
                thrown[0] = e;
              }
            });
    waiter.start();
    while (waiter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    engine.close();
    waiter.join();

    assertThat(thrown[0]).isInstanceOf(EngineClosedException.class);
  }

  @Test
  void shouldRefuseAWorkflowThatWasNotDeployed() {
    assertRejected(Rejection.WORKFLOW_NOT_DEPLOYED, () -> engine.start(workflow, in -> {}));
  }

  @Test
  void shouldNameEveryFaultOfADefinition() {
    assertThatThrownBy(
            () ->
                Workflow.graph("faulty")
                    .inlineTask("a", trace::note)
                    .inlineTask("a", trace::note)
                    .inlineTask("island", trace::note)
                    .inlineTask("choose", trace::note)
                    .xorSplit()
                    .flow("input", "a")
                    .flow("a", "choose")
                    .flow("choose", "output", TEXT.is("x"))
                    .flow("a", "nowhere")
                    .flow("output", "a")
                    .build())
        .isInstanceOfSatisfying(
            InvalidNetException.class,
            invalid ->
                assertThat(String.join("\n", invalid.faults()))
                    .contains(
                        "task=a", "task=island", "task=choose", "to=nowhere", "output condition"));
    assertThatThrownBy(
            () ->
                Workflow.define("no-default")
                    .choice(
                        choice ->
                            choice.when(TEXT.is("x"), then -> then.inlineTask("b", trace::note)))
                    .build())
        .isInstanceOf(InvalidNetException.class)
        .hasMessageContaining("otherwise");
    assertThatThrownBy(() -> Workflow.define("empty").build())
        .isInstanceOf(InvalidNetException.class);
    assertThatThrownBy(
            () ->
                Workflow.define("two-types")
                    .variables(TEXT, Variable.ofLong("text"))
                    .inlineTask("a", trace::note)
                    .build())
        .isInstanceOf(InvalidNetException.class)
        .hasMessageContaining("variable=text");
  }

  @Test
  void shouldRefuseModifiersThatSayNothing() {
    assertThatThrownBy(() -> Workflow.define("x").deadline(Duration.ofSeconds(1)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Workflow.define("x").manual("a").onTimeout(late -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Workflow.define("x").manual("a").deadline(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    for (final WorkflowBuilder step :
        List.of(
            Workflow.define("x").manual("a"),
            Workflow.define("x").awaitMessage("a"),
            Workflow.define("x").awaitSignal("a"),
            Workflow.define("x").delay("a", Duration.ofSeconds(1)),
            Workflow.define("x").cancel())) {
      assertThatThrownBy(() -> step.onFailure(failed -> failed.manual("b")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("onFailure must follow a step that can fail");
      assertThatThrownBy(() -> step.retry(Retry.never())).isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(
            () -> Workflow.define("x").instances("a", 2, a -> a.manual("b")).retry(Retry.never()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Workflow.define(" ")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldFailAForEachWhoseItemDoesNotFit() {
    final List<Variable<byte[]>> many = manyVariables();
    final Workflow each =
        Workflow.define("each")
            .variables(many.toArray(Variable[]::new))
            .forEach(
                "pay",
                ITEM,
                work -> List.of("x".repeat(4_000)),
                body -> body.inlineTask("b", trace::note))
            .build();
    engine.deploy(each);

    final CaseHandle handle =
        engine.start(
            each,
            in -> many.stream().skip(1).forEach(variable -> in.set(variable, new byte[4 * 1024])));
    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void shouldRefuseACommandFromAnInlineTaskBecauseItWouldWaitForItself() {
    final Workflow selfish =
        Workflow.define("selfish")
            .inlineTask("start-another", work -> engine.start(workflow, in -> {}))
            .build();
    engine.deploy(workflow).deploy(selfish);

    final CaseHandle handle = engine.start(selfish, in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
    assertThat(handle.failure())
        .hasValueSatisfying(
            text -> assertThat(text).contains("shard's thread", "use a worker task"));
  }

  @Test
  void shouldRefuseCommandsWhenTheInboxIsFull() {
    final CountDownLatch release = new CountDownLatch(1);
    final Workflow blocking =
        Workflow.define("blocking").inlineTask("block", work -> release.await()).build();
    try (Engine small =
        Engine.inMemory(
            Engines.options().shards(1).inboxLength(16 * 1024).inboxWait(Duration.ZERO))) {
      small.deploy(blocking);
      final List<CompletableFuture<CaseHandle>> started = new ArrayList<>();

      assertRejected(
          Rejection.INBOX_FULL,
          () -> {
            for (int i = 0; i < 10_000; i++) {
              started.add(small.startAsync(blocking, "key-" + i, in -> {}));
            }
          });

      release.countDown();
      assertThat(started).hasSizeGreaterThan(10);
      assertThat(started)
          .allSatisfy(start -> assertThat(start.join().join()).isEqualTo(Outcome.COMPLETED));
    }
  }

  @Test
  void shouldAnswerEveryAsynchronousStartThoughTheEngineIsClosed() {
    engine.deploy(workflow);
    final List<CompletableFuture<CaseHandle>> started = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      started.add(engine.startAsync(workflow, "key-" + i, in -> {}));
    }

    engine.close();

    assertThat(started)
        .allSatisfy(
            start ->
                assertThat(
                        start
                            .handle(
                                (handle, failure) ->
                                    failure == null
                                        || failure.getCause() instanceof EngineClosedException
                                        || failure instanceof EngineClosedException)
                            .orTimeout(20, TimeUnit.SECONDS)
                            .join())
                    .isTrue());
  }

  @Test
  void shouldGiveUpTheAnswerButNotTheCommandWhenTheCallerIsInterrupted() {
    final CaseHandle handle = start();

    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> handle.join(Duration.ofDays(1)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).as("the caller still knows").isTrue();

    assertUnchanged(handle);
  }

  @Test
  void shouldRefuseASecondOwnerOfADirectoryAtOnce(@TempDir final Path directory) {
    try (Engine first = Engine.open(directory, Engines.options())) {
      assertThatThrownBy(() -> Engine.open(directory, Engines.options()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
      assertThat(first.deploy(workflow).start(workflow, in -> {}).status())
          .isEqualTo(CaseStatus.RUNNING);
    }
  }
}
