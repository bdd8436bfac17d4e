package io.penstock.examples.atm;

import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A cash dispenser that jams when the data say so, and pays once for each key. Safe for any thread.
 */
final class CashDispenser {
  private final Map<String, BigDecimal> paid = new ConcurrentHashMap<>();

  /** Pays out, or throws when the dispenser is jammed at this try. */
  void pay(
      final String idempotencyKey,
      final BigDecimal amount,
      final String condition,
      final int attempt) {
    final int jams =
        switch (condition) {
          case "ok" -> 0;
          case "jams-once" -> 1;
          case "jams-twice" -> 2;
          case "broken" -> Integer.MAX_VALUE;
          default ->
              throw new IllegalArgumentException(
                  "dispenser condition must be known: condition=" + condition);
        };
    if (attempt <= jams) {
      throw new IllegalStateException("dispenser is jammed");
    }
    paid.putIfAbsent(idempotencyKey, amount);
  }

  BigDecimal totalPaid() {
    return paid.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
