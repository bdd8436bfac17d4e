package io.penstock.lab.report;

import io.penstock.lab.result.Curve;
import io.penstock.lab.result.Environment;
import io.penstock.lab.result.Figure;
import io.penstock.lab.result.Goal;
import io.penstock.lab.result.Result;
import io.penstock.lab.result.Series;
import io.penstock.lab.result.Verdict;
import io.penstock.telemetry.report.ObjectiveReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Results as one page of HTML that needs nothing else. Its style is that of the objectives' report,
 * and what the charts add to it.
 */
final class Page {
  private static final String STYLE = "report.css";
  private static final int CURVES_MAX = 6;
  private static final double LEAST_NS = 1;

  private final Environment environment;
  private final List<Result> results;
  private final Recorded before;
  private final StringBuilder html = new StringBuilder();

  Page(final Environment environment, final List<Result> results, final Recorded before) {
    this.environment = environment;
    this.results = results;
    this.before = before;
  }

  String text() {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    html.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
    html.append("<title>Performance lab</title>\n<style>\n").append(style());
    html.append(Chart.STYLE.replace(".grid { stroke: #d8dde3; stroke-width: .7; }\n", ""));
    html.append(OWN_STYLE).append("</style>\n</head>\n<body>\n");
    addHead();
    addGoals();
    results.forEach(this::addResult);
    return html.append(LEGEND).append("</body>\n</html>\n").toString();
  }

  private static String style() {
    try (InputStream style = ObjectiveReport.class.getResourceAsStream(STYLE)) {
      if (style == null) {
        throw new IllegalStateException("style of the report must be in the jar: name=" + STYLE);
      }
      return new String(style.readAllBytes(), StandardCharsets.UTF_8);
    } catch (final IOException e) {
      throw new UncheckedIOException("style of the report must be readable: name=" + STYLE, e);
    }
  }

  private void addHead() {
    final long failed = results.stream().filter(each -> each.failure() != null).count();
    html.append("<header><h1>Performance lab</h1><p>");
    html.append(
        Words.escape(
            String.join(
                " · ",
                environment.date(),
                environment.jdk(),
                environment.processors() + " processors, " + environment.model(),
                environment.system(),
                "heap of up to " + environment.heapMaxMib() + " MiB")));
    html.append("</p><p>Scenarios: ").append(results.size());
    html.append(", with a wrong result: ").append(failed).append('.');
    if (!before.date().isEmpty()) {
      html.append(" <em>Before</em>: ").append(Words.escape(before.date())).append('.');
    }
    html.append("</p></header>\n");
  }

  /** Everything that was promised, in one table. */
  private void addGoals() {
    html.append("<div class=\"wide\"><table><thead><tr><th>scenario</th><th>figure</th>");
    html.append("<th>asked by</th><th class=\"n\">goal</th><th class=\"n\">measured</th>");
    html.append("<th class=\"n\">hiccups p99</th><th></th></tr></thead><tbody>\n");
    for (final Result result : results) {
      if (result.failure() != null) {
        html.append("<tr><td><a href=\"#").append(result.scenario()).append("\">");
        html.append(result.scenario()).append("</a></td><td colspan=\"5\">");
        html.append(Words.escape(result.failure())).append("</td><td>");
        html.append("<span class=\"state BREACHED\">wrong</span></td></tr>\n");
      }
      result.figures().stream()
          .filter(each -> each.goal() != null)
          .forEach(each -> addGoal(result, each));
    }
    html.append("</tbody></table></div>\n");
  }

  private void addGoal(final Result result, final Figure figure) {
    final Goal goal = figure.goal();
    if (goal == null) {
      return;
    }
    html.append("<tr><td><a href=\"#").append(result.scenario()).append("\">");
    html.append(result.scenario()).append("</a></td><td>").append(Words.escape(figure.name()));
    html.append("</td><td>").append(Words.escape(goal.source())).append("</td>");
    number((goal.atMost() ? "≤ " : "≥ ") + Words.amount(goal.limit(), figure.unit()));
    number(Words.amount(figure.value(), figure.unit()));
    number(Words.time((double) result.hiccups().getValueAtPercentile(99)));
    html.append("<td>").append(badge(result.verdict(figure))).append("</td></tr>\n");
  }

  private static String badge(final Verdict verdict) {
    return switch (verdict) {
      case NONE -> "";
      case MET -> "<span class=\"state MET\">met</span>";
      case WITHIN_HICCUPS -> "<span class=\"state AT_RISK\">the machine's</span>";
      case MISSED -> "<span class=\"state BREACHED\">missed</span>";
    };
  }

