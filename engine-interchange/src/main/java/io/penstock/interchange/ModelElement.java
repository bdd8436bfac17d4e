package io.penstock.interchange;

import java.util.Map;
import java.util.Optional;

/**
 * A task of a model as a resolver of handlers sees it. Immutable.
 *
 * @param id its id, which is the name of the task in the workflow
 * @param name its name, empty where it has none
 * @param type its kind, such as {@code serviceTask}
 * @param line where it begins, from 1
 * @param properties its attributes by their local names, those of other namespaces included, and
 *     {@code script} for the text of a script
 */
public record ModelElement(
    String id, String name, String type, int line, Map<String, String> properties) {
  /**
   * Keeps a copy of the properties.
   *
   * @param id its id
   * @param name its name
   * @param type its kind
   * @param line where it begins
   * @param properties what else is said of it
   */
  public ModelElement {
    properties = Map.copyOf(properties);
  }

  /**
   * A property.
   *
   * @param property name of an attribute, or {@code script}
   * @return its value, or empty
   */
  public Optional<String> property(final String property) {
    return Optional.ofNullable(properties.get(property));
  }
}
