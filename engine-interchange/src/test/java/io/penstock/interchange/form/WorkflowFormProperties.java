package io.penstock.interchange.form;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.form.WorkflowForm.Notation;
import io.penstock.workflow.Workflow;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is written is read back as the same workflow, and written again as the same text. */
class WorkflowFormProperties {
  static Workflow read(final String text, final Notation notation, final FormOptions options) {
    return WorkflowForm.read(
            "test",
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            notation,
            options)
        .workflow();
  }

  @Property(tries = 60)
  void shouldBeTheSameWorkflowWhenReadBack(@ForAll final long seed) {
    final RandomWorkflows workflows = new RandomWorkflows(seed);
    final Workflow written = workflows.next();
    for (final Notation notation : Notation.values()) {
      final String text = WorkflowForm.write(written, notation);
      final Workflow read = read(text, notation, workflows.options().trusted());
      assertThat(WorkflowForm.write(read, notation)).isEqualTo(text);
      assertThat(read.fingerprint()).as(text).isEqualTo(written.fingerprint());
      for (int net = 0; net < written.nets().size(); net++) {
        assertThat(read.nets().get(net).isMasked()).isEqualTo(written.nets().get(net).isMasked());
      }
      for (int run = 0; run < 3; run++) {
        SideBySide.play(written, read, seed + run);
      }
    }
  }

  @Property(tries = 60)
  void shouldKeepToTheSchema(@ForAll final long seed) {
    Schema.check(WorkflowForm.write(new RandomWorkflows(seed).next(), Notation.JSON));
  }
}