  private void addResult(final Result result) {
    html.append("<section id=\"").append(result.scenario()).append("\"><h2>");
    html.append(result.scenario()).append("</h2><p>").append(Words.escape(result.meaning()));
    html.append("</p><p>").append(Words.escape(result.durability()));
    result
        .configuration()
        .forEach((name, value) -> html.append(" · ").append(Words.escape(name + ": " + value)));
    html.append("</p>");
    if (result.failure() != null) {
      html.append("<p class=\"burning\">Wrong: ").append(Words.escape(result.failure()));
      html.append("</p>");
    }
    html.append("<div class=\"plots\">\n");
    addLatency(result);
    addSeries(result);
    html.append("</div>\n");
    addFigures(result);
    html.append("</section>\n");
  }

  private void addLatency(final Result result) {
    final List<Curve> curves =
        result.histograms().entrySet().stream()
            .map(each -> Curve.of(each.getKey(), each.getValue()))
            .filter(each -> !each.points().isEmpty())
            .limit(CURVES_MAX)
            .toList();
    if (curves.isEmpty()) {
      return;
    }
    final List<Curve> asides = new ArrayList<>();
    final Curve hiccups = Curve.of("machine's hiccups", result.hiccups());
    if (!hiccups.points().isEmpty()) {
      asides.add(hiccups);
    }
    for (final Curve old : before.curves().getOrDefault(result.scenario(), List.of())) {
      if (!old.points().isEmpty()
          && curves.stream().anyMatch(each -> each.name().equals(old.name()))) {
        asides.add(new Curve("before: " + old.name(), old.count(), old.points()));
      }
    }
    double low = Double.MAX_VALUE;
    double high = LEAST_NS;
    double last = 90;
    for (final Curve each : curves) {
      low = Math.min(low, Math.max(LEAST_NS, each.points().get(0).ns()));
      high = Math.max(high, each.points().get(each.points().size() - 1).ns());
      last = Math.max(last, 100 - 100.0 / each.count());
    }
    final Chart chart =
        new Chart(
            "latency by percentile of " + result.scenario(),
            "",
            Scale.percentiles(last),
            Scale.logarithmic(low, Math.max(high, 10 * low), Words::time));
    curves.forEach(each -> chart.curve(each.name(), percentiles(each), ns(each)));
    asides.forEach(each -> chart.aside(each.name(), percentiles(each), ns(each)));
    figure("Latency by percentile", chart.svg());
  }

  private static double[] percentiles(final Curve curve) {
    return curve.points().stream().mapToDouble(Curve.Point::percentile).toArray();
  }

  private static double[] ns(final Curve curve) {
    return curve.points().stream().mapToDouble(each -> Math.max(LEAST_NS, each.ns())).toArray();
  }

  private void addSeries(final Result result) {
    final Map<String, List<Series>> plots =
        result.series().stream()
            .collect(Collectors.groupingBy(Series::plot, LinkedHashMap::new, Collectors.toList()));
    plots.forEach(
        (plot, series) ->
            figure(
                Words.escape(plot) + ", " + Words.escape(series.get(0).yUnit()),
                Plots.svg(plot, series)));
  }

  private void figure(final String caption, final String svg) {
    html.append("<figure><figcaption>").append(caption).append("</figcaption>\n");
    html.append(svg).append("</figure>\n");
  }

  private void addFigures(final Result result) {
    final Map<String, Double> old = before.figures().getOrDefault(result.scenario(), Map.of());
    html.append(
        "<div class=\"wide\"><table><thead><tr><th>figure</th><th class=\"n\">measured</th>");
    html.append("<th>unit</th>");
    if (!old.isEmpty()) {
      html.append("<th class=\"n\">before</th><th class=\"n\">ratio</th>");
    }
    html.append("</tr></thead><tbody>\n");
    for (final Figure figure : result.figures()) {
      html.append("<tr><td>").append(Words.escape(figure.name())).append("</td>");
      number(Words.number(figure.value()));
      html.append("<td>").append(Words.escape(figure.unit())).append("</td>");
      if (!old.isEmpty()) {
        final Optional<Double> was = Optional.ofNullable(old.get(figure.name()));
        number(was.map(Words::number).orElse("–"));
        number(was.map(value -> Words.number(figure.value() / value)).orElse("–"));
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void number(final String number) {
    html.append("<td class=\"n\">").append(Words.escape(number)).append("</td>");
  }

  private static final String OWN_STYLE =
      """
      .plots { margin-bottom: 14px; }
      section td, section th { padding: 3px 12px; }
      """;

  private static final String LEGEND =
      """
      <footer>
      <p>Latency counts from the moment that a call was meant to begin, so that a stall counts for all
      that would have come meanwhile. <em>Hiccups</em>: how late a thread is that wants to wake each
      millisecond, the machine's own share. A tail over its goal but not over 1.2 times the hiccups at
      the same percentile of the same run is called the machine's.</p>
      </footer>
      """;
}
