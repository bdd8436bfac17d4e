package io.penstock.interchange.bpmn;

import java.util.List;

/** A workflow cannot be said in BPMN as it is; all reasons at once, by the names of its tasks. */
public final class ExportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What cannot be said; lost when the exception is serialized. */
  private final transient List<String> problems;

  ExportException(final String workflow, final List<String> problems) {
    super(
        "workflow must be of what BPMN can say: workflow="
            + workflow
            + ", problems="
            + problems.size()
            + "\n  "
            + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * What cannot be said.
   *
   * @return a message for each, with the name of the task and what to do
   */
  public List<String> problems() {
    return problems;
  }
}
