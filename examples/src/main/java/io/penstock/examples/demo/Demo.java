package io.penstock.examples.demo;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.examples.atm.AtmExample;
import io.penstock.examples.payroll.PayrollExample;
import io.penstock.examples.payroll.PayrollMain;
import io.penstock.examples.swift.SwiftExample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Three financial workflows on one engine, its objectives, and a run that is killed half way and
 * goes on.
 */
public final class Demo {
  private static final Pattern PROGRESS = Pattern.compile("\\s*calculated (\\d+)");
  private static final int HALF_WAY = 500;

  private final Path data;
  private final Path work;
  private final Path pages;
  private final PrintStream out;

  private Demo(final Path data, final Path work, final Path pages, final PrintStream out) {
    this.data = data;
    this.work = work;
    this.pages = pages;
    this.out = out;
  }

  /**
   * Runs the demo.
   *
   * @param args the folder with the data; an empty folder to work in; the folder for the page
   * @throws IOException when a file cannot be written
   * @throws InterruptedException when the demo is interrupted
   */
  public static void main(final String[] args) throws IOException, InterruptedException {
    final Demo demo =
        new Demo(
            Path.of(args[0]),
            Files.createDirectories(Path.of(args[1])),
            Path.of(args[2]),
            System.out);
    final boolean stories = demo.stories();
    final boolean resumed = demo.killAndResume();
    System.out.println(stories && resumed ? "\nEverything adds up." : "\nSOMETHING IS WRONG.");
    if (!stories || !resumed) {
      System.exit(1);
    }
  }

  private boolean stories() throws IOException {
    final EngineOptions warm = EngineOptions.defaults().warmUp(Duration.ofSeconds(2));
    try (Engine engine = Engine.open(work.resolve("engine"), warm)) {
      out.println("Engine: " + engine.storeDescription());
      out.println("\nATM withdrawals");
      final AtmExample.Result atm = AtmExample.run(engine, data.resolve("atm"), out);
      out.println("\nPayroll");
      final Path results = Files.createDirectories(work.resolve("results"));
      final PayrollExample.Result payroll =
          PayrollExample.run(
              engine, "2026-01", data.resolve("payroll"), results, Duration.ZERO, out);
      out.println("\nSWIFT MT103");
      final SwiftExample.Result swift = SwiftExample.run(engine, data.resolve("swift"), out);
      out.println("\nObjectives, in a JVM that has just started and warmed up for two seconds");
      out.print(engine.objectives().report());
      out.println("\nThe same with plots: " + writePage(engine).toAbsolutePath());
      return atm.addsUp()
          && payroll.reconciles()
          && payroll.blockedUntilApproved()
          && swift.debited().compareTo(swift.credited()) == 0
          && swift.elapsed().compareTo(swift.checksInSequence()) < 0;
    }
  }

  private Path writePage(final Engine engine) throws IOException {
    final Path page = Files.createDirectories(pages).resolve("objectives.html");
    return Files.writeString(page, engine.objectives().reportHtml());
  }

  /** Starts the payroll in a process of its own, kills that half way, and starts it again. */
  private boolean killAndResume() throws IOException, InterruptedException {
    out.println("\nA payroll in a process of its own, killed half way (SIGKILL)");
    final Process victim = startPayroll();
    try (BufferedReader lines = victim.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.println(line);
        final Matcher progress = PROGRESS.matcher(line);
        if (progress.matches() && Integer.parseInt(progress.group(1)) >= HALF_WAY) {
          break;
        }
      }
    }
    victim.destroyForcibly();
    final int killed = victim.waitFor();
    out.println("  killed, exit code " + killed + "; started again on the same directory");
    final Process survivor = startPayroll();
    try (BufferedReader lines = survivor.inputReader()) {
      lines.lines().forEach(out::println);
    }
    return survivor.waitFor() == 0 && killed != 0;
  }

  private Process startPayroll() throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PayrollMain.class.getName(),
                work.resolve("killed-engine").toString(),
                data.resolve("payroll").toString(),
                work.resolve("killed-results").toString()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
