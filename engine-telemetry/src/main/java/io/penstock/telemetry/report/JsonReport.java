package io.penstock.telemetry.report;

import io.penstock.objective.BurnRate;
import io.penstock.objective.EventTimeline;
import io.penstock.objective.GateReport;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.ObjectiveReading;

/** A report as one JSON object; its fields are in docs/telemetry.md. */
final class JsonReport {
  private final ObjectiveReport report;
  private final JsonText json = new JsonText();

  JsonReport(final ObjectiveReport report) {
    this.report = report;
  }

  String text() {
    json.begin('{').name("engine").value(report.engine());
    json.name("time").value(report.time().toString());
    json.name("readings").begin('[');
    report.entries().forEach(this::write);
    json.end(']').name("gates").begin('[');
    report.gates().forEach(this::write);
    return json.end(']').end('}') + "\n";
  }

  private void write(final GateReport gate) {
    json.begin('{').name("name").value(gate.name()).name("state").value(gate.state().name());
    json.name("share").value(gate.share()).name("sinceNs").value(gate.sinceNs());
    json.name("good").value(gate.good()).name("bad").value(gate.bad());
    json.name("baselineGood").value(gate.baselineGood());
    json.name("baselineBad").value(gate.baselineBad());
    json.name("badLower").value(gate.badLower()).name("badUpper").value(gate.badUpper());
    json.name("budget").value(gate.budget()).name("reason").value(gate.reason()).end('}');
  }

  private void write(final ReportEntry entry) {
    final ObjectiveReading reading = entry.reading();
    json.begin('{').name("name").value(reading.name()).name("note").value(reading.note());
    json.name("count").value(reading.count());
    writeLatency(entry);
    final ObjectiveStatus status = reading.status();
    if (status != null) {
      write(status);
    }
    final EventTimeline timeline = entry.timeline();
    if (timeline != null) {
      write(timeline);
    }
    json.end('}');
  }

  private void writeLatency(final ReportEntry entry) {
    final ObjectiveReading reading = entry.reading();
    final boolean any = reading.count() > 0;
    json.name("latencyNs").begin('{');
    json.name("p50").value(any ? reading.p50() : Double.NaN);
    json.name("p99").value(any ? reading.p99() : Double.NaN);
    json.name("p999").value(any ? reading.p999() : Double.NaN);
    json.name("max").value(any ? reading.max() : Double.NaN);
    json.name("curve").begin('[');
    entry
        .curve()
        .forEach(point -> json.begin('[').value(point.percentile()).value(point.ns()).end(']'));
    json.end(']').end('}');
  }

  private void write(final ObjectiveStatus status) {
    json.name("objective").begin('{').name("target").value(status.objective().target());
    json.name("thresholdNs").value(status.objective().threshold().toNanos());
    json.name("windowNs").value(status.objective().window().toNanos()).end('}');
    json.name("state").value(status.state().name());
    json.name("good").value(status.good()).name("bad").value(status.bad());
    json.name("compliance").value(status.compliance());
    json.name("budgetRemaining").value(status.budgetRemaining());
    json.name("burnRates").begin('[');
    status.burnRates().forEach(this::write);
    json.end(']');
  }

  private void write(final BurnRate rate) {
    json.begin('{').name("longWindowNs").value(rate.longWindow().toNanos());
    json.name("shortWindowNs").value(rate.shortWindow().toNanos());
    json.name("limit").value(rate.limit()).name("longRate").value(rate.longRate());
    json.name("shortRate").value(rate.shortRate());
    json.name("isBurning").value(rate.isBurning()).end('}');
  }

  private void write(final EventTimeline timeline) {
    json.name("timeline").begin('{').name("slotNs").value(timeline.slotNs());
    json.name("good").begin('[');
    for (int slot = 0; slot < timeline.slots(); slot++) {
      json.value(timeline.good(slot));
    }
    json.end(']').name("bad").begin('[');
    for (int slot = 0; slot < timeline.slots(); slot++) {
      json.value(timeline.bad(slot));
    }
    json.end(']').end('}');
  }
}
