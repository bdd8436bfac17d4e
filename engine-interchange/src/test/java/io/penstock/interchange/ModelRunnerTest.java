package io.penstock.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.Outcome;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ModelRunnerTest {
  private static final Variable<String> NAME = Variable.ofString("name");
  private static final Variable<Long> COUNT = Variable.ofLong("count");

  private static ModelRunner start(final Workflow workflow) {
    return ModelRunner.start(workflow, in -> in.set(NAME, "before").set(COUNT, 0L));
  }

  private static RunnerItem item(final ModelRunner runner, final String task) {
    return runner.item(task).orElseThrow();
  }

  @Test
  void shouldBringBackOnlyWhatASubWorkflowHasWritten() {
    final ModelRunner runner =
        start(
            Workflow.define("written")
                .variables(NAME, COUNT)
                .subworkflow("inside", inner -> inner.manual("inner"))
                .parallel(
                    both ->
                        both.branch(one -> one.call("call", "inside"))
                            .branch(other -> other.manual("outer")))
                .build());
    runner.complete(item(runner, "outer"), in -> in.set(NAME, "after"));
    runner.complete(item(runner, "inner"), in -> in.set(COUNT, 7L));
    assertThat(runner.outcome()).contains(Outcome.COMPLETED);
    assertThat(runner.find(NAME)).contains("after");
    assertThat(runner.find(COUNT)).contains(7L);
  }

  @Test
  void shouldCancelTheRestOfTheInstancesWhenThereAreEnough() {
    final ModelRunner runner =
        start(
            Workflow.define("enough")
                .variables(NAME, COUNT)
                .instances("votes", 3, each -> each.manual("vote"))
                .until(1, Rest.CANCEL)
                .manual("count")
                .build());
    assertThat(runner.items()).hasSize(3);
    final RunnerItem late = runner.items().get(2);
    runner.complete(runner.items().get(0));
    assertThat(runner.items()).extracting(RunnerItem::task).containsExactly("count");
    assertThat(runner.complete(late)).isFalse();
  }

  @Test
  void shouldTryAgainWhenTheTimeHasCome() {
    final int[] tries = {0};
    final ModelRunner runner =
        start(
            Workflow.define("again")
                .variables(NAME, COUNT)
                .task(
                    "fragile",
                    work -> {
                      tries[0] = work.attempt();
                      if (work.attempt() < 3) {
                        throw new IllegalStateException("not yet");
                      }
                    })
                .retry(Retry.fixed(3, Duration.ofMinutes(1)))
                .build());
    runner.runHandlers();
    assertThat(tries[0]).isEqualTo(1);
    runner.advance(Duration.ofMinutes(1));
    runner.runHandlers();
    runner.advance(Duration.ofMinutes(1));
    runner.runHandlers();
    assertThat(tries[0]).isEqualTo(3);
    assertThat(runner.outcome()).contains(Outcome.COMPLETED);
  }

  @Test
  void shouldKeepNothingOfAHandlerThatFails() {
    final ModelRunner runner =
        start(
            Workflow.define("fails")
                .variables(NAME, COUNT)
                .task(
                    "fails",
                    work -> {
                      work.set(NAME, "half");
                      throw new IllegalStateException("no luck");
                    })
                .build());
    runner.runHandlers();
    assertThat(runner.outcome()).contains(Outcome.FAILED);
    assertThat(runner.failure().orElse("")).contains("fails: ", "no luck");
    assertThat(runner.find(NAME)).contains("before");
  }

  @Test
  void shouldEndAsTimedOutWhenADeadlinePasses() {
    final ModelRunner runner =
        start(
            Workflow.define("late")
                .variables(NAME, COUNT)
                .manual("slow")
                .deadline(Duration.ofHours(1))
                .build());
    runner.advance(Duration.ofHours(2));
    assertThat(runner.outcome()).contains(Outcome.TIMED_OUT);
    assertThat(runner.now()).isEqualTo(Duration.ofHours(2));
    assertThatThrownBy(() -> runner.advance(Duration.ofHours(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldTellWhereTheTokensAre() {
    final ModelRunner runner =
        start(
            Workflow.define("where")
                .variables(NAME, COUNT)
                .subworkflow("inside", inner -> inner.manual("inner"))
                .call("call", "inside")
                .build());
    runner.start(item(runner, "inner"));
    assertThat(runner.marking()).containsEntry("call", 1).containsEntry("call/inner", 1);
  }

  @Test
  void shouldTimeOutAtTheDeadlineOfTheCaseAsAnEngineDoes() {
    for (final int minutes : new int[] {59, 60, 61, 120}) {
      final Workflow workflow =
          Workflow.define("w")
              .manual("sign")
              .deadline(Duration.ofHours(1))
              .caseDeadline(Duration.ofHours(1))
              .build();
      final ModelRunner runner = ModelRunner.start(workflow, none -> {});
      runner.advance(Duration.ofMinutes(minutes));
      final io.penstock.spi.VirtualClock clock =
          new io.penstock.spi.VirtualClock(java.time.Instant.EPOCH);
      try (io.penstock.engine.Engine engine =
          io.penstock.engine.Engine.inMemory(
              io.penstock.engine.EngineOptions.defaults().shards(1).clock(clock))) {
        engine.deploy(workflow);
        final io.penstock.engine.CaseHandle handle = engine.start(workflow, none -> {});
        clock.advance(Duration.ofMinutes(minutes));
        assertThat(runner.outcome()).isEqualTo(handle.status().outcome());
        assertThat(runner.failure()).isEqualTo(handle.failure());
      }
      assertThat(runner.outcome().isPresent()).isEqualTo(minutes >= 60);
    }
  }
}
