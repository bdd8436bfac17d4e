package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseStatus;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UntimedStepsTest {
  private record Settled(String kind, int times, long stepNs, long commandNs, long nowNs) {}

  private final List<Settled> settled = new ArrayList<>();
  private final UntimedSteps untimed = new UntimedSteps();

  private int add(final String kind) {
    return untimed.add(
        (times, stepNs, commandNs, nowNs) ->
            settled.add(new Settled(kind, times, stepNs, commandNs, nowNs)));
  }

  @Test
  void shouldShareTheTimeAmongStepsAndAmongCommandsByKind() {
    final int one = add("one");
    final int other = add("other");
    final int command = add("command");
    untimed.begin(1_000);
    untimed.addStep(other);
    untimed.addStep(one);
    untimed.addStep(other);
    untimed.addCommand(command);
    untimed.begin(1_100); // read for the next command, which those before do not end at
    untimed.addCommand(command);
    untimed.settle(2_000);

    assertThat(settled)
        .containsExactly(
            new Settled("other", 2, 200, 500, 2_000),
            new Settled("one", 1, 200, 500, 2_000),
            new Settled("command", 2, 200, 500, 2_000));
    assertThat(untimed.isEmpty()).isTrue();
  }

  @Test
  void shouldBeginAnewOnceSettled() {
    final int one = add("one");
    untimed.begin(0);
    untimed.addStep(one);
    untimed.settle(100);
    untimed.addStep(one); // of the command in hand, begun long ago
    untimed.settle(130);
    untimed.settle(500);

    assertThat(settled)
        .containsExactly(new Settled("one", 1, 100, 100, 100), new Settled("one", 1, 30, 30, 130));
  }

  @Test
  void shouldAskForATimeBeforeTooManyStepsShareOne() {
    final int one = add("one");
    untimed.begin(0);
    for (int i = 1; i < UntimedSteps.STEPS_MAX; i++) {
      assertThat(untimed.isFull()).as("after %d", i - 1).isFalse();
      untimed.addStep(one);
    }

    assertThat(untimed.isFull()).isTrue();
  }

  /** Started in the same command that ends them, so they were on their way at no time. */
  @Test
  void shouldCountCasesAsGoneOnceTheirTimeIsKnown() {
    final Workflow workflow = Workflow.define("one").inlineTask("task", work -> {}).build();
    final WorkflowRecorder recorder =
        new WorkflowRecorder(
            workflow, new ObjectiveCounts(new EpochTime(new HandClock())), untimed);
    final int command = add("command");
    final int completed =
        recorder.firstKind() + WorkflowRecorder.caseKind(CaseStatus.COMPLETED.code());
    untimed.begin(0);
    for (int i = 0; i < 3; i++) {
      recorder.caseStarted();
      untimed.count(completed);
      untimed.addCommand(command);
    }
    assertThat(recorder.active()).isEqualTo(3);
    untimed.settle(300);

    assertThat(recorder.active()).isZero();
    assertThat(recorder.durations(CaseStatus.COMPLETED.code()).total()).isEqualTo(3);
    assertThat(recorder.durations(CaseStatus.FAILED.code()).total()).isZero();
  }

  @Test
  void shouldTellTasksThatFailedFromThoseThatReturned() {
    final Workflow workflow =
        Workflow.define("two")
            .inlineTask("one", work -> {})
            .inlineTask("other", work -> {})
            .build();
    final WorkflowRecorder recorder =
        new WorkflowRecorder(
            workflow, new ObjectiveCounts(new EpochTime(new HandClock())), untimed);
    untimed.begin(0);
    untimed.addStep(recorder.firstKind() + WorkflowRecorder.taskKind(0, false));
    untimed.addStep(recorder.firstKind() + WorkflowRecorder.taskKind(1, true));
    untimed.addStep(recorder.firstKind() + WorkflowRecorder.taskKind(1, true));
    untimed.settle(300);

    assertThat(recorder.task(0).returned().total()).isEqualTo(1);
    assertThat(recorder.task(0).failed().total()).isZero();
    assertThat(recorder.task(1).returned().total()).isZero();
    assertThat(recorder.task(1).failed().total()).isEqualTo(2);
  }
}
