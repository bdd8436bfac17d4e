package io.penstock.telemetry.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259), member by member; knows just enough for a report. Not thread safe. */
final class JsonText {
  private final StringBuilder text = new StringBuilder();
  private boolean needsComma;

  JsonText begin(final char bracket) {
    separate();
    text.append(bracket);
    needsComma = false;
    return this;
  }

  JsonText end(final char bracket) {
    text.append(bracket);
    needsComma = true;
    return this;
  }

  JsonText name(final String name) {
    separate();
    quote(name);
    text.append(':');
    needsComma = false;
    return this;
  }

  JsonText value(final @Nullable String value) {
    separate();
    if (value == null) {
      text.append("null");
    } else {
      quote(value);
    }
    return this;
  }

  JsonText value(final long value) {
    separate();
    text.append(value);
    return this;
  }

  JsonText value(final boolean value) {
    separate();
    text.append(value);
    return this;
  }

  /** A number, or null for one that JSON does not know. */
  JsonText value(final double value) {
    separate();
    if (!Double.isFinite(value)) {
      text.append("null");
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      text.append((long) value);
    } else {
      text.append(value);
    }
    return this;
  }

  private void separate() {
    if (needsComma) {
      text.append(',');
    }
    needsComma = true;
  }

  private void quote(final String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      final char each = value.charAt(i);
      if (each == '"' || each == '\\') {
        text.append('\\').append(each);
      } else if (each < ' ') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) each));
      } else {
        text.append(each);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
