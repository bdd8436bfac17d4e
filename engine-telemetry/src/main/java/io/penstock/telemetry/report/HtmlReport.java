package io.penstock.telemetry.report;

import io.penstock.objective.BurnRate;
import io.penstock.objective.EventTimeline;
import io.penstock.objective.GateReport;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.ObjectiveReading;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A report as one page of HTML that needs nothing else: no script, no font, no request. Its style
 * follows the reader's light or dark setting; states are told by words and by colour.
 */
final class HtmlReport {
  private static final String STYLE = "report.css";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final ObjectiveReport report;
  private final List<ReportEntry> promised;
  private final StringBuilder html = new StringBuilder();

  HtmlReport(final ObjectiveReport report) {
    this.report = report;
    promised = report.entries().stream().filter(each -> each.reading().status() != null).toList();
  }

  String text() {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    html.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
    html.append("<title>Objectives of ").append(Markup.escape(report.engine()));
    html.append("</title>\n<style>\n").append(style()).append("</style>\n</head>\n<body>\n");
    addHeadline();
    addOverview();
    for (int i = 0; i < promised.size(); i++) {
      final ObjectiveStatus status = promised.get(i).reading().status();
      if (status != null) {
        addObjective(i, promised.get(i), status);
      }
    }
    addGates();
    addLatencies();
    return html.append(LEGEND).append("</body>\n</html>\n").toString();
  }

  private static String style() {
    try (InputStream style = HtmlReport.class.getResourceAsStream(STYLE)) {
      if (style == null) {
        throw new IllegalStateException("style of the report must be in the jar: name=" + STYLE);
      }
      return new String(style.readAllBytes(), StandardCharsets.UTF_8);
    } catch (final IOException e) {
      throw new UncheckedIOException("style of the report must be readable: name=" + STYLE, e);
    }
  }

  private void addHeadline() {
    final Map<ObjectiveState, Integer> states = new EnumMap<>(ObjectiveState.class);
    for (final ReportEntry each : promised) {
      final ObjectiveStatus status = each.reading().status();
      if (status != null) {
        states.merge(status.state(), 1, Integer::sum);
      }
    }
    html.append("<header><h1>Objectives of ").append(Markup.escape(report.engine()));
    html.append("</h1><p>").append(TIME.format(report.time())).append("</p><ul class=\"states\">");
    states.forEach(
        (state, count) ->
            html.append("<li class=\"state ")
                .append(state)
                .append("\"><b>")
                .append(count)
                .append("</b> ")
                .append(words(state))
                .append("</li>"));
    html.append("</ul></header>\n");
  }

  private void addOverview() {
    html.append("<div class=\"wide\"><table><thead><tr><th>objective</th><th>state</th>");
    html.append("<th>promised</th><th class=\"n\">good</th><th class=\"n\">events</th>");
    html.append("<th>budget left</th><th class=\"n\">burn</th></tr></thead><tbody>\n");
    for (int i = 0; i < promised.size(); i++) {
      final ObjectiveReading reading = promised.get(i).reading();
      final ObjectiveStatus status = reading.status();
      if (status != null) {
        html.append("<tr><td><a href=\"#o").append(i).append("\">");
        html.append(Markup.escape(reading.name())).append("</a></td><td>");
        html.append(badge(status.state())).append("</td><td>");
        html.append(Amounts.promise(status.objective())).append("</td>");
        number(Amounts.percent(status.compliance()));
        number(Amounts.number((double) (status.good() + status.bad())));
        html.append("<td>").append(budget(status.budgetRemaining())).append("</td>");
        number(Amounts.rate(status.burnRate()));
        html.append("</tr>\n");
      }
    }
    html.append("</tbody></table></div>\n");
  }

  private void addObjective(
      final int index, final ReportEntry entry, final ObjectiveStatus status) {
    final ObjectiveReading reading = entry.reading();
    html.append("<section id=\"o").append(index).append("\"><h2>");
    html.append(Markup.escape(reading.name())).append(' ').append(badge(status.state()));
    html.append("</h2><p>").append(Amounts.promise(status.objective())).append(": ");
    html.append(Amounts.number((double) status.good())).append(" good, ");
    html.append(Amounts.number((double) status.bad())).append(" bad");
    html.append(". ").append(Markup.escape(reading.note())).append("</p>\n<div class=\"plots\">");
    figure("Latency by percentile, since the opening", new LatencyPlot(entry, status).svg());
    final EventTimeline timeline = entry.timeline();
    if (timeline != null) {
      final TimePlots plots = new TimePlots(reading.name(), status, timeline);
      figure("Error budget left", plots.budget());
      figure(
          "Events a second: <i class=\"good\"></i> good, <i class=\"bad\"></i> bad",
          plots.events());
      figure("Burn rate of the error budget", plots.burn());
    }
    html.append("</div>\n<p class=\"burns\">Burn rates: ");
    html.append(status.burnRates().stream().map(HtmlReport::words).collect(Collectors.joining()));
    html.append("</p></section>\n");
  }

