package io.penstock.examples.atm;

import io.penstock.workflow.Objective;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * The workflow: PIN up to three times, money put aside, cash paid out with retry, or everything
 * undone.
 */
final class AtmWithdrawal {
  static final Variable<Long> ACCOUNT = Variable.ofLong("account");
  static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  static final Variable<String> PINS = Variable.ofString("pins");
  static final Variable<String> DISPENSER = Variable.ofString("dispenser");

  private static final long PIN_TRIES = 3;
  private static final Variable<Long> TRIES = Variable.ofLong("tries");
  private static final Variable<Boolean> PIN_OK = Variable.ofBoolean("pin-ok");
  private static final Variable<Boolean> COVERED = Variable.ofBoolean("covered");

  private AtmWithdrawal() {}

  static Workflow over(final Bank bank, final CashDispenser dispenser) {
    return Workflow.define("atm-withdrawal")
        .variables(ACCOUNT, AMOUNT, PINS, DISPENSER, TRIES)
        .repeatUntil(
            PIN_OK.isTrue().or(TRIES.isAtLeast(PIN_TRIES)),
            again -> again.inlineTask("verify-pin", work -> verifyPin(bank, work)))
        .choice(
            pin ->
                pin.when(
                        PIN_OK.isFalse(),
                        wrong -> wrong.inlineTask("retain-card", work -> {}).cancel())
                    .otherwise(right -> {}))
        .inlineTask(
            "check-balance",
            work -> work.set(COVERED, bank.hold(work.get(ACCOUNT), work.get(AMOUNT))))
        .choice(
            balance ->
                balance
                    .when(
                        COVERED.isTrue(),
                        covered ->
                            covered
                                .task("dispense-cash", work -> dispense(dispenser, work))
                                .retry(Retry.exponential(3).startingAt(Duration.ofMillis(5)))
                                .onFailure(
                                    broken ->
                                        broken
                                            .task(
                                                "release-hold",
                                                work ->
                                                    bank.release(
                                                        work.get(ACCOUNT), work.get(AMOUNT)))
                                            .cancel())
                                .task(
                                    "update-balance",
                                    work ->
                                        bank.debit(
                                            work.idempotencyKey(),
                                            work.get(ACCOUNT),
                                            work.get(AMOUNT)))
                                .inlineTask("print-receipt", work -> {}))
                    .otherwise(declined -> declined.inlineTask("decline", work -> {})))
        .objective(Objective.p99(Duration.ofSeconds(3)))
        .build();
  }

  private static void verifyPin(final Bank bank, final Work work) {
    final long tries = work.find(TRIES).orElse(0L);
    final String[] pins = work.get(PINS).split(" ", -1);
    final boolean right =
        tries < pins.length && bank.verifyPin(work.get(ACCOUNT), pins[(int) tries]);
    work.set(TRIES, tries + 1).set(PIN_OK, right);
  }

  private static void dispense(final CashDispenser dispenser, final Work work) {
    dispenser.pay(work.idempotencyKey(), work.get(AMOUNT), work.get(DISPENSER), work.attempt());
  }
}
