package io.penstock.patterns;

import io.penstock.workflow.Inputs;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Where a script is played: the same text must hold on each. */
enum Stage {
  /** The bare net machine. */
  NET,
  /** A whole engine in memory. */
  ENGINE,
  /** A whole engine on a directory, closed and opened again between the steps. */
  REOPENED_ENGINE;

  Run<?> begin(
      final Workflow workflow,
      final Desk desk,
      final Consumer<Inputs> inputs,
      final Path directory) {
    return switch (this) {
      case NET -> new NetRun(workflow, desk, inputs);
      case ENGINE -> new EngineRun(workflow, desk, inputs, null);
      case REOPENED_ENGINE -> new EngineRun(workflow, desk, inputs, directory);
    };
  }
}
