package io.penstock.examples.atm;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.examples.CsvFile;
import io.penstock.workflow.Workflow;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs a file of withdrawals and checks that the bank's money adds up. */
public final class AtmExample {
  private AtmExample() {}

  /**
   * Runs every withdrawal of a folder's {@code withdrawals.csv} on the accounts of its {@code
   * accounts.csv}.
   *
   * @param engine an open engine
   * @param data the folder
   * @param out receives progress and results
   * @return how the cases ended, and whether the money adds up
   */
  public static Result run(final Engine engine, final Path data, final PrintStream out) {
    final Bank bank = Bank.read(data.resolve("accounts.csv"));
    final CashDispenser dispenser = new CashDispenser();
    final Workflow workflow = AtmWithdrawal.over(bank, dispenser);
    final BigDecimal before = bank.totalBalance();
    engine.deploy(workflow);

    final Map<Withdrawal, CaseHandle> cases = new LinkedHashMap<>();
    for (final Withdrawal withdrawal : Withdrawal.readAll(data.resolve("withdrawals.csv"))) {
      cases.put(
          withdrawal,
          engine.start(
              workflow,
              withdrawal.transaction(),
              in ->
                  in.set(AtmWithdrawal.ACCOUNT, withdrawal.account())
                      .set(AtmWithdrawal.AMOUNT, withdrawal.amount())
                      .set(AtmWithdrawal.PINS, withdrawal.pins())
                      .set(AtmWithdrawal.DISPENSER, withdrawal.dispenser())));
    }
    final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    cases.forEach(
        (withdrawal, handle) -> {
          final Outcome outcome = handle.join();
          outcomes.merge(outcome, 1, Integer::sum);
          if (outcome != Outcome.COMPLETED) {
            out.printf(
                "  %s  account %d  %8s  %s %s%n",
                withdrawal.transaction(),
                withdrawal.account(),
                withdrawal.amount(),
                outcome,
                handle.failure().map(text -> "(" + text + ")").orElse("(card retained)"));
          }
        });
    final Result result =
        new Result(outcomes, before, bank.totalBalance(), dispenser.totalPaid(), bank.totalHeld());
    out.printf(
        "  %d withdrawals: %s; balances %s - dispensed %s = %s, held %s: %s%n",
        cases.size(),
        outcomes,
        before,
        result.dispensed(),
        result.balanceAfter(),
        result.held(),
        result.addsUp() ? "adds up" : "DOES NOT ADD UP");
    return result;
  }

  /**
   * How it went.
   *
   * @param outcomes number of cases by outcome
   * @param balanceBefore all balances before
   * @param balanceAfter all balances after
   * @param dispensed cash paid out
   * @param held money still put aside
   */
  public record Result(
      Map<Outcome, Integer> outcomes,
      BigDecimal balanceBefore,
      BigDecimal balanceAfter,
      BigDecimal dispensed,
      BigDecimal held) {
    /**
     * Whether every cent is where it should be.
     *
     * @return true when it is
     */
    public boolean addsUp() {
      return balanceBefore.subtract(dispensed).compareTo(balanceAfter) == 0 && held.signum() == 0;
    }
  }

  /** One line of the file. */
  record Withdrawal(
      String transaction, long account, String pins, BigDecimal amount, String dispenser) {
    static List<Withdrawal> readAll(final Path csv) {
      return CsvFile.read(
          csv,
          Set.of("transaction", "account", "pins", "amount", "dispenser"),
          line ->
              new Withdrawal(
                  line.get("transaction"),
                  Long.parseLong(line.get("account")),
                  line.get("pins"),
                  new BigDecimal(line.get("amount")),
                  line.get("dispenser")));
    }
  }
}
