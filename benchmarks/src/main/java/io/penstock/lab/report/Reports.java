package io.penstock.lab.report;

import io.penstock.lab.result.Environment;
import io.penstock.lab.result.Result;
import io.penstock.lab.result.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes what a run found into a directory. */
public final class Reports {
  /** The file that {@link Recorded#read} reads. */
  public static final String RESULTS = "results.json";

  private static final String PAGE = "report.html";

  private Reports() {}

  /**
   * Writes {@code results.json}, {@code report.html} and a {@code .hlog} for each scenario.
   *
   * @param directory is created if absent; files of those names are replaced
   * @param environment where it was measured
   * @param results what was found
   * @param before what it is held against
   * @throws IOException when a file cannot be written
   */
  public static void write(
      final Path directory,
      final Environment environment,
      final List<Result> results,
      final Recorded before)
      throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(RESULTS), ResultsJson.of(environment, results));
    Files.writeString(directory.resolve(PAGE), new Page(environment, results, before).text());
    final long nowMs = System.currentTimeMillis();
    for (final Result result : results) {
      IntervalLogs.write(directory.resolve(result.scenario() + ".hlog"), result, nowMs);
    }
  }

  /**
   * Writes each plot of a result as a file of its own, named by the scenario and by what it shows.
   *
   * @param directory is created if absent; files of those names are replaced
   * @param result what was found
   * @throws IOException when a file cannot be written
   */
  public static void writePlots(final Path directory, final Result result) throws IOException {
    Files.createDirectories(directory);
    final Map<String, List<Series>> plots =
        result.series().stream().collect(Collectors.groupingBy(Series::plot));
    for (final Map.Entry<String, List<Series>> each : plots.entrySet()) {
      final String name = each.getKey().replaceAll("[^a-z0-9]+", "-");
      Files.writeString(
          directory.resolve(result.scenario() + "-" + name + ".svg"),
          Plots.file(each.getKey() + ", " + each.getValue().get(0).yUnit(), each.getValue()));
    }
  }
}