  private void figure(final String caption, final String svg) {
    html.append("<figure><figcaption>").append(caption).append("</figcaption>\n");
    html.append(svg).append("</figure>\n");
  }

  private void addGates() {
    if (report.gates().isEmpty()) {
      return;
    }
    html.append(
        "<section><h2>Gates</h2><p>Events since a gate came to its state. The share of bad");
    html.append(" ones is within its bounds with 99.9 % confidence each.</p>");
    html.append("<div class=\"wide\"><table><thead><tr><th>gate</th><th>state</th>");
    for (final String head :
        List.of("share", "good", "bad", "the rest: good", "bad", "bad share", "allowed")) {
      html.append("<th class=\"n\">").append(head).append("</th>");
    }
    html.append("<th>why</th></tr></thead><tbody>\n");
    for (final GateReport gate : report.gates()) {
      html.append("<tr><td>").append(Markup.escape(gate.name())).append("</td><td>");
      html.append(gate.state().name().toLowerCase(Locale.ROOT).replace('_', ' '));
      html.append("</td>");
      number(Amounts.percent(gate.share()));
      number(Amounts.number((double) gate.good()));
      number(Amounts.number((double) gate.bad()));
      number(Amounts.number((double) gate.baselineGood()));
      number(Amounts.number((double) gate.baselineBad()));
      number(Amounts.percent(gate.badLower()) + " to " + Amounts.percent(gate.badUpper()));
      number(Amounts.percent(gate.budget()));
      html.append("<td>").append(Markup.escape(gate.reason())).append("</td></tr>\n");
    }
    html.append("</tbody></table></div></section>\n");
  }

  private void addLatencies() {
    html.append("<section><h2>All that was measured</h2><p>Since the opening.</p>");
    html.append("<div class=\"wide\"><table><thead><tr><th></th><th class=\"n\">events</th>");
    for (final String head : List.of("median", "99 %", "99.9 %", "longest")) {
      html.append("<th class=\"n\">").append(head).append("</th>");
    }
    html.append("</tr></thead><tbody>\n");
    for (final ReportEntry each : report.entries()) {
      final ObjectiveReading reading = each.reading();
      final boolean any = reading.count() > 0;
      html.append("<tr><td>").append(Markup.escape(reading.name()));
      html.append(reading.note().isEmpty() ? "" : " <small>" + reading.note() + "</small>");
      html.append("</td>");
      number(Amounts.number((double) reading.count()));
      for (final double ns :
          new double[] {reading.p50(), reading.p99(), reading.p999(), reading.max()}) {
        number(any ? Amounts.latency(ns) : "–");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div></section>\n");
  }

  private void number(final String number) {
    html.append("<td class=\"n\">").append(number).append("</td>");
  }

  private static String badge(final ObjectiveState state) {
    return "<span class=\"state " + state + "\">" + words(state) + "</span>";
  }

  private static String words(final ObjectiveState state) {
    return switch (state) {
      case MET -> "met";
      case AT_RISK -> "at risk";
      case BREACHED -> "breached";
      case NO_DATA -> "no data";
      case INSUFFICIENT -> "too few to tell";
    };
  }

  private static String words(final BurnRate rate) {
    return String.format(
        Locale.ROOT,
        "<span%s>%s over %s, %s over %s (limit %s)</span> ",
        rate.isBurning() ? " class=\"burning\"" : "",
        Amounts.rate(rate.longRate()),
        Amounts.window((double) rate.longWindow().toNanos()),
        Amounts.rate(rate.shortRate()),
        Amounts.window((double) rate.shortWindow().toNanos()),
        Amounts.number(rate.limit()));
  }

  /** A bar as long as what is left; none when it is overspent. */
  private static String budget(final double remaining) {
    final double shown = Double.isNaN(remaining) ? 0 : Math.min(Math.max(remaining, 0), 1);
    return String.format(
        Locale.ROOT,
        "<span class=\"budget\"><span style=\"width:%.1f%%\"></span></span> %s",
        100 * shown,
        Amounts.percent(remaining));
  }

  private static final String LEGEND =
      """
      <footer>
      <p>An event is good when it took no longer than promised; events are counted one by one, and a
      verdict never comes from a percentile. The error budget is the share of the window's events
      that may be bad; at a burn rate of 1 it is spent exactly at the end of the window. Silence is
      "no data" and never "met"; with a target of 99 % it takes 299 good events to tell.</p>
      </footer>
      """;
}
