package io.penstock.interchange.form;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of a document, whether JSON or YAML: what is read, with its line, and what is to be
 * written. An object keeps the order of its members. Not thread safe.
 */
final class Node {
  /** What a value is. */
  enum Kind {
    OBJECT,
    LIST,
    TEXT,
    NUMBER,
    TRUTH,
    NOTHING;

    @Override
    public String toString() {
      return switch (this) {
        case OBJECT -> "an object";
        case LIST -> "a list";
        case TEXT -> "a text";
        case NUMBER -> "a number";
        case TRUTH -> "true or false";
        case NOTHING -> "null";
      };
    }
  }

  final Kind kind;

  /** Where it begins, from 1; 0 in what is to be written. */
  final int line;

  /** Text, number or truth as it is written; empty for all others. */
  final String text;

  final Map<String, Node> members = new LinkedHashMap<>();
  final List<Node> items = new ArrayList<>();

  Node(final Kind kind, final int line, final String text) {
    this.kind = kind;
    this.line = line;
    this.text = text;
  }

  static Node object() {
    return new Node(Kind.OBJECT, 0, "");
  }

  static Node list() {
    return new Node(Kind.LIST, 0, "");
  }

  static Node text(final String text) {
    return new Node(Kind.TEXT, 0, text);
  }

  static Node number(final long number) {
    return new Node(Kind.NUMBER, 0, Long.toString(number));
  }

  static Node number(final double number) {
    return new Node(Kind.NUMBER, 0, Double.toString(number));
  }

  static Node truth(final boolean truth) {
    return new Node(Kind.TRUTH, 0, Boolean.toString(truth));
  }

  static Node texts(final Iterable<String> texts) {
    final Node list = list();
    texts.forEach(text -> list.add(text(text)));
    return list;
  }

  Node put(final String name, final Node value) {
    members.put(name, value);
    return this;
  }

  Node put(final String name, final String value) {
    return put(name, text(value));
  }

  Node add(final Node value) {
    items.add(value);
    return this;
  }

  boolean isContainer() {
    return kind == Kind.OBJECT || kind == Kind.LIST;
  }
}
