package io.penstock.lab.regression;

import java.util.Locale;
import java.util.Map;

/** Measures the gauges in a process of its own, and prints a line for each. */
public final class GaugeProcess {
  /** Begins a line that {@link Regression} reads. */
  static final String MARK = "gauge\t";

  private GaugeProcess() {}

  /**
   * Measures.
   *
   * @param args {@code quick} for a few runs only
   * @throws Exception when it cannot be measured
   */
  public static void main(final String[] args) throws Exception {
    final Map<String, Double> ratios = Gauges.measure(args.length > 0);
    ratios.forEach(
        (name, ratio) -> System.out.printf(Locale.ROOT, "%s%s\t%.6f%n", MARK, name, ratio));
  }
}
