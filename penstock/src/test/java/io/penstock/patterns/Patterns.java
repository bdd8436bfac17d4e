package io.penstock.patterns;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** The test classes of all patterns. */
final class Patterns {
  private static final List<Class<?>> FAMILIES =
      List.of(
          BasicControlFlowTest.class,
          AdvancedBranchingAndSynchronizationTest.class,
          MultipleInstancesTest.class,
          StateBasedTest.class,
          CancellationAndForceCompletionTest.class,
          IterationTest.class,
          TerminationTest.class,
          TriggersTest.class);

  private Patterns() {}

  /** An instance of each, in the order of their codes. */
  static List<Pattern> all() throws ReflectiveOperationException {
    final List<Pattern> patterns = new ArrayList<>();
    for (final Class<?> family : FAMILIES) {
      for (final Class<?> nested : family.getDeclaredClasses()) {
        if (nested.isAnnotationPresent(Nested.class)) {
          final Constructor<?> outer = family.getDeclaredConstructor();
          final Constructor<?> inner = nested.getDeclaredConstructor(family);
          patterns.add((Pattern) inner.newInstance(outer.newInstance()));
        }
      }
    }
    patterns.sort(Comparator.comparing(Patterns::title));
    return patterns;
  }

  /** Code and name, as in {@code WCP-01 Sequence}. */
  static String title(final Pattern pattern) {
    return pattern.getClass().getAnnotation(DisplayName.class).value();
  }
}
