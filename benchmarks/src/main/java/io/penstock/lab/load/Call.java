package io.penstock.lab.load;

import org.jspecify.annotations.Nullable;

/** What a load does again and again. */
@FunctionalInterface
public interface Call {
  /**
   * Begins one; returns as soon as it can, as those that come after it wait.
   *
   * @param index counts from 0
   * @param end is told, once, on any thread, when it is over
   */
  void begin(long index, End end);

  /** Told when a call is over. */
  interface End {
    /**
     * It is over.
     *
     * @param failure what was wrong, or null when it went well
     */
    void done(@Nullable Throwable failure);
  }
}
