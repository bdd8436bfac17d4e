package io.penstock.interchange.xml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An element of a document: names, attributes, text, children. Not changed any more once it is
 * read.
 */
public final class XmlElement {
  private static final int LABEL_MAX = 120;

  /** Attributes that are text for people or programs: their white space is theirs. */
  private static final Set<String> TEXTS = Set.of("name", "errorCode", "escalationCode");

  private final String namespace;
  private final String name;
  private final int line;

  /** Those without a prefix: in no namespace, as attributes of a vocabulary's own elements are. */
  private final Map<String, String> attributes = new LinkedHashMap<>();

  private final Map<String, String> foreign = new LinkedHashMap<>();
  private final Map<String, String> qualified = new LinkedHashMap<>();
  private final List<XmlElement> children = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final Map<String, String> prefixes = new LinkedHashMap<>();
  private @Nullable XmlElement parent;

  XmlElement(final String namespace, final String name, final int line) {
    this.namespace = namespace;
    this.name = name;
    this.line = line;
  }

  void attribute(final String uri, final String attributeName, final String value) {
    if (uri.isEmpty()) {
      attributes.put(attributeName, TEXTS.contains(attributeName) ? value : value.strip());
    } else {
      foreign.putIfAbsent(attributeName, value);
      qualified.put("{" + uri + "}" + attributeName, value.strip());
    }
  }

  void prefix(final String prefix, final String uri) {
    prefixes.put(prefix, uri);
  }

  void add(final XmlElement child) {
    child.parent = this;
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
   * The namespace that a prefix stands for here.
   *
   * @param prefix the prefix of a qualified name
   * @return its URI, or empty where it is not declared
   */
  public Optional<String> namespaceOf(final String prefix) {
    for (XmlElement around = this; around != null; around = around.parent) {
      final String uri = around.prefixes.get(prefix);
      if (uri != null) {
        return Optional.of(uri);
      }
    }
    return Optional.empty();
  }

  /**
   * All attributes by their local names, for those who do not care for namespaces; of two with the
   * same name the one without a prefix.
   *
   * @return name to value
   */
  public Map<String, String> attributes() {
    final Map<String, String> all = new LinkedHashMap<>(foreign);
    all.putAll(attributes);
    return all;
  }

  /**
   * An attribute without a prefix.
   *
   * @param attribute its name
   * @return the value, but for names and codes without white space around it, or null
   */
  public @Nullable String get(final String attribute) {
    return attributes.get(attribute);
  }

  /**
   * An attribute without a prefix, or something else where it is absent.
   *
   * @param attribute its name
   * @param otherwise what it is without
   * @return the value, but for names and codes without white space around it
   */
  public String get(final String attribute, final String otherwise) {
    return attributes.getOrDefault(attribute, otherwise);
  }

  /**
   * A truth of XML Schema: {@code true}, {@code 1}, {@code false} or {@code 0}.
   *
   * @param attribute name of an attribute without a prefix
   * @param otherwise what it is without, or where it is no truth
   * @return the value
   */
  public boolean is(final String attribute, final boolean otherwise) {
    return truth(attributes.get(attribute)).orElse(otherwise);
  }

  /**
   * Reads a truth of XML Schema.
   *
   * @param text what stands there, or null
   * @return what it says, or empty where it is none
   */
  public static Optional<Boolean> truth(final @Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    return switch (text.strip()) {
      case "true", "1" -> Optional.of(true);
      case "false", "0" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /**
   * An attribute of another namespace than the element's.
   *
   * @param uri the namespace
   * @param attribute its local name
   * @return the value without white space around it, or empty
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
   * The elements of a name within, in the namespace of this one.
   *
   * @param childName local name
   * @return those children, in the order of the file
   */
  public List<XmlElement> children(final String childName) {
    return children(namespace, childName);
  }

  /**
   * The elements of a name within.
   *
   * @param uri the namespace
   * @param childName local name
   * @return those children, in the order of the file
   */
  public List<XmlElement> children(final String uri, final String childName) {
    return children.stream()
        .filter(child -> child.name.equals(childName) && child.namespace.equals(uri))
        .toList();
  }

  /**
   * The first element of a name within, in the namespace of this one.
   *
   * @param childName local name
   * @return the child, or empty
   */
  public Optional<XmlElement> child(final String childName) {
    return children.stream()
        .filter(child -> child.name.equals(childName) && child.namespace.equals(namespace))
        .findFirst();
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
