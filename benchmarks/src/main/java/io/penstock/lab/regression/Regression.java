package io.penstock.lab.regression;

import io.penstock.lab.process.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Values of the gauges, one for each process that measured them.
 *
 * @param values by gauge, in units of the calibration loop
 */
public record Regression(Map<String, double[]> values) {
  /** Processes that a comparison is made of; two more than a slowdown needs to be told. */
  public static final int PROCESSES = 7;

  private static final double SANE = 50;
  private static final String COMMENT = "#";

  /**
   * Measures.
   *
   * @param processes how many, one after the other
   * @param quick a few runs in each: to see that it works
   * @param progress told of each that has ended, from 1
   * @return the values
   * @throws IOException when a process failed
   * @throws InterruptedException when interrupted
   */
  public static Regression measure(
      final int processes, final boolean quick, final IntConsumer progress)
      throws IOException, InterruptedException {
    final Map<String, double[]> values = new LinkedHashMap<>();
    for (int i = 0; i < processes; i++) {
      final List<String> output =
          quick
              ? JavaProcess.run("-Xmx1g", GaugeProcess.class, "quick")
              : JavaProcess.run("-Xmx1g", GaugeProcess.class);
      for (final String line : output) {
        if (line.startsWith(GaugeProcess.MARK)) {
          final String[] fields = line.split("\t", -1);
          values.computeIfAbsent(fields[1], unused -> new double[processes])[i] =
              Double.parseDouble(fields[2]);
        }
      }
      progress.accept(i + 1);
    }
    return new Regression(values);
  }

  /**
   * Compares each gauge with an earlier state; one that has none is left out.
   *
   * @param baseline the earlier state
   * @return the comparisons
   */
  public List<Comparison> against(final Regression baseline) {
    final List<Comparison> comparisons = new ArrayList<>();
    values.forEach(
        (gauge, now) -> {
          final double[] then = baseline.values.get(gauge);
          if (then != null) {
            comparisons.add(Comparison.of(gauge, then, now));
          }
        });
    return comparisons;
  }

  /**
   * Gauges that are so far from an earlier state that a comparison makes no sense, whatever the
   * machine: not there, not a number, or off by a factor of 50.
   *
   * @param baseline the earlier state
   * @return what is wrong, nothing when all is sane
   */
  public List<String> insane(final Regression baseline) {
    final List<String> faults = new ArrayList<>();
    baseline.values.forEach(
        (gauge, then) -> {
          final double[] now = values.get(gauge);
          final double ratio =
              now == null ? Double.NaN : Comparison.median(now) / Comparison.median(then);
          if (!(ratio > 1 / SANE && ratio < SANE)) {
            faults.add(
                "gauge must be within a factor of "
                    + (int) SANE
                    + " of its baseline: gauge="
                    + gauge
                    + ", ratio="
                    + ratio);
          }
        });
    return faults;
  }

  /**
   * Reads a baseline: a line for each gauge, its name and a value for each process, tabs between
   * them; lines that begin with # are comments.
   *
   * @param file the baseline
   * @return its values
   * @throws IOException when it cannot be read
   */
  public static Regression read(final Path file) throws IOException {
    final Map<String, double[]> values = new LinkedHashMap<>();
    for (final String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith(COMMENT)) {
        final String[] fields = line.split("\t", -1);
        final double[] numbers = new double[fields.length - 1];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = Double.parseDouble(fields[i + 1]);
        }
        values.put(fields[0], numbers);
      }
    }
    return new Regression(values);
  }

  /**
   * Writes a baseline.
   *
   * @param file is replaced
   * @param comment where and when it was measured, one line
   * @throws IOException when it cannot be written
   */
  public void write(final Path file, final String comment) throws IOException {
    final StringBuilder text = new StringBuilder();
    text.append(COMMENT).append(" Processor time in units of the calibration loop, one value for");
    text.append(" each process; see docs/lab.md.\n");
    text.append(COMMENT).append(' ').append(comment).append('\n');
    values.forEach(
        (gauge, numbers) -> {
          text.append(gauge);
          for (final double each : numbers) {
            text.append('\t').append(each);
          }
          text.append('\n');
        });
    Files.writeString(file, text);
  }
}
