package io.penstock.telemetry;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Tells a metric by how much a number has changed since it was last told; at first also that it is
 * 0, so that its first change shows as one. Not thread safe.
 */
final class CounterReplay {
  private final LongSupplier source;
  private final LongConsumer target;
  private long replayed;
  private boolean isKnown;

  CounterReplay(final LongSupplier source, final LongConsumer target) {
    this.source = source;
    this.target = target;
  }

  void replay() {
    tell(source.getAsLong());
  }

  /** Takes back all that was told. */
  void takeBack() {
    tell(0);
  }

  private void tell(final long current) {
    final long difference = current - replayed;
    if (difference != 0 || !isKnown) {
      isKnown = true;
      target.accept(difference);
      replayed = current;
    }
  }
}
