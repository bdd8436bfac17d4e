package io.penstock.cli;

import io.penstock.interchange.ImportedModel;
import io.penstock.interchange.bpmn.BpmnExport;
import io.penstock.interchange.export.WorkflowDrawing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock draw}: a picture of a model. */
@Command(
    name = "draw",
    description = "Draws a model, laid out anew from left to right, or writes it as BPMN 2.0.",
    footer = {
      "  penstock draw order.bpmn --out order.svg",
      "  penstock draw order.bpmn --format mermaid",
      "  penstock draw order.yawl --format bpmn --out order.bpmn"
    })
final class DrawCommand implements Callable<Integer> {
  @Mixin private final ModelFile file = new ModelFile();

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}; SVG without this",
      defaultValue = "SVG")
  private Format format = Format.SVG;

  @Option(names = "--out", paramLabel = "FILE", description = "where to write; else it is printed")
  private @Nullable Path target;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  /** In which language a picture is written. */
  enum Format {
    SVG,
    MERMAID,
    DOT,
    BPMN
  }

  @Override
  public Integer call() throws IOException {
    final ImportedModel model = file.read();
    final WorkflowDrawing drawing = WorkflowDrawing.of(file.workflow(model)).labels(model.labels());
    final String text =
        switch (format) {
          case SVG -> drawing.svg();
          case MERMAID -> drawing.mermaid();
          case DOT -> drawing.dot();
          case BPMN -> BpmnExport.of(file.workflow(model)).labels(model.labels()).xml();
        };
    if (target == null) {
      spec.commandLine().getOut().print(text);
    } else {
      Files.writeString(target, text);
    }
    return ExitCode.OK;
  }
}
