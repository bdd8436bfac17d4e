package io.penstock.cli;

import io.penstock.interchange.ImportedModel;
import io.penstock.net.Verification;
import io.penstock.workflow.Workflow;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code penstock check}: can a model be taken, and is it sound? */
@Command(
    name = "check",
    description = {
      "Reads a model and says what of it cannot be taken, by element and line,",
      "whether it can get stuck, and what is left out."
    },
    footer = {"  penstock check order.bpmn", "  penstock check order.bpmn --by-hand"})
final class CheckCommand implements Callable<Integer> {
  @Mixin private final ModelFile file = new ModelFile();

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    final ImportedModel model = file.read();
    final PrintWriter out = spec.commandLine().getOut();
    for (final Workflow workflow : file.workflows(model)) {
      out.println(
          workflow.name()
              + ": tasks="
              + workflow.taskCount()
              + ", variables="
              + workflow.variables());
      for (final Verification verification : workflow.verify()) {
        out.println("  " + verification.toString().replace("\n", "\n  "));
      }
    }
    out.println(model.report());
    return ExitCode.OK;
  }
}
