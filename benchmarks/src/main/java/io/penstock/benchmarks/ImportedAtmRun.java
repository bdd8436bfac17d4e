package io.penstock.benchmarks;

import io.penstock.benchmarks.HeldShard.Cost;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.spi.Durability;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * What a withdrawal drawn as BPMN costs the shard's thread, beside the one in code: the same
 * handlers, inline, in two engines of one process, a window of the one and a window of the other in
 * turn.
 *
 * <p>Argument, optional: a durability.
 */
public final class ImportedAtmRun {
  private static final int CASES = 1_000;
  private static final int WINDOWS_BEFORE = 1_500;
  private static final int WINDOWS = 500;
  private static final String MODEL = "atm-withdrawal.bpmn";

  private ImportedAtmRun() {}

  /** The withdrawal as a modeller draws it, with the handlers of {@link InlineAtm}. */
  static Workflow model() throws IOException {
    try (InputStream in = ImportedAtmRun.class.getResourceAsStream(MODEL)) {
      return BpmnImport.read(
              MODEL,
              Objects.requireNonNull(in, MODEL),
              ImportOptions.defaults().handlersOf(InlineAtm.WORKFLOW))
          .workflow();
    }
  }

  /**
   * Runs.
   *
   * @param args a durability
   * @throws Exception when a directory cannot be made
   */
  public static void main(final String[] args) throws Exception {
    final Durability durability =
        args.length > 0 ? Durability.valueOf(args[0]) : Durability.PROCESS_CRASH;
    final Path directory = Files.createTempDirectory("penstock-imported");
    try (HeldWindows code = windows(durability, directory.resolve("code"), InlineAtm.WORKFLOW);
        HeldWindows model = windows(durability, directory.resolve("model"), model())) {
      for (int window = -WINDOWS_BEFORE; window < WINDOWS; window++) {
        code.run(window >= 0);
        model.run(window >= 0);
      }
      print(durability, "code", code.cost());
      print(durability, "model", model.cost());
      System.out.printf(
          Locale.ROOT,
          "%s model to code: %.3f%n",
          durability,
          model.cost().cpuNs() / code.cost().cpuNs());
    } finally {
      Directories.delete(directory);
    }
  }

  private static HeldWindows windows(
      final Durability durability, final Path directory, final Workflow workflow) {
    return HeldWindows.open(
        EngineOptions.defaults().durability(durability),
        with ->
            durability == Durability.MEMORY ? Engine.inMemory(with) : Engine.open(directory, with),
        workflow,
        CASES,
        CASES,
        (engine, number) -> InlineAtm.startAsync(engine, workflow, Long.toString(number)));
  }

  private static void print(final Durability durability, final String what, final Cost cost) {
    System.out.printf(
        Locale.ROOT,
        "%s %s: %.0f ns of the shard's processor time a case, %.0f ns passed, %.0f B%n",
        durability,
        what,
        cost.cpuNs(),
        cost.wallNs(),
        cost.bytes());
  }
}
