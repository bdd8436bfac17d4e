package io.penstock.interchange.xml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An element of a document: names, attributes, text, children. Not changed any more once it is
 * read.
 */
public final class XmlElement {
  private static final int LABEL_MAX = 120;

  private final String namespace;
  private final String name;
  private final int line;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final Map<String, String> qualified = new LinkedHashMap<>();
  private final List<XmlElement> children = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  XmlElement(final String namespace, final String name, final int line) {
    this.namespace = namespace;
    this.name = name;
    this.line = line;
  }

  void attribute(final String uri, final String attributeName, final String value) {
    attributes.putIfAbsent(attributeName, value);
    if (!uri.isEmpty()) {
      qualified.putIfAbsent("{" + uri + "}" + attributeName, value);
    }
  }

  void add(final XmlElement child) {
    children.add(child);
  }

  void append(final String more) {
    text.append(more);
  }

  /**
   * The namespace.
   *
   * @return its URI, empty without one
   */
  public String namespace() {
    return namespace;
  }

  /**
   * The name without its prefix.
   *
   * @return the local name
   */
  public String name() {
    return name;
  }

  /**
   * Where it begins.
   *
   * @return line, from 1
   */
  public int line() {
    return line;
  }

  /**
   * The attributes by their local names.
   *
   * @return name to value, in the order of the file
   */
  public Map<String, String> attributes() {
    return attributes;
  }

  /**
   * An attribute.
   *
   * @param attribute its local name
   * @return the value, or null
   */
  public @Nullable String get(final String attribute) {
    return attributes.get(attribute);
  }

  /**
   * An attribute, or something else where it is absent.
   *
   * @param attribute its local name
   * @param otherwise what it is without
   * @return the value
   */
  public String get(final String attribute, final String otherwise) {
    return attributes.getOrDefault(attribute, otherwise);
  }

  /**
   * An attribute of another namespace than the element's.
   *
   * @param uri the namespace
   * @param attribute its local name
   * @return the value, or empty
   */
  public Optional<String> find(final String uri, final String attribute) {
    return Optional.ofNullable(qualified.get("{" + uri + "}" + attribute));
  }

  /**
   * The elements within.
   *
   * @return the children, in the order of the file
   */
  public List<XmlElement> children() {
    return children;
  }

  /**
   * The elements of a name within.
   *
   * @param childName local name
   * @return those children, in the order of the file
   */
  public List<XmlElement> children(final String childName) {
    return children.stream().filter(child -> child.name.equals(childName)).toList();
  }

  /**
   * The first element of a name within.
   *
   * @param childName local name
   * @return the child, or empty
   */
  public Optional<XmlElement> child(final String childName) {
    return children.stream().filter(child -> child.name.equals(childName)).findFirst();
  }

  /**
   * The text directly within.
   *
   * @return the text, without white space around it
   */
  public String text() {
    return text.toString().strip();
  }

  /**
   * Its id, for messages.
   *
   * @return the id, or the kind where it has none
   */
  public String describe() {
    final String id = attributes.get("id");
    return id == null || id.isBlank() ? name : shorten(id);
  }

  /**
   * Kind and id, for messages.
   *
   * @return {@code element=kind, id=id}
   */
  public String label() {
    final String id = attributes.get("id");
    return "element=" + shorten(name) + (id == null ? "" : ", id=" + shorten(id));
  }

  /**
   * A text of the file, fit for a message.
   *
   * @param value the text
   * @return at most 120 visible characters of it
   */
  public static String shorten(final String value) {
    final String visible = value.replaceAll("\\p{Cntrl}", "?");
    return visible.length() <= LABEL_MAX ? visible : visible.substring(0, LABEL_MAX) + "...";
  }
}
