package io.penstock.telemetry;

import io.penstock.engine.Rejection;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Counts refused commands by their reason. Any thread; wait-free but for a first contention. */
final class Rejections {
  private final Map<String, LongAdder> byName =
      Arrays.stream(Rejection.values())
          .map(Rejection::name)
          .collect(Collectors.toUnmodifiableMap(Function.identity(), none -> new LongAdder()));

  void count(final String name) {
    final LongAdder counter = byName.get(name);
    if (counter != null) {
      counter.increment();
    }
  }

  /** Shows each reason, in the lower case of the semantic conventions, with its counter. */
  void forEach(final BiConsumer<String, LongAdder> visitor) {
    byName.forEach((name, count) -> visitor.accept(name.toLowerCase(Locale.ROOT), count));
  }
}
