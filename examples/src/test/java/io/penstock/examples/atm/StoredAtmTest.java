package io.penstock.examples.atm;

import io.penstock.examples.StoredWorkflow;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredAtmTest {
  @Test
  void shouldBeTheSameWhenItWasStored() {
    StoredWorkflow.check(AtmWithdrawal.over(new Bank(List.of()), new CashDispenser()));
  }
}
