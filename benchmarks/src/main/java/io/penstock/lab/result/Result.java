package io.penstock.lab.result;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a scenario found.
 *
 * @param scenario its name
 * @param meaning what it asks, in a sentence
 * @param durability what acknowledged commands survived, or what stands in its place
 * @param configuration what it ran with, by name
 * @param figures what was measured
 * @param histograms latencies in nanoseconds, by name
 * @param hiccups of the machine meanwhile, in nanoseconds
 * @param series what plots show over time or size
 * @param elapsedNs how long it took
 * @param cpuNs processor time of the whole process meanwhile
 * @param failure what was wrong with the result, or null when it checked out
 */
public record Result(
    String scenario,
    String meaning,
    String durability,
    Map<String, String> configuration,
    List<Figure> figures,
    Map<String, Histogram> histograms,
    Histogram hiccups,
    List<Series> series,
    long elapsedNs,
    long cpuNs,
    @Nullable String failure) {

  /**
   * A figure by its name.
   *
   * @param name its name
   * @return the figure, or empty
   */
  public Optional<Figure> figure(final String name) {
    return figures.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /**
   * The figure's verdict, with the machine's hiccups at the percentile that the figure's name ends
   * in ("p99"), or the longest of them.
   *
   * @param figure one of the figures
   * @return how it stands to its goal
   */
  public Verdict verdict(final Figure figure) {
    return figure.verdict(hiccupNs(figure.name()));
  }

  private double hiccupNs(final String name) {
    final int at = name.lastIndexOf(" p");
    if (at >= 0) {
      final String percentile = name.substring(at + 2);
      if (percentile.matches("\\d+(\\.\\d+)?")) {
        return hiccups.getValueAtPercentile(Double.parseDouble(percentile));
      }
    }
    return name.endsWith("greatest") ? hiccups.getMaxValue() : 0;
  }
}
