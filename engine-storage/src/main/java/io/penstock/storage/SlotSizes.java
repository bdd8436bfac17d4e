package io.penstock.storage;

/**
 * Slot sizes of a slab: four to each doubling, so that a slot is at most a quarter longer than
 * asked.
 */
final class SlotSizes {
  /** Number of size classes; the largest holds every record that a journal segment can. */
  static final int COUNT = 4 * 24 + 1;

  private static final int LENGTH_MIN_LOG2 = 6;
  private static final int STEPS_LOG2 = 2;
  private static final int STEPS = 1 << STEPS_LOG2;

  private SlotSizes() {}

  /**
   * The smallest class whose slots are long enough.
   *
   * @param length bytes, at least 1
   * @return the class, in [0, COUNT)
   */
  static int classOf(final int length) {
    if (length <= 1 << LENGTH_MIN_LOG2) {
      return 0;
    }
    final int log2 = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(length - 1);
    final int step = ((length - 1) >>> (log2 - STEPS_LOG2)) - STEPS + 1;
    return (log2 - LENGTH_MIN_LOG2) * STEPS + step;
  }

  /**
   * Length of a class's slots.
   *
   * @param sizeClass the class
   * @return bytes, a multiple of 8
   */
  static int length(final int sizeClass) {
    final int base = 1 << (LENGTH_MIN_LOG2 + sizeClass / STEPS);
    return base + base / STEPS * (sizeClass % STEPS);
  }
}
