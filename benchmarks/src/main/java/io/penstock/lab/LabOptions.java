package io.penstock.lab;

import io.penstock.lab.scenario.Scenario;
import io.penstock.lab.scenario.Scenarios;
import io.penstock.lab.scenario.Settings;
import io.penstock.spi.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for on the command line.
 *
 * @param command what to do
 * @param scenarios what to run, in this order
 * @param settings how
 * @param out where results go
 * @param before results of an earlier run to show beside, or null
 * @param plots where plots go as files of their own, or null
 */
record LabOptions(
    Command command,
    List<Scenario> scenarios,
    Settings settings,
    Path out,
    @Nullable Path before,
    @Nullable Path plots) {
  static final String USAGE =
      """
      usage: lab list
             lab run NAME... | all   [--quick] [--out DIR] [--durability MODE] [--minutes N]
                                     [--before FILE] [--plots DIR]
             lab compare             [--quick] [--before FILE]
             lab baseline            [--out FILE]

        --quick            a tenth of each scenario: to see that it works
        --out DIR          results.json, report.html and .hlog files; target/lab by default
        --durability MODE  MEMORY, PROCESS_CRASH (default) or POWER_LOSS
        --minutes N        how long the soak lasts
        --plots DIR        each plot of a scenario that shows one as a file of its own, SVG
        --before FILE      run: results.json of an earlier run, shown beside this one;
                           compare: a baseline, benchmarks/baseline.tsv by default\
      """;

  private static final Path BASELINE = Path.of("benchmarks", "baseline.tsv");

  private static final Path OUT = Path.of("target", "lab");
  private static final double SECONDS_A_MINUTE = 60;

  /** What to do. */
  enum Command {
    HELP,
    LIST,
    RUN,
    COMPARE,
    BASELINE
  }

  /** The baseline to compare with, or to write. */
  Path baseline() {
    if (command == Command.BASELINE) {
      return out.equals(OUT) ? BASELINE : out;
    }
    return before == null ? BASELINE : before;
  }

  /**
   * Understands a command line.
   *
   * @throws IllegalArgumentException when it cannot be understood, with the reason
   */
  static LabOptions parse(final String[] args) {
    final Command command = args.length == 0 ? Command.HELP : command(args[0]);
    final List<Scenario> scenarios = new ArrayList<>();
    Settings settings = Settings.defaults();
    Path out = OUT;
    Path before = null;
    Path plots = null;
    for (int i = 1; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> settings = new Settings(true, settings.durability(), settings.soakS());
        case "--out" -> out = Path.of(value(args, ++i));
        case "--before" -> before = Path.of(value(args, ++i));
        case "--plots" -> plots = Path.of(value(args, ++i));
        case "--durability" ->
            settings =
                new Settings(
                    settings.quick(), Durability.valueOf(value(args, ++i)), settings.soakS());
        case "--minutes" ->
            settings =
                new Settings(
                    settings.quick(),
                    settings.durability(),
                    SECONDS_A_MINUTE * Double.parseDouble(value(args, ++i)));
        case "all" -> scenarios.addAll(Scenarios.all());
        default -> scenarios.add(scenario(args[i]));
      }
    }
    if (command == Command.RUN && scenarios.isEmpty()) {
      throw new IllegalArgumentException("a scenario must be named: none was; try: lab list");
    }
    return new LabOptions(command, List.copyOf(scenarios), settings, out, before, plots);
  }

  private static Command command(final String name) {
    for (final Command each : Command.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException("command must be known: name=" + name);
  }

  private static String value(final String[] args, final int i) {
    if (i >= args.length) {
      throw new IllegalArgumentException("option must have a value: option=" + args[i - 1]);
    }
    return args[i];
  }

  private static Scenario scenario(final String name) {
    return Scenarios.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "scenario must be known: name=" + name + "; try: lab list"));
  }
}
