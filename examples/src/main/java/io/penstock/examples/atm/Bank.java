package io.penstock.examples.atm;

import io.penstock.examples.CsvFile;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bank behind the cash machines: accounts, holds on money, and debits that happen once for each
 * key.
 *
 * <p>Stands for the system of record that a real workflow talks to. Safe for any thread.
 */
final class Bank {
  private final Map<Long, Account> accounts = new ConcurrentHashMap<>();
  private final Set<String> debited = ConcurrentHashMap.newKeySet();

  Bank(final List<Account> opening) {
    opening.forEach(account -> accounts.put(account.number(), account));
  }

  static Bank read(final Path csv) {
    return new Bank(
        CsvFile.read(
            csv,
            Set.of("account", "owner", "pin", "balance"),
            line ->
                new Account(
                    Long.parseLong(line.get("account")),
                    line.get("pin"),
                    new BigDecimal(line.get("balance")),
                    BigDecimal.ZERO)));
  }

  boolean verifyPin(final long account, final String pin) {
    return find(account).pin().equals(pin);
  }

  /** Puts money aside; false when there is not enough. */
  boolean hold(final long account, final BigDecimal amount) {
    final boolean[] held = new boolean[1];
    accounts.computeIfPresent(
        account,
        (number, before) -> {
          held[0] = before.balance().subtract(before.held()).compareTo(amount) >= 0;
          return held[0] ? before.withHeld(before.held().add(amount)) : before;
        });
    return held[0];
  }

  void release(final long account, final BigDecimal amount) {
    accounts.computeIfPresent(
        account, (number, before) -> before.withHeld(before.held().subtract(amount)));
  }

  /** Takes money that was put aside; the same key takes it once. */
  void debit(final String idempotencyKey, final long account, final BigDecimal amount) {
    if (debited.add(idempotencyKey)) {
      accounts.computeIfPresent(
          account,
          (number, before) ->
              new Account(
                  number,
                  before.pin(),
                  before.balance().subtract(amount),
                  before.held().subtract(amount)));
    }
  }

  BigDecimal totalBalance() {
    return accounts.values().stream()
        .map(Account::balance)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  BigDecimal totalHeld() {
    return accounts.values().stream().map(Account::held).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private Account find(final long number) {
    final Account account = accounts.get(number);
    if (account == null) {
      throw new IllegalArgumentException("account must exist: account=" + number);
    }
    return account;
  }

  /** One account. */
  record Account(long number, String pin, BigDecimal balance, BigDecimal held) {
    Account withHeld(final BigDecimal newHeld) {
      return new Account(number, pin, balance, newHeld);
    }
  }
}
