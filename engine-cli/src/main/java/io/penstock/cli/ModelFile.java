package io.penstock.cli;

import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.ImportedModel;
import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.interchange.form.FormOptions;
import io.penstock.interchange.form.WorkflowForm;
import io.penstock.interchange.yawl.YawlImport;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model that a command works on. */
final class ModelFile {
  @SuppressWarnings("NullAway.Init") // set by picocli, which refuses a command without it
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "a .bpmn, .yawl, .json or .yaml file")
  private Path file;

  @Option(
      names = "--process",
      paramLabel = "ID",
      description = "the process or net, where the file has several")
  private @Nullable String process;

  @Option(
      names = "--by-hand",
      description =
          "let a variable with the name of the gateway make choices whose condition is missing or"
              + " in another language; of a stored workflow, with the name of a guard that only code"
              + " can say")
  private boolean byHand;

  @Option(names = "--allow-unsound", description = "take a model that is proved unsound, too")
  private boolean allowUnsound;

  @Option(
      names = "--trust-safe",
      description =
          "take nets of a stored workflow as safe that say so (no condition ever holds two tokens),"
              + " also where that cannot be found out; a net that is not would lose tokens")
  private boolean trustSafe;

  /** The model to look at; nothing of it is to run. */
  ImportedModel read() {
    return isStored() ? WorkflowForm.read(file, storedOptions().standIns()) : readForeign();
  }

  /**
   * The model to play.
   *
   * @param handler does what the tasks of a stored workflow do
   */
  ImportedModel read(final TaskHandler handler) {
    if (!isStored()) {
      return read();
    }
    final FormOptions options =
        byHand ? storedOptions().byHand() : storedOptions().publisher((event, work) -> {});
    return WorkflowForm.read(file, options.resolver(reference -> Optional.of(handler)));
  }

  private boolean isStored() {
    final String name = file.toString();
    return name.endsWith(".json") || name.endsWith(".yaml") || name.endsWith(".yml");
  }

  private FormOptions storedOptions() {
    final FormOptions options =
        trustSafe ? FormOptions.defaults().trusted() : FormOptions.defaults();
    return allowUnsound ? options.allowUnsound("--allow-unsound") : options;
  }

  private ImportedModel readForeign() {
    ImportOptions options = byHand ? ImportOptions.byHand() : ImportOptions.defaults();
    options = options.unboundByHand();
    if (allowUnsound) {
      options = options.allowUnsound("--allow-unsound");
    }
    return file.toString().endsWith(".yawl")
        ? YawlImport.read(file, options)
        : BpmnImport.read(file, options);
  }

  /** The workflows that were asked for. */
  List<Workflow> workflows(final ImportedModel model) {
    if (process == null) {
      return model.workflows();
    }
    return List.of(find(model, process));
  }

  /** The one workflow that was asked for. */
  Workflow workflow(final ImportedModel model) {
    if (process != null) {
      return find(model, process);
    }
    if (model.workflows().size() > 1) {
      throw new IllegalUsageException(
          "file must hold one process: found=" + names(model) + "; name one with --process");
    }
    return model.workflow();
  }

  private static Workflow find(final ImportedModel model, final String name) {
    return model.workflows().stream()
        .filter(workflow -> workflow.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalUsageException(
                    "process must be in the file: process=" + name + ", found=" + names(model)));
  }

  private static List<String> names(final ImportedModel model) {
    return model.workflows().stream().map(Workflow::name).toList();
  }
}
