package io.penstock.telemetry;

import java.util.Arrays;

/**
 * Inline tasks and commands that ended since the clock was last read, and share the time from then
 * until it is read again. The counts of all {@linkplain EventKinds kinds} lie side by side, so that
 * a step touches few cache lines. Belongs to the shard's thread; allocates when a kind is added, at
 * no other time.
 */
final class UntimedSteps {
  /** As many steps share one reading at most. */
  static final int STEPS_MAX = 64;

  private final EventKinds kinds;
  private int[] counts = {};

  /** The numbers of the kinds whose count is not 0. */
  private int[] counted = {};

  private int countedLength;
  private int steps;
  private int commands;
  private long sinceNs;

  UntimedSteps(final EventKinds kinds) {
    this.kinds = kinds;
    makeRoom();
  }

  /** Makes room for all kinds; when some were added. */
  void makeRoom() {
    counts = Arrays.copyOf(counts, kinds.length());
    counted = Arrays.copyOf(counted, kinds.length());
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
        final EventKinds.EventKind kind = kinds.get(counted[i]);
        final int times = counts[counted[i]];
        counts[counted[i]] = 0;
        kind.count(kind.isStep() ? stepNs : commandNs, nowNs, times);
      }
      countedLength = 0;
      steps = 0;
      commands = 0;
    }
    sinceNs = nowNs;
  }
}
