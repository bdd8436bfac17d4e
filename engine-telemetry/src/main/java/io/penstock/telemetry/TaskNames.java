package io.penstock.telemetry;

import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/** Names of a workflow's tasks. */
final class TaskNames {
  private TaskNames() {}

  /** The names over all nets, in the order of {@link Workflow#taskNumber}. */
  static List<String> of(final Workflow workflow) {
    final List<String> names = new ArrayList<>(workflow.taskCount());
    for (int net = 0; net < workflow.nets().size(); net++) {
      for (int task = 0; task < workflow.nets().get(net).taskCount(); task++) {
        names.add(workflow.task(net, task).name());
      }
    }
    return names;
  }
}
