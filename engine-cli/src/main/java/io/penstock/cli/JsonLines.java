package io.penstock.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.StoredCase;
import io.penstock.engine.StoredWorkItem;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * Writes cases and events as JSON, one object a line; the fields and their order are described in
 * docs/cli.md. Every field is there in every line, null when it has no value. What JavaScript would
 * round is a string: ids, 64-bit numbers and decimals.
 */
final class JsonLines implements AutoCloseable {
  private static final int NANO_DIGITS = 9;
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(NANO_DIGITS).toFormatter();

  private final Writer out;
  private final JsonGenerator json;

  JsonLines(final Writer out) throws IOException {
    this.out = out;
    json =
        JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build()
            .createGenerator(out);
    json.setRootValueSeparator(null);
  }

  /** A time as the lines have it: UTC, always to the nanosecond. */
  static String text(final Instant time) {
    return TIME.format(time);
  }

  /** The generator, for a line of another kind; {@link #end} it. */
  JsonGenerator generator() {
    return json;
  }

  /** Ends a line. */
  void end() throws IOException {
    json.flush();
    out.write('\n');
  }

  void write(final StoredCase stored) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "case");
    json.writeStringField("id", Long.toString(stored.id()));
    string("key", stored.key());
    json.writeStringField("workflow", stored.workflow());
    json.writeNumberField("version", stored.workflowVersion());
    json.writeStringField("net", stored.net());
    json.writeStringField("status", stored.status().name());
    json.writeStringField("changes", Long.toString(stored.changes()));
    json.writeStringField("started", text(stored.started()));
    time("ended", stored.ended());
    time("deadline", stored.deadline());
    string(
        "parent",
        stored.parent().isPresent()
            ? Optional.of(Long.toString(stored.parent().getAsLong()))
            : Optional.empty());
    instance(stored.instance().orElse(-1));
    string("failure", stored.failure());
    json.writeArrayFieldStart("workItems");
    for (final StoredWorkItem item : stored.workItems()) {
      json.writeStartObject();
      json.writeStringField("task", item.task());
      json.writeStringField("state", item.state().name());
      json.writeNumberField("attempt", item.attempt());
      json.writeBooleanField("claimed", item.claimed());
      json.writeStringField("begun", text(item.begun()));
      time("nextTry", item.nextTry());
      time("deadline", item.deadline());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("variables");
    for (final Map.Entry<String, Object> variable : stored.variables().entrySet()) {
      json.writeObjectFieldStart(variable.getKey());
      value(variable.getValue());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
    end();
  }

  void write(final long outermostId, final HistoryEvent event) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "event");
    json.writeStringField("time", text(event.time()));
    json.writeStringField("case", Long.toString(event.caseId()));
    json.writeStringField("outermost", Long.toString(outermostId));
    instance(event.instance());
    json.writeStringField("event", event.type().name());
    string("task", event.task());
    string("who", event.who());
    string("detail", event.detail());
    json.writeEndObject();
    end();
  }

  /** A value with the name of its type; one branch for each of the types a variable can have. */
  private void value(final Object value) throws IOException {
    if (value instanceof Long number) {
      typed("LONG", number.toString());
    } else if (value instanceof BigDecimal number) {
      typed("DECIMAL", number.toString());
    } else if (value instanceof Double number) {
      json.writeStringField("type", "DOUBLE");
      json.writeNumberField("value", number); // what JSON has no number for is written as a string
    } else if (value instanceof Boolean truth) {
      json.writeStringField("type", "BOOLEAN");
      json.writeBooleanField("value", truth);
    } else if (value instanceof Instant time) {
      typed("INSTANT", text(time));
    } else if (value instanceof byte[] bytes) {
      json.writeStringField("type", "BYTES");
      json.writeBinaryField("value", bytes);
    } else {
      typed(value instanceof String ? "STRING" : "DURATION", value.toString());
    }
  }

  private void typed(final String type, final String value) throws IOException {
    json.writeStringField("type", type);
    json.writeStringField("value", value);
  }

  private void instance(final int instance) throws IOException {
    json.writeFieldName("instance");
    if (instance < 0) {
      json.writeNull();
    } else {
      json.writeNumber(instance);
    }
  }

  private void time(final String field, final Optional<Instant> time) throws IOException {
    string(field, time.map(JsonLines::text));
  }

  private void string(final String field, final Optional<String> value) throws IOException {
    json.writeFieldName(field);
    if (value.isPresent()) {
      json.writeString(value.get());
    } else {
      json.writeNull();
    }
  }

  /** Flushes; what is written to stays open. */
  @Override
  public void close() throws IOException {
    json.close();
    out.flush();
  }
}
