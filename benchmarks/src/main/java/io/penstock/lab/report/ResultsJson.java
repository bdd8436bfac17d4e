package io.penstock.lab.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.penstock.lab.result.Curve;
import io.penstock.lab.result.Environment;
import io.penstock.lab.result.Figure;
import io.penstock.lab.result.Goal;
import io.penstock.lab.result.Result;
import io.penstock.lab.result.Series;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Results as JSON; {@link Recorded} reads it again. Numbers that JSON does not know are null. */
final class ResultsJson {
  private final JsonGenerator json;
  private final StringWriter text = new StringWriter();

  private ResultsJson() throws IOException {
    json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter();
  }

  static String of(final Environment environment, final List<Result> results) throws IOException {
    final ResultsJson writer = new ResultsJson();
    writer.write(environment, results);
    return writer.text + "\n";
  }

  private void write(final Environment environment, final List<Result> results) throws IOException {
    json.writeStartObject();
    json.writeObjectFieldStart("environment");
    json.writeStringField("date", environment.date());
    json.writeStringField("jdk", environment.jdk());
    json.writeStringField("system", environment.system());
    json.writeNumberField("processors", environment.processors());
    json.writeStringField("model", environment.model());
    json.writeNumberField("heapMaxMib", environment.heapMaxMib());
    json.writeEndObject();
    json.writeArrayFieldStart("results");
    for (final Result result : results) {
      write(result);
    }
    json.writeEndArray();
    json.writeEndObject();
    json.close();
  }

  private void write(final Result result) throws IOException {
    json.writeStartObject();
    json.writeStringField("scenario", result.scenario());
    json.writeStringField("meaning", result.meaning());
    json.writeStringField("durability", result.durability());
    json.writeStringField("failure", result.failure());
    json.writeNumberField("elapsedNs", result.elapsedNs());
    json.writeNumberField("cpuNs", result.cpuNs());
    json.writeObjectFieldStart("configuration");
    for (final Map.Entry<String, String> each : result.configuration().entrySet()) {
      json.writeStringField(each.getKey(), each.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("figures");
    for (final Figure figure : result.figures()) {
      write(result, figure);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("curves");
    for (final Map.Entry<String, Histogram> each : result.histograms().entrySet()) {
      write(Curve.of(each.getKey(), each.getValue()));
    }
    write(Curve.of("hiccups", result.hiccups()));
    json.writeEndArray();
    json.writeArrayFieldStart("series");
    for (final Series series : result.series()) {
      write(series);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(final Result result, final Figure figure) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", figure.name());
    json.writeFieldName("value");
    number(figure.value());
    json.writeStringField("unit", figure.unit());
    final Goal goal = figure.goal();
    if (goal != null) {
      json.writeNumberField(goal.atMost() ? "atMost" : "atLeast", goal.limit());
      json.writeStringField("source", goal.source());
      json.writeStringField("verdict", result.verdict(figure).name());
    }
    json.writeEndObject();
  }

  private void write(final Curve curve) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", curve.name());
    json.writeNumberField("count", curve.count());
    json.writeArrayFieldStart("points");
    for (final Curve.Point point : curve.points()) {
      pair(point.percentile(), point.ns());
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(final Series series) throws IOException {
    json.writeStartObject();
    json.writeStringField("plot", series.plot());
    json.writeStringField("name", series.name());
    json.writeStringField("xUnit", series.xUnit());
    json.writeStringField("yUnit", series.yUnit());
    json.writeArrayFieldStart("points");
    for (final Series.Point point : series.points()) {
      pair(point.x(), point.y());
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void pair(final double one, final double other) throws IOException {
    json.writeStartArray();
    number(one);
    number(other);
    json.writeEndArray();
  }

  private void number(final double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }
}
