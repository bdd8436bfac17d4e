package io.penstock.lab.report;

import io.penstock.lab.result.Environment;
import io.penstock.lab.result.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
}
