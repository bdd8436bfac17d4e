package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseStatus;
import io.penstock.telemetry.EventKinds.EventKind;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class UntimedStepsTest {
  private final EventKinds kinds = new EventKinds();

  private LatencyHistogram add(final boolean isStep) {
    final LatencyHistogram durations = new LatencyHistogram();
    kinds.add(new EventKind(isStep, durations, null, null));
    return durations;
  }

  private static List<Double> values(final LatencyHistogram histogram) {
    final Histogram snapshot = LatencyHistogram.emptySnapshot();
    histogram.addTo(snapshot);
    final List<Double> values = new ArrayList<>();
    snapshot
        .recordedValues()
        .forEach(
            each ->
                values.addAll(
                    Collections.nCopies(
                        (int) each.getCountAddedInThisIterationStep(),
                        (double) each.getValueIteratedTo())));
    return values;
  }

  @Test
  void shouldShareTheTimeAmongStepsAndAmongCommandsByKind() {
    final LatencyHistogram one = add(true);
    final LatencyHistogram other = add(true);
    final LatencyHistogram command = add(false);
    final UntimedSteps untimed = new UntimedSteps(kinds);
    untimed.begin(1_000);
    untimed.addStep(1);
    untimed.addStep(0);
    untimed.addStep(1);
    untimed.addCommand(2);
    untimed.begin(1_100); // read for the next command, which those before do not end at
    untimed.addCommand(2);
    untimed.settle(2_000);

    assertThat(values(one)).containsExactly(200.0);
    assertThat(values(other)).containsExactly(200.0, 200.0);
    assertThat(values(command)).containsExactly(500.0, 500.0);
    assertThat(untimed.isEmpty()).isTrue();
  }

  @Test
  void shouldBeginAnewOnceSettled() {
    final LatencyHistogram one = add(true);
    final UntimedSteps untimed = new UntimedSteps(kinds);
    untimed.begin(0);
    untimed.addStep(0);
    untimed.settle(100);
    untimed.addStep(0); // of the command in hand, begun long ago
    untimed.settle(130);
    untimed.settle(500);

    assertThat(values(one)).containsExactly(30.0, 100.0);
  }

  @Test
  void shouldAskForATimeBeforeTooManyStepsShareOne() {
    add(true);
    final UntimedSteps untimed = new UntimedSteps(kinds);
    untimed.begin(0);
    for (int i = 1; i < UntimedSteps.STEPS_MAX; i++) {
      assertThat(untimed.isFull()).as("after %d", i - 1).isFalse();
      untimed.addStep(0);
    }

    assertThat(untimed.isFull()).isTrue();
  }

  /** Started in the same command that ends them, so they were on their way at no time. */
  @Test
  void shouldCountCasesAsGoneOnceTheirTimeIsKnown() {
    final Workflow workflow = Workflow.define("one").inlineTask("task", work -> {}).build();
    final WorkflowRecorder recorder =
        new WorkflowRecorder(workflow, new ObjectiveCounts(new EpochTime(new HandClock())), kinds);
    add(false);
    final int command = kinds.length() - 1;
    final UntimedSteps untimed = new UntimedSteps(kinds);
    final int completed =
        recorder.firstKind() + WorkflowRecorder.caseKind(CaseStatus.COMPLETED.code(), true);
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
        new WorkflowRecorder(workflow, new ObjectiveCounts(new EpochTime(new HandClock())), kinds);
    final UntimedSteps untimed = new UntimedSteps(kinds);
    untimed.begin(0);
    untimed.addStep(recorder.firstKind() + WorkflowRecorder.servedKind(0, false));
    untimed.addStep(recorder.firstKind() + WorkflowRecorder.servedKind(1, true));
    untimed.addStep(recorder.firstKind() + WorkflowRecorder.servedKind(1, true));
    untimed.settle(300);

    assertThat(recorder.task(0).returned().total()).isEqualTo(1);
    assertThat(recorder.task(0).failed().total()).isZero();
    assertThat(recorder.task(1).returned().total()).isZero();
    assertThat(recorder.task(1).failed().total()).isEqualTo(2);
  }
}
