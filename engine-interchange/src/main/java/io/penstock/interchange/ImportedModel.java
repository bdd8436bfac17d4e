package io.penstock.interchange;

import io.penstock.workflow.Workflow;
import java.util.List;
import java.util.Map;

/**
 * What an import makes of a file. Immutable.
 *
 * @param workflows one for each executable process or root net, in the order of the file
 * @param labels id of an element to its name, where it has one
 * @param triggers messages and signals that start a case
 * @param report what was left out
 */
public record ImportedModel(
    List<Workflow> workflows,
    Map<String, String> labels,
    List<StartTrigger> triggers,
    ImportReport report) {
  /**
   * Keeps copies.
   *
   * @param workflows the workflows
   * @param labels ids to names
   * @param triggers what starts a case
   * @param report what was left out
   */
  public ImportedModel {
    workflows = List.copyOf(workflows);
    labels = Map.copyOf(labels);
    triggers = List.copyOf(triggers);
  }

  /**
   * The only workflow.
   *
   * @return the workflow
   * @throws IllegalStateException when there are several
   */
  public Workflow workflow() {
    if (workflows.size() != 1) {
      throw new IllegalStateException(
          "file must hold one model: workflows="
              + workflows
              + "; name the one with workflow(name)");
    }
    return workflows.get(0);
  }

  /**
   * A workflow by name.
   *
   * @param name id of the process or net
   * @return the workflow
   * @throws IllegalArgumentException when there is none
   */
  public Workflow workflow(final String name) {
    return workflows.stream()
        .filter(workflow -> workflow.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "model must be in the file: name=" + name + ", found=" + workflows));
  }
}
