package io.penstock.interchange.xml;

/**
 * Looks over the tags of a document before a parser does, in linear time: parsers compare the
 * attributes and prefixes of an element with each other.
 */
final class Tags {
  /** Most attributes of an element, declarations of prefixes included. */
  static final int ATTRIBUTES_MAX = 200;

  private final String text;
  private int at;

  Tags(final String text) {
    this.text = text;
  }

  /** The line of the first element with more attributes than the limit, or 0. */
  int lineOfTooMany() {
    while ((at = text.indexOf('<', at)) >= 0) {
      final int begin = at;
      if (text.startsWith("<!--", at)) {
        skip("-->");
      } else if (text.startsWith("<![CDATA[", at)) {
        skip("]]>");
      } else if (text.startsWith("<?", at)) {
        skip("?>");
      } else if (attributes() > ATTRIBUTES_MAX) {
        return 1 + (int) text.substring(0, begin).chars().filter(each -> each == '\n').count();
      }
    }
    return 0;
  }

  private void skip(final String end) {
    final int found = text.indexOf(end, at);
    at = found < 0 ? text.length() : found + end.length();
  }

  /** Goes to the end of a tag and counts the signs of equality that are not in quotes. */
  private int attributes() {
    int attributes = 0;
    char quote = 0;
    for (at++; at < text.length(); at++) {
      final char each = text.charAt(at);
      if (quote != 0) {
        quote = each == quote ? 0 : quote;
      } else if (each == '"' || each == '\'') {
        quote = each;
      } else if (each == '>') {
        break;
      } else if (each == '=') {
        attributes++;
      }
    }
    return attributes;
  }
}
