package io.penstock.examples.payroll;

import io.penstock.engine.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The payroll as a process of its own, to be killed and started again: it goes on where it was. */
public final class PayrollMain {
  private static final Duration PACE = Duration.ofMillis(20);

  private PayrollMain() {}

  /**
   * Runs the payroll of January on a directory.
   *
   * @param args the engine's directory; the folder with the data; the folder for the results
   * @throws java.io.IOException when the folder for the results cannot be made
   */
  public static void main(final String[] args) throws java.io.IOException {
    final Path work = Files.createDirectories(Path.of(args[2]));
    try (Engine engine = Engine.open(Path.of(args[0]))) {
      final PayrollExample.Result result =
          PayrollExample.run(engine, "2026-01", Path.of(args[1]), work, PACE, System.out);
      System.out.printf(
          "  this process calculated %d of %d%n", result.calculated(), result.employees());
      if (!result.reconciles()) {
        System.exit(1);
      }
    }
  }
}
