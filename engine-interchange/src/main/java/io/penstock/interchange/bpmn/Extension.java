package io.penstock.interchange.bpmn;

import io.penstock.interchange.xml.XmlElement;
import java.util.List;
import java.util.Optional;

/**
 * What BPMN has no words for and its schema has room for: attributes and elements of a namespace of
 * our own, which other tools keep and pass over.
 */
final class Extension {
  static final String NAMESPACE = "urn:penstock:bpmn:1";

  /** Of an activity: its handler runs on the shard's own thread. */
  static final String INLINE = "inline";

  /** Of an activity: tries in all, the first rest, its multiplier, and the longest rest. */
  static final String RETRY = "retry";

  /** Of a task or a catching event: the case times out when it takes longer. */
  static final String DEADLINE = "deadline";

  /** Of the error definition of a boundary event: catches every failure of the handler. */
  static final String FAILURE = "failure";

  /** Of a terminate definition: the case ends as cancelled. */
  static final String CANCEL = "cancel";

  /**
   * Of an inclusive gateway, {@code or}: decides exactly which tokens can still come. Of a complex
   * one, {@code blocking}: holds a second token of a branch until all have come once.
   */
  static final String JOIN = "join";

  /** Within a multi-instance activity: a reduction, of {@code from} into {@code into}. */
  static final String REDUCE = "reduce";

  private Extension() {}

  static Optional<String> get(final XmlElement element, final String attribute) {
    return element.find(NAMESPACE, attribute);
  }

  static boolean isTrue(final XmlElement element, final String attribute) {
    return XmlElement.truth(get(element, attribute).orElse(null)).orElse(false);
  }

  /** Whether there is nothing but our own within the extensions of an element. */
  static boolean isOwn(final XmlElement child) {
    return child.name().equals("extensionElements")
        && !child.children().isEmpty()
        && child.children().stream().allMatch(each -> each.namespace().equals(NAMESPACE));
  }

  /** The elements of a name within the extensions of an element. */
  static List<XmlElement> elements(final XmlElement element, final String name) {
    return element.children("extensionElements").stream()
        .flatMap(extensions -> extensions.children(NAMESPACE, name).stream())
        .toList();
  }
}
