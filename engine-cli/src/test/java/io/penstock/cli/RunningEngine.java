package io.penstock.cli;

import io.penstock.engine.Engine;
import io.penstock.engine.Gate;
import io.penstock.objective.GateRules;
import io.penstock.workflow.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An engine in a process of its own, which runs until its input ends or it is killed. */
final class RunningEngine {
  private RunningEngine() {}

  public static void main(final String[] args) throws IOException {
    try (Engine engine = Engine.open(Path.of(args[0]), Sample.measured())) {
      Sample.run(engine);
      useGate(engine);
      engine.lookAtObjectives();
      System.out.println("ready");
      System.in.read();
    }
  }

  /** A gate, and two events of what it lets through that took too long. */
  static void useGate(final Engine engine) {
    final Gate gate =
        engine.gate("fast-path", Objective.p99(Duration.ofMillis(5)), GateRules.defaults());
    gate.record(true, Duration.ofSeconds(1));
    gate.record(true, Duration.ofSeconds(1));
  }

  /** Starts it, and returns when the counters are there. */
  static Process start(final Path directory) throws IOException {
    final Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    RunningEngine.class.getName(),
                    directory.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    final String line = process.inputReader().readLine();
    if (!"ready".equals(line)) {
      process.destroyForcibly();
      throw new IllegalStateException("engine did not start: line=" + line);
    }
    return process;
  }
}
