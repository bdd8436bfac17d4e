package io.penstock.lab;

import io.penstock.lab.regression.Comparison;
import io.penstock.lab.regression.Regression;
import io.penstock.lab.report.Recorded;
import io.penstock.lab.report.Reports;
import io.penstock.lab.result.Environment;
import io.penstock.lab.result.Figure;
import io.penstock.lab.result.Goal;
import io.penstock.lab.result.Result;
import io.penstock.lab.scenario.Scenario;
import io.penstock.lab.scenario.Scenarios;
import io.penstock.lab.scenario.Trial;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs scenarios and writes what they found.
 *
 * <pre>
 * java -jar benchmarks/target/lab.jar list
 * java -jar benchmarks/target/lab.jar run steady burst --out target/lab
 * java -jar benchmarks/target/lab.jar run all
 * java -jar benchmarks/target/lab.jar compare
 * </pre>
 *
 * <p>Ends with 0 when every scenario's own result checked out, with 1 when one did not or a
 * comparison found something slower, with 2 when the command cannot be understood. A goal that is
 * missed is reported and ends with 0.
 */
public final class Lab {
  private static final int WRONG = 1;
  private static final int USAGE = 2;
  private static final int SHOWN_MAX = 4;

  private final PrintStream out;

  private Lab(final PrintStream out) {
    this.out = out;
  }

  /**
   * Runs.
   *
   * @param args a command and its options; without any it explains them
   * @throws Exception when a file cannot be written
   */
  public static void main(final String[] args) throws Exception {
    final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    final int status = new Lab(out).run(args);
    System.exit(status); // a scenario that failed may have left threads
  }

  private int run(final String[] args) throws IOException, InterruptedException {
    final LabOptions options;
    try {
      options = LabOptions.parse(args);
    } catch (final IllegalArgumentException e) {
      out.println(e.getMessage());
      out.println(LabOptions.USAGE);
      return USAGE;
    }
    return switch (options.command()) {
      case LIST -> list();
      case RUN -> run(options);
      case COMPARE -> compare(options);
      case BASELINE -> baseline(options);
      case HELP -> {
        out.println(LabOptions.USAGE);
        yield 0;
      }
    };
  }

  private int list() {
    for (final Scenario each : Scenarios.all()) {
      out.printf(Locale.ROOT, "%-16s %s%n", each.name(), each.meaning());
    }
    return 0;
  }

  private int run(final LabOptions options) throws IOException, InterruptedException {
    final List<Scenario> chosen = options.scenarios();
    final Recorded before =
        options.before() == null ? Recorded.none() : Recorded.read(options.before());
    final Environment environment = Environment.here();
    final List<Result> results = new ArrayList<>();
    for (final Scenario each : chosen) {
      out.printf(Locale.ROOT, "[%d/%d] %s ", results.size() + 1, chosen.size(), each.name());
      out.flush();
      final Result result = Trial.of(each, options.settings());
      results.add(result);
      print(result);
      Reports.write(options.out(), environment, results, before); // what is done is not lost
      if (options.plots() != null) {
        Reports.writePlots(options.plots(), result);
      }
    }
    out.println("written: " + options.out().resolve("report.html"));
    return results.stream().allMatch(each -> each.failure() == null) ? 0 : WRONG;
  }

  /** Quickly: whether figures can be had at all. Else: whether something became slower. */
  private int compare(final LabOptions options) throws IOException, InterruptedException {
    final Regression baseline = Regression.read(options.baseline());
    final boolean quick = options.settings().quick();
    final Regression now = measure(quick ? 1 : Regression.PROCESSES, quick);
    final List<String> insane = now.insane(baseline);
    insane.forEach(out::println);
    boolean slower = false;
    for (final Comparison each : now.against(baseline)) {
      out.println(each);
      slower |= each.verdict() == Comparison.Verdict.SLOWER;
    }
    return insane.isEmpty() && !slower ? 0 : WRONG;
  }

  private int baseline(final LabOptions options) throws IOException, InterruptedException {
    final Regression now = measure(Regression.PROCESSES, false);
    final Environment here = Environment.here();
    now.write(
        options.baseline(),
        String.join(
            ", ", here.date(), here.jdk(), here.processors() + " processors", here.model()));
    out.println("written: " + options.baseline());
    return 0;
  }

  private Regression measure(final int processes, final boolean quick)
      throws IOException, InterruptedException {
    return Regression.measure(
        processes, quick, done -> out.println("[" + done + "/" + processes + "] measured"));
  }

  /** One line, of what was promised, or else of what came first. */
  private void print(final Result result) {
    final StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%.1f s", result.elapsedNs() / 1e9));
    final List<Figure> promised =
        result.figures().stream().filter(each -> each.goal() != null).toList();
    for (final Figure each :
        (promised.isEmpty() ? result.figures() : promised).stream().limit(SHOWN_MAX).toList()) {
      line.append(
          String.format(Locale.ROOT, "; %s %,.4g %s", each.name(), each.value(), each.unit()));
      final Goal goal = each.goal();
      if (goal != null) {
        line.append(
            String.format(
                Locale.ROOT,
                " (%s %,.4g: %s)",
                goal.atMost() ? "at most" : "at least",
                goal.limit(),
                result.verdict(each)));
      }
    }
    out.println(line);
    if (result.failure() != null) {
      out.println("      WRONG: " + result.failure());
    }
  }
}
