package io.penstock.cli;

import io.penstock.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** An engine in a process of its own, which runs until its input ends or it is killed. */
final class RunningEngine {
  private RunningEngine() {}

  public static void main(final String[] args) throws IOException {
    try (Engine engine = Engine.open(Path.of(args[0]), Sample.measured())) {
      Sample.run(engine);
      engine.lookAtObjectives();
      System.out.println("ready");
      System.in.read();
    }
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
