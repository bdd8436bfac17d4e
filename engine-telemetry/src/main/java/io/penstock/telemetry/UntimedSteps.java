package io.penstock.telemetry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Inline tasks and commands that ended since the clock was last read, and share the time from then
 * until it is read again. Each kind of event has a number and a count; the counts lie side by side,
 * so that a step touches few cache lines. Belongs to the shard's thread; allocates when a kind is
 * added, at no other time.
 */
final class UntimedSteps {
  /** As many steps share one reading at most. */
  static final int STEPS_MAX = 64;

  private static final int KINDS_FIRST = 64;

  /** Is told of a kind of event, once the time is known. */
  @FunctionalInterface
  interface Settlement {
    /**
     * So many happened.
     *
     * @param times how many, 1 or more
     * @param stepNs what each step took
     * @param commandNs what each command took, with its steps
     * @param nowNs monotonic time
     */
    void settle(int times, long stepNs, long commandNs, long nowNs);
  }

  private final List<Settlement> kinds = new ArrayList<>();
  private int[] counts = new int[KINDS_FIRST];

  /** The kinds whose count is not 0. */
  private int[] counted = new int[KINDS_FIRST];

  private int countedLength;
  private int steps;
  private int commands;
  private long sinceNs;

  /** Gives a kind of event its number, which is one more than that of the kind before. */
  int add(final Settlement kind) {
    final int number = kinds.size();
    if (number == counts.length) {
      counts = Arrays.copyOf(counts, 2 * number);
      counted = Arrays.copyOf(counted, 2 * number);
    }
    kinds.add(kind);
    return number;
  }

  boolean isEmpty() {
    return steps == 0;
  }

  /** Whether one more step has to be timed. */
  boolean isFull() {
    return steps >= STEPS_MAX - 1;
  }

  /** The clock was read, and what is done from now on takes time from now on. */
  void begin(final long nowNs) {
    if (steps == 0) {
      sinceNs = nowNs;
    }
  }

  /** A task of this kind ran. */
  void addStep(final int kind) {
    count(kind);
    steps++;
  }

  /** A command of this kind is done, which is a step, too. */
  void addCommand(final int kind) {
    addStep(kind);
    commands++;
  }

  /** Something of this kind happened, with a command or a task that is about to be added. */
  void count(final int kind) {
    if (counts[kind]++ == 0) {
      counted[countedLength++] = kind;
    }
  }

  /** The clock was read: each step took an equal part of the time since it was read before. */
  void settle(final long nowNs) {
    if (steps > 0) {
      final long elapsedNs = nowNs - sinceNs;
      final long stepNs = elapsedNs / steps;
      final long commandNs = elapsedNs / Math.max(commands, 1);
      for (int i = 0; i < countedLength; i++) {
        final int kind = counted[i];
        final int times = counts[kind];
        counts[kind] = 0;
        kinds.get(kind).settle(times, stepNs, commandNs, nowNs);
      }
      countedLength = 0;
      steps = 0;
      commands = 0;
    }
    sinceNs = nowNs;
  }
}
