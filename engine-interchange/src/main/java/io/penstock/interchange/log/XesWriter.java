package io.penstock.interchange.log;

import io.penstock.engine.HistoryEvent;
import java.io.IOException;
import java.io.Writer;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/**
 * Writes history as an event log in XES [1], for tools of process mining: a trace for each
 * outermost case, in it an event for each thing that happened to a work item, those of cases inside
 * too. Nothing is kept in memory but the trace that is written. Not thread safe; {@link #close}
 * ends the log.
 *
 * <p>What happened is the lifecycle's transition of the standard model: {@code schedule}, {@code
 * assign}, {@code start}, {@code complete}, {@code withdraw}, and {@code ate_abort} for failed,
 * timed-out and cancelled tries; giving a claimed work item back is {@code unknown}. Messages,
 * signals and added instances are events that complete. {@code org:resource} is who did it, {@code
 * concept:instance} the case inside that it happened to. When cases inside begin and end is left
 * out.
 *
 * <p>[1] IEEE 1849-2016: eXtensible Event Stream
 */
public final class XesWriter implements AutoCloseable {
  private static final char REPLACEMENT = '\ufffd';

  private final Writer out;

  /**
   * Begins a log.
   *
   * @param out takes the document, which says that it is UTF-8; not closed
   * @param name name of the log
   * @throws IOException when it cannot be written
   */
  public XesWriter(final Writer out, final String name) throws IOException {
    this.out = out;
    out.write(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
          <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
          <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
          <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
          <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
          <global scope="trace">
            <string key="concept:name" value=""/>
          </global>
          <global scope="event">
            <string key="concept:name" value=""/>
            <string key="lifecycle:transition" value="unknown"/>
            <date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
          </global>
          <classifier name="Activity" keys="concept:name"/>
          <classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>
        """);
    attribute("  ", "string", "concept:name", name);
    attribute("  ", "string", "lifecycle:model", "standard");
  }

  /**
   * Writes the trace of one case. One that is on its way ends where it stands, and has no outcome.
   *
   * @param caseId id of the outermost case
   * @param attributes more to say of it, such as its workflow; by names without a colon, other than
   *     {@code case}, {@code key} and {@code outcome}
   * @param events its history and that of the cases inside, oldest first
   * @throws IOException when it cannot be written
   */
  public void trace(
      final long caseId, final Map<String, String> attributes, final List<HistoryEvent> events)
      throws IOException {
    String key = "";
    String outcome = "";
    for (final HistoryEvent event : events) {
      if (event.caseId() == caseId && event.type() == HistoryEvent.Type.CASE_STARTED) {
        key = event.detail().orElse("");
      } else if (event.caseId() == caseId && event.type() == HistoryEvent.Type.CASE_ENDED) {
        outcome = event.detail().orElse("");
      }
    }
    out.write("  <trace>\n");
    attribute("    ", "string", "concept:name", key.isEmpty() ? Long.toString(caseId) : key);
    attribute("    ", "string", "case", Long.toString(caseId));
    if (!key.isEmpty()) {
      attribute("    ", "string", "key", key);
    }
    if (!outcome.isEmpty()) {
      attribute("    ", "string", "outcome", outcome);
    }
    for (final Map.Entry<String, String> attribute : attributes.entrySet()) {
      attribute("    ", "string", attribute.getKey(), attribute.getValue());
    }
    for (final HistoryEvent event : events) {
      if (!isOfCase(event.type())) {
        write(caseId, event);
      }
    }
    out.write("  </trace>\n");
  }

  private static boolean isOfCase(final HistoryEvent.Type type) {
    return type == HistoryEvent.Type.CASE_STARTED || type == HistoryEvent.Type.CASE_ENDED;
  }

  private void write(final long caseId, final HistoryEvent event) throws IOException {
    out.write("    <event>\n");
    attribute("      ", "string", "concept:name", name(event));
    attribute("      ", "string", "lifecycle:transition", transition(event.type()));
    attribute(
        "      ", "date", "time:timestamp", DateTimeFormatter.ISO_INSTANT.format(event.time()));
    if (event.who().isPresent()) {
      attribute("      ", "string", "org:resource", event.who().get());
    }
    if (event.caseId() != caseId) {
      attribute("      ", "string", "concept:instance", Long.toString(event.caseId()));
    }
    attribute("      ", "string", "event", event.type().name());
    if (event.instance() >= 0) {
      attribute("      ", "int", "instance", Integer.toString(event.instance()));
    }
    if (event.detail().isPresent()) {
      attribute("      ", "string", "detail", event.detail().get());
    }
    out.write("    </event>\n");
  }

  /** The task, or what came from outside. */
  private static String name(final HistoryEvent event) {
    return event.task().or(event::detail).orElse(event.type().name());
  }

  private static String transition(final HistoryEvent.Type type) {
    return switch (type) {
      case WORK_ITEM_ENABLED -> "schedule";
      case WORK_ITEM_STARTED -> "start";
      case WORK_ITEM_COMPLETED, MESSAGE_RECEIVED, SIGNAL_RECEIVED, INSTANCE_ADDED -> "complete";
      case WORK_ITEM_FAILED, WORK_ITEM_TIMED_OUT, WORK_ITEM_CANCELLED -> "ate_abort";
      case WORK_ITEM_WITHDRAWN -> "withdraw";
      case WORK_ITEM_CLAIMED -> "assign";
      case WORK_ITEM_RELEASED, CASE_STARTED, CASE_ENDED -> "unknown";
    };
  }

  private void attribute(
      final String indent, final String type, final String key, final String value)
      throws IOException {
    out.write(indent);
    out.write('<');
    out.write(type);
    out.write(" key=\"");
    escape(key);
    out.write("\" value=\"");
    escape(value);
    out.write("\"/>\n");
  }

  /** Characters that XML 1.0 does not have are replaced; white space in attributes is kept. */
  private void escape(final String text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      final char character = text.charAt(i);
      switch (character) {
        case '<' -> out.write("&lt;");
        case '>' -> out.write("&gt;");
        case '&' -> out.write("&amp;");
        case '"' -> out.write("&quot;");
        case '\n', '\r', '\t' -> out.write("&#" + (int) character + ';');
        default -> out.write(isCharacter(text, i) ? character : REPLACEMENT);
      }
    }
  }

  private static boolean isCharacter(final String text, final int at) {
    final char character = text.charAt(at);
    if (Character.isHighSurrogate(character)) {
      return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
    }
    if (Character.isLowSurrogate(character)) {
      return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
    return character >= ' ' && character < '\ufffe';
  }

  /**
   * Ends the log and flushes it; what it is written to stays open.
   *
   * @throws IOException when it cannot be written
   */
  @Override
  public void close() throws IOException {
    out.write("</log>\n");
    out.flush();
  }
}
