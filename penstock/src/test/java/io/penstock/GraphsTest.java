package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.Engines.Trace;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.net.InvalidNetException;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the graph builder says of single tasks, as blocks do. */
@Timeout(60)
class GraphsTest {
  private static final Variable<Long> COUNT = Variable.ofLong("count");
  private static final Variable<Long> ONE = Variable.ofLong("one");
  private static final Variable<Long> SUM = Variable.ofLong("sum");
  private static final Variable<String> ITEM = Variable.ofString("item");

  private final Trace trace = new Trace();
  private final VirtualClock clock = Engines.clock();
  private final Engine engine = Engine.inMemory(Engines.options().clock(clock));

  @AfterEach
  void close() {
    engine.close();
  }

  private CaseHandle run(final GraphBuilder graph) {
    final Workflow workflow = graph.build();
    engine.deploy(workflow);
    return engine.start(workflow, in -> in.set(COUNT, 2L));
  }

  private static GraphBuilder graph(final String name) {
    return Workflow.graph(name).variables(COUNT, ONE, SUM, ITEM);
  }

  private static GraphBuilder line(final GraphBuilder graph, final String... tasks) {
    graph.flow("input", tasks[0]).flow(tasks[tasks.length - 1], "output");
    for (int i = 1; i < tasks.length; i++) {
      graph.flow(tasks[i - 1], tasks[i]);
    }
    return graph;
  }

  private static void one(final Work work) {
    work.set(ONE, 1L);
  }

  private static void fail(final Work work) {
    throw new IllegalStateException("no luck: " + work.task());
  }

  @Test
  void shouldDelay() {
    final CaseHandle handle =
        run(
            line(
                graph("delay").delay("wait", Duration.ofDays(1)).inlineTask("after", trace::note),
                "wait",
                "after"));
    assertThat(handle.join(Duration.ZERO)).isEmpty();

    clock.advance(Duration.ofDays(1));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldRunInstancesOfEachKind() {
    final CaseHandle handle =
        run(
            line(
                graph("instances")
                    .instances("three", 3, each -> each.inlineTask("a", GraphsTest::one))
                    .reduce(ONE, SUM, Long::sum)
                    .instances("two", COUNT, each -> each.inlineTask("b", GraphsTest::one))
                    .reduce(ONE, SUM, Long::sum)
                    .until(SUM.isAtLeast(100L), Rest.WAIT)
                    .forEach(
                        "items",
                        ITEM,
                        work -> List.of("x", "y"),
                        each -> each.inlineTask("c", GraphsTest::one))
                    .reduce(ONE, SUM, Long::sum)
                    .until(1, Rest.CANCEL)
                    .instances("late", 1, each -> each.manual("sign"))
                    .addable(3)
                    .keptOpen()
                    .instances("free", 1, each -> each.manual("note"))
                    .detached(),
                "three",
                "two",
                "items",
                "late",
                "free"));
    while (handle.workItems().isEmpty()) {
      Thread.onSpinWait(); // the list is made on a worker thread
    }
    assertThat(handle.get(SUM)).isEqualTo(6);

    handle.addInstance("late", in -> {});
    handle.closeInstances("late");
    handle.complete(handle.workItems().get(0), "alice", in -> {});
    handle.complete("sign", in -> {});
    handle.complete("note", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldTakeTheFlowsOfFailureAndTimeOut() {
    final CaseHandle handle =
        run(
            line(
                graph("exits")
                    .inlineTask("broken", GraphsTest::fail)
                    .retry(Retry.fixed(2, Duration.ZERO))
                    .manual("slow")
                    .deadline(Duration.ofHours(1))
                    .inlineTask("never", trace::note)
                    .inlineTask("repair", trace::note)
                    .inlineTask("remind", trace::note)
                    .condition("meet")
                    .failureFlow("broken", "repair")
                    .flow("repair", "slow")
                    .timeoutFlow("slow", "meet")
                    .flow("meet", "remind")
                    .flow("remind", "output"),
                "broken",
                "slow",
                "never"));
    while (handle.workItems().isEmpty()) {
      Thread.onSpinWait(); // the second try is due at once, by itself
    }

    clock.advance(Duration.ofHours(1));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("repair", "remind");
  }

  @Test
  void shouldCancelTheCase() {
    final CaseHandle handle =
        run(
            line(
                graph("cancel").inlineTask("before", trace::note).cancelCase("stop"),
                "before",
                "stop"));

    assertThat(handle.join()).isEqualTo(Outcome.CANCELLED);
    assertThat(trace.tasks()).containsExactly("before");
  }

  @Test
  void shouldRunSubworkflowsOfBothKinds() {
    final CaseHandle handle =
        run(
            line(
                graph("composites")
                    .composite("first", "block")
                    .composite("second", "graph")
                    .subworkflow("block", body -> body.inlineTask("b", trace::note))
                    .subgraph(
                        "graph",
                        inner ->
                            line(
                                inner.inlineTask("g", trace::note).composite("again", "block"),
                                "g",
                                "again")),
                "first",
                "second"));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("b", "g", "b");
  }

  @Test
  void shouldWaitForWhatRunsOnUnlessTerminationIsExplicit() {
    final CaseHandle handle =
        run(
            line(
                graph("explicit")
                    .instances("free", 2, each -> each.manual("note"))
                    .detached()
                    .explicitTermination(),
                "free"));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldNameEveryExitThatATaskDoesNotHave() {
    assertThatThrownBy(
            () ->
                line(
                        graph("faults")
                            .manual("sign")
                            .inlineTask("do", trace::note)
                            .failureFlow("sign", "output")
                            .timeoutFlow("sign", "output")
                            .failureFlow("do", "nowhere")
                            .failureFlow("do", "nowhere"),
                        "sign",
                        "do")
                    .build())
        .isInstanceOf(InvalidNetException.class)
        .hasMessageContainingAll(
            "from=sign, to=output, exit=FAILURE",
            "from=sign, to=output, exit=TIMEOUT",
            "from=do, to=nowhere, exit=FAILURE",
            "one flow for each exit: task=do");
    assertThatThrownBy(() -> graph("x").manual("m").retry(Retry.fixed(2, Duration.ZERO)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> graph("x").route("r").deadline(Duration.ofSeconds(1)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> graph("x").manual("m").addable(2))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> graph("x").subgraph("y", inner -> inner.build()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("built with its workflow");
  }

  private CaseHandle runAwaitTime() {
    return run(
        graph("await-time")
            .condition("open")
            .route("begin")
            .flow("input", "begin")
            .flow("begin", "open")
            .manual("answer")
            .awaitTime("give up", Duration.ofDays(1))
            .inlineTask("answered", trace::note)
            .inlineTask("given up", trace::note)
            .flow("open", "answer")
            .flow("open", "give up")
            .flow("answer", "answered")
            .flow("give up", "given up")
            .flow("answered", "output")
            .flow("given up", "output"));
  }

  @Test
  void shouldLeaveTheTokenToAnAlternativeWhileItAwaitsTime() {
    final CaseHandle handle = runAwaitTime();
    clock.advance(Duration.ofHours(23));
    handle.complete("answer", none -> {});
    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    clock.advance(Duration.ofDays(2));
    assertThat(trace.tasks()).containsExactly("answered");
  }

  @Test
  void shouldTakeTheTokenFromTheAlternativesWhenTheAwaitedTimeHasCome() {
    final CaseHandle handle = runAwaitTime();
    clock.advance(Duration.ofDays(1));
    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("given up");
  }
}
