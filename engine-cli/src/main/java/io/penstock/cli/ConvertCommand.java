package io.penstock.cli;

import io.penstock.interchange.ImportedModel;
import io.penstock.interchange.bpmn.BpmnExport;
import io.penstock.interchange.form.WorkflowForm;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock convert}: writes a model in another notation. */
@Command(
    name = "convert",
    description = {
      "Writes a model as a stored workflow, in JSON or YAML, or as BPMN 2.0 with a diagram. In a",
      "stored workflow, what only code can say is a reference, which a program binds when it reads",
      "the file; what BPMN cannot say is listed by task, and nothing is written."
    },
    footer = {
      "  penstock convert order.bpmn --to yaml --out order.yaml",
      "  penstock convert order.yaml --to json",
      "  penstock convert order.yawl --to bpmn --out order.bpmn"
    })
final class ConvertCommand implements Callable<Integer> {
  @Mixin private final ModelFile file = new ModelFile();

  @Option(
      names = "--to",
      description = "${COMPLETION-CANDIDATES}; JSON without this",
      defaultValue = "JSON")
  private Notation notation = Notation.JSON;

  @Option(names = "--out", paramLabel = "FILE", description = "where to write; else it is printed")
  private @Nullable Path target;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  /** In which notation a model is written. */
  enum Notation {
    JSON,
    YAML,
    BPMN
  }

  @Override
  public Integer call() throws IOException {
    final ImportedModel model = file.read();
    final Workflow workflow = file.workflow(model);
    final String text =
        switch (notation) {
          case JSON -> WorkflowForm.write(workflow, WorkflowForm.Notation.JSON);
          case YAML -> WorkflowForm.write(workflow, WorkflowForm.Notation.YAML);
          case BPMN -> BpmnExport.of(workflow).labels(model.labels()).xml();
        };
    if (target == null) {
      Terminal.raw(spec.commandLine().getOut()).print(text);
    } else {
      OutputFile.write(target, text);
    }
    return ExitCode.OK;
  }
}
