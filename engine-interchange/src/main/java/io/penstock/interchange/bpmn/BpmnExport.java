package io.penstock.interchange.bpmn;

import io.penstock.workflow.Workflow;
import java.util.Map;

/**
 * Writes a workflow as BPMN 2.0, with a diagram that other modellers show: tasks, choices, parallel
 * branches, events, sub-processes, variables. What BPMN has no word for and does no harm where it
 * is not known (retries, deadlines that end the case, handlers that run inline) stands in
 * attributes of a namespace of our own; what would change the meaning is refused. Immutable; each
 * verb gives a copy.
 *
 * <p>Handlers are code and stay out of the file: {@link
 * io.penstock.interchange.ImportOptions#handlersOf} binds them again.
 */
public final class BpmnExport {
  private final Workflow workflow;
  private final Map<String, String> labels;

  private BpmnExport(final Workflow workflow, final Map<String, String> labels) {
    this.workflow = workflow;
    this.labels = labels;
  }

  /**
   * Takes a workflow.
   *
   * @param workflow made in code, or imported
   * @return the export
   */
  public static BpmnExport of(final Workflow workflow) {
    return new BpmnExport(workflow, Map.of());
  }

  /**
   * Writes other names than those of the tasks, such as the labels of an imported model.
   *
   * @param newLabels name of a task to its text
   * @return a copy
   */
  public BpmnExport labels(final Map<String, String> newLabels) {
    return new BpmnExport(workflow, Map.copyOf(newLabels));
  }

  /**
   * The workflow as XML.
   *
   * @return the document, to be stored as UTF-8
   * @throws ExportException when something cannot be said in BPMN, with all reasons
   */
  public String xml() {
    final WorkflowDrawer drawer = new WorkflowDrawer(workflow, labels);
    drawer.draw();
    if (!drawer.problems.isEmpty()) {
      throw new ExportException(workflow.name(), drawer.problems);
    }
    return new BpmnWriter(drawer).write();
  }
}
