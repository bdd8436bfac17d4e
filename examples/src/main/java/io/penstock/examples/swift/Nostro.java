package io.penstock.examples.swift;

import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The accounts between the banks; each key books once. Safe for any thread. */
final class Nostro {
  private final Map<String, BigDecimal> debits = new ConcurrentHashMap<>();
  private final Map<String, BigDecimal> credits = new ConcurrentHashMap<>();

  void debit(final String idempotencyKey, final BigDecimal amount) {
    debits.putIfAbsent(idempotencyKey, amount);
  }

  void credit(final String idempotencyKey, final BigDecimal amount) {
    credits.putIfAbsent(idempotencyKey, amount);
  }

  BigDecimal debited() {
    return debits.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  BigDecimal credited() {
    return credits.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
