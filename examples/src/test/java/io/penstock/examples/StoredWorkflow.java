package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.form.FormOptions;
import io.penstock.interchange.form.WorkflowForm;
import io.penstock.workflow.Workflow;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Holds that a workflow is the same when it was stored. */
public final class StoredWorkflow {
  private StoredWorkflow() {}

  /**
   * Writes it in both notations, reads it back and writes it again.
   *
   * @param workflow the workflow
   */
  public static void check(final Workflow workflow) {
    for (final WorkflowForm.Notation notation : WorkflowForm.Notation.values()) {
      final String text = WorkflowForm.write(workflow, notation);
      final Workflow read =
          WorkflowForm.read(
                  "stored",
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                  notation,
                  FormOptions.defaults().codeOf(workflow))
              .workflow();
      assertThat(read.fingerprint()).isEqualTo(workflow.fingerprint());
      assertThat(read.objective()).isEqualTo(workflow.objective());
      assertThat(WorkflowForm.write(read, notation)).isEqualTo(text);
    }
  }
}
