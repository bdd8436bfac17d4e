package io.penstock.engine;

/**
 * How many handlers a shard has under way: as many as it can take the results of in time. The
 * window grows with each result that did not wait long for the shard, and shrinks when one did;
 * where no result comes at all, as from handlers that wait for something, it doubles every
 * millisecond. So handlers that only compute do not take the processor from the shard, and any
 * number can wait.
 *
 * <p>Belongs to the shard's thread.
 */
final class HandOutWindow {
  /** How long results may wait for the shard: a part of W1, which has one millisecond. */
  static final long WAIT_MAX_NS = 250_000;

  /** After so long without a result more handlers are begun. */
  static final long SILENCE_NS = 1_000_000;

  private final int min;
  private final int max;
  private int size;
  private long changedNs;
  private boolean hasShrunk;

  /**
   * Creates a window.
   *
   * @param min with which it begins
   * @param max how large it gets
   */
  HandOutWindow(final int min, final int max) {
    this.min = Math.min(min, max);
    this.max = max;
    size = this.min;
  }

  /** How many handlers may be under way. */
  int size() {
    return size;
  }

  /** A round begins: the window shrinks once in it at most. */
  void begin() {
    hasShrunk = false;
  }

  /** A result has come that has waited so long for the shard. */
  void onResult(final long waitNs, final int underWay) {
    if (waitNs <= WAIT_MAX_NS) {
      size = Math.min(max, size + 1);
    } else if (!hasShrunk) {
      hasShrunk = true;
      size = Math.max(min, Math.min(size, underWay) * 3 / 4);
    }
    changedNs = 0;
  }

  /** Work waits though the window is full: it grows when no result has come for a while. */
  void onFull(final long nowNs) {
    if (changedNs == 0) {
      changedNs = nowNs;
    } else if (nowNs - changedNs >= SILENCE_NS) {
      size = Math.min(max, 2 * size);
      changedNs = nowNs;
    }
  }
}
