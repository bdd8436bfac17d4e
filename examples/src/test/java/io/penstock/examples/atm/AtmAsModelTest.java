package io.penstock.examples.atm;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Outcome;
import io.penstock.examples.Twins;
import io.penstock.examples.Twins.Story;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class AtmAsModelTest {
  private static final String MODEL = "example-atm";
  private static final Path DATA = Path.of("data/atm");

  @TempDir private Path work;

  private Map<String, Story> withdraw(
      final String directory, final UnaryOperator<Workflow> form, final CashDispenser dispenser) {
    final Bank bank = Bank.read(DATA.resolve("accounts.csv"));
    final Map<String, Consumer<Inputs>> cases = new LinkedHashMap<>();
    for (final AtmExample.Withdrawal each :
        AtmExample.Withdrawal.readAll(DATA.resolve("withdrawals.csv"))) {
      cases.put(
          each.transaction(),
          in ->
              in.set(AtmWithdrawal.ACCOUNT, each.account())
                  .set(AtmWithdrawal.AMOUNT, each.amount())
                  .set(AtmWithdrawal.PINS, each.pins())
                  .set(AtmWithdrawal.DISPENSER, each.dispenser()));
    }
    return Twins.run(
        work.resolve(directory),
        form.apply(AtmWithdrawal.over(bank, dispenser)),
        cases,
        (handle, clock) -> {},
        Set.of());
  }

  @Test
  void shouldWithdrawAsTheCodeDoesWhenDrawnAsBpmn() {
    final CashDispenser paidByCode = new CashDispenser();
    final CashDispenser paidByModel = new CashDispenser();
    final Map<String, Story> code = withdraw("code", workflow -> workflow, paidByCode);
    final Map<String, Story> model =
        withdraw("model", workflow -> Twins.model(MODEL, workflow), paidByModel);

    assertThat(model).isEqualTo(code);
    assertThat(paidByModel.totalPaid()).isEqualByComparingTo(paidByCode.totalPaid()).isPositive();
    assertThat(code.values())
        .extracting(Story::outcome)
        .contains(Outcome.COMPLETED, Outcome.CANCELLED);
    assertThat(code.get("txn-8278").failure()).contains("jammed");
    assertThat(code.toString()).contains("release-hold", "retain-card", "decline");
  }

  @Test
  void shouldStandInTheDocumentationAsItIs() {
    Twins.assertWritten(
        MODEL, AtmWithdrawal.over(Bank.read(DATA.resolve("accounts.csv")), new CashDispenser()));
  }
}
