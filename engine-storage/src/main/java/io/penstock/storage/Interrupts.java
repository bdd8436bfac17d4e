package io.penstock.storage;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a pending interrupt of the calling thread away from file channels, which would close for it
 * and look like a broken disk.
 */
final class Interrupts {
  private Interrupts() {}

  /**
   * Runs an action without the interrupt that is pending, and sets it again after.
   *
   * @param action opens or makes files
   * @param <T> what it returns
   * @return what it returned
   */
  static <T extends @Nullable Object> T deferredDuring(final Supplier<T> action) {
    final boolean interrupted = Thread.interrupted();
    try {
      return action.get();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
