package io.penstock.net;

import java.util.List;

/**
 * The critical sections of one mutex (WCP-39), as they were declared. Immutable.
 *
 * @param mutex name of the mutex
 * @param sections indices of the tasks of each section, in the order of their declaration
 */
public record CriticalSections(String mutex, List<List<Integer>> sections) {
  /**
   * Keeps a copy.
   *
   * @param mutex name of the mutex
   * @param sections indices of the tasks of each section
   */
  public CriticalSections {
    sections = sections.stream().map(List::copyOf).toList();
  }
}
