package io.penstock.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Where commands print: what would steer a terminal (escape sequences, other control characters,
 * marks of writing direction, line and paragraph separators) is shown as {@code \}{@code u001b}, so
 * that no name or text of a user does. Line ends pass, as each line of a command has one; texts of
 * users go through {@link #line} first. Documents for other programs and the screen of {@code top}
 * are written {@link #raw}.
 */
final class Terminal extends PrintWriter {
  private final PrintWriter raw;

  /**
   * Starts printing.
   *
   * @param raw takes what is printed
   */
  Terminal(final PrintWriter raw) {
    super(new Escaping(raw), false);
    this.raw = raw;
  }

  /** The writer that changes nothing. */
  static PrintWriter raw(final PrintWriter out) {
    return out instanceof Terminal terminal ? terminal.raw : out;
  }

  /** A text of a user on one line. */
  static String line(final String text) {
    final StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            each -> {
              if (each == '\n' || each == '\r' || steers(each)) {
                escape(line, each);
              } else {
                line.appendCodePoint(each);
              }
            });
    return line.toString();
  }

  private static boolean steers(final int character) {
    if (character == '\n' || character == '\r' || character == '\t') {
      return false;
    }
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static void escape(final StringBuilder text, final int character) {
    for (final char each : Character.toChars(character)) {
      text.append(String.format("\\u%04x", (int) each));
    }
  }

  /** Escapes character by character; those beyond 16 bits pass in their two halves. */
  private static final class Escaping extends FilterWriter {
    Escaping(final Writer out) {
      super(out);
    }

    @Override
    public void write(final int character) throws IOException {
      write(new char[] {(char) character}, 0, 1);
    }

    @Override
    public void write(final char[] characters, final int offset, final int length)
        throws IOException {
      write(new String(characters, offset, length), 0, length);
    }

    @Override
    public void write(final String text, final int offset, final int length) throws IOException {
      int begin = offset;
      for (int at = offset; at < offset + length; at++) {
        if (steers(text.charAt(at))) {
          out.write(text, begin, at - begin);
          final StringBuilder escaped = new StringBuilder();
          escape(escaped, text.charAt(at));
          out.write(escaped.toString());
          begin = at + 1;
        }
      }
      out.write(text, begin, offset + length - begin);
    }
  }
}
