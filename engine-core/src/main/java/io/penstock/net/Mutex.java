package io.penstock.net;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * The critical sections of a net that exclude each other: held while any of their conditions is
 * marked or any of their tasks busy. There is no token to lose. Immutable.
 */
final class Mutex {
  final String name;
  final int[] entries;
  final int[] tasks;
  final int[] conditions;
  final long[] taskWords;
  final CriticalSections sections;

  /** Right when the net is masked. */
  final long conditionMask;

  Mutex(final NetBuilder.MutexSpec spec) {
    name = spec.name;
    entries = array(spec.entries);
    tasks = array(spec.tasks);
    conditions = array(spec.conditions);
    sections = new CriticalSections(name, spec.sections.stream().map(List::copyOf).toList());
    final BitSet taskSet = new BitSet();
    spec.tasks.forEach(taskSet::set);
    taskWords = taskSet.toLongArray();
    conditionMask = spec.conditions.stream().mapToLong(at -> 1L << at).reduce(0, (a, b) -> a | b);
  }

  private static int[] array(final Set<Integer> indices) {
    return indices.stream().mapToInt(Integer::intValue).toArray();
  }

  String canonicalForm() {
    return name + Arrays.toString(entries) + Arrays.toString(tasks) + Arrays.toString(conditions);
  }
}
