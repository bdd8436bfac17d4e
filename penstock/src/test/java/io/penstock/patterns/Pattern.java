package io.penstock.patterns;

import io.penstock.workflow.Inputs;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tests of one pattern share. The class is named by {@code @DisplayName} with the
 * pattern's code and name, its Javadoc says what the pattern is, and {@link #workflow} shows it:
 * the page in {@code docs/patterns} is made of these.
 */
@Timeout(60)
abstract class Pattern {
  final Desk desk = new Desk();
  private final List<Run<?>> runs = new ArrayList<>();
  @TempDir private Path directory;

  /** The pattern in the fewest words. */
  abstract Workflow workflow();

  /** Begins a case of {@link #workflow}. */
  final Run<?> begin(final Stage stage) {
    return begin(stage, workflow());
  }

  final Run<?> begin(final Stage stage, final Consumer<Inputs> inputs) {
    return begin(stage, workflow(), inputs);
  }

  final Run<?> begin(final Stage stage, final Workflow other) {
    return begin(stage, other, nothing -> {});
  }

  final Run<?> begin(final Stage stage, final Workflow other, final Consumer<Inputs> inputs) {
    final Run<?> run = stage.begin(other, desk, inputs, directory.resolve("run-" + runs.size()));
    runs.add(run);
    return run;
  }

  /** Begins a case for what only an engine can be told. */
  final EngineRun beginInEngine(final Stage stage) {
    return (EngineRun) begin(stage);
  }

  final EngineRun beginInEngine(final Stage stage, final Consumer<Inputs> inputs) {
    return (EngineRun) begin(stage, inputs);
  }

  final EngineRun beginInEngine(final Stage stage, final Workflow other) {
    return (EngineRun) begin(stage, other);
  }

  @AfterEach
  final void close() {
    runs.forEach(Run::close);
  }
}
