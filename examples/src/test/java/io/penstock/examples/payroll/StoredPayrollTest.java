package io.penstock.examples.payroll;

import io.penstock.examples.StoredWorkflow;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoredPayrollTest {
  @Test
  void shouldBeTheSameWhenItWasStored() {
    StoredWorkflow.check(new Payroll(Map.of(), Duration.ZERO).workflow());
  }
}
