package io.penstock.telemetry;

import io.penstock.spi.Operation;

/**
 * Inline tasks and commands that ended since the clock was last read and share the time from then
 * until it is read again. Belongs to the shard's thread; allocates nothing after its making.
 */
final class UntimedSteps {
  /** As many steps share one reading at most. */
  static final int STEPS_MAX = 64;

  private final OperationRecorder operations;
  private final TaskRecorder[] tasks = new TaskRecorder[STEPS_MAX];
  private final WorkflowRecorder[] workflows = new WorkflowRecorder[STEPS_MAX];
  private int taskCount;
  private int workflowCount;
  private int steps;
  private int commands;
  private long startNs;

  UntimedSteps(final OperationRecorder operations) {
    this.operations = operations;
  }

  boolean isEmpty() {
    return steps == 0;
  }

  /** Whether one more step would have to be timed. */
  boolean isFull() {
    return steps >= STEPS_MAX - 1;
  }

  /** Whether there is no room for one more, as the clock was read and stood still. */
  boolean isOverdue() {
    return steps >= STEPS_MAX;
  }

  /** A task ran. */
  void addTask(final TaskRecorder task, final boolean failed, final long lastReadingNs) {
    begin(lastReadingNs);
    if (task.servedUntimed(failed)) {
      tasks[taskCount++] = task;
    }
  }

  /** A command is done. */
  void addCommand(final Operation operation, final long lastReadingNs) {
    begin(lastReadingNs);
    operations.servedUntimed(operation);
    commands++;
  }

  /** The command in hand, which is still to be added, has run a case from its start to its end. */
  void addCase(final WorkflowRecorder workflow, final int outcomeCode) {
    if (workflow.endedUntimed(outcomeCode)) {
      workflows[workflowCount++] = workflow;
    }
  }

  private void begin(final long lastReadingNs) {
    if (steps == 0) {
      startNs = lastReadingNs;
    }
    steps++;
  }

  /** The clock was read: each step took an equal part of the time since it was read before. */
  void settle(final long nowNs) {
    if (steps > 0) {
      final long elapsedNs = nowNs - startNs;
      settleTasks(elapsedNs / steps, nowNs);
      if (commands > 0) {
        operations.tookEach(elapsedNs / commands);
        settleCases(elapsedNs / commands, nowNs);
      }
      steps = 0;
      commands = 0;
    }
  }

  private void settleTasks(final long meanNs, final long nowNs) {
    for (int i = 0; i < taskCount; i++) {
      tasks[i].tookEach(meanNs, nowNs);
    }
    taskCount = 0;
  }

  private void settleCases(final long meanNs, final long nowNs) {
    for (int i = 0; i < workflowCount; i++) {
      workflows[i].tookEach(meanNs, nowNs);
    }
    workflowCount = 0;
  }
}
