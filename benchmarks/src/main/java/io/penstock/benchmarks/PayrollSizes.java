package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Whether a payroll's time is in proportion to its employees, up to a million in one case. */
final class PayrollSizes {
  private static final Variable<Long> EMPLOYEES = Variable.ofLong("employees");
  private static final int[] SIZES = {1_000, 10_000, 100_000, 1_000_000};
  private static final int EMPLOYEES_MEASURED = 1_000_000;
  private static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(5);

  private PayrollSizes() {}

  static void print() throws Exception {
    final Workflow workflow =
        Workflow.define("payroll")
            .instances("pay", EMPLOYEES, each -> each.inlineTask("transfer", work -> {}))
            .build();
    final Path directory = Files.createTempDirectory("penstock-targets");
    try (Engine engine =
        Engine.open(directory, EngineOptions.defaults().shards(1)).deploy(workflow)) {
      final long warmNs = System.nanoTime() + WARM_UP_NS;
      while (System.nanoTime() < warmNs) {
        pay(engine, workflow, SIZES[0]);
      }
      System.out.println("| payroll of | ms | ns each |");
      System.out.println("|---|---|---|");
      for (final int size : SIZES) {
        final int rounds = EMPLOYEES_MEASURED / size;
        final long startNs = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
          pay(engine, workflow, size);
        }
        final double tookNs = System.nanoTime() - startNs;
        System.out.printf(
            Locale.ROOT,
            "| %,d | %,.1f | %,.0f |%n",
            size,
            tookNs / rounds / TimeUnit.MILLISECONDS.toNanos(1),
            tookNs / EMPLOYEES_MEASURED);
      }
    } finally {
      Directories.delete(directory);
    }
  }

  private static void pay(final Engine engine, final Workflow workflow, final long employees) {
    engine.start(workflow, in -> in.set(EMPLOYEES, employees)).join();
  }
}
