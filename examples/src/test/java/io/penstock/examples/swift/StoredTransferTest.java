package io.penstock.examples.swift;

import io.penstock.examples.StoredWorkflow;
import org.junit.jupiter.api.Test;

class StoredTransferTest {
  @Test
  void shouldBeTheSameWhenItWasStored() {
    StoredWorkflow.check(Transfer.through(new Nostro()));
  }
}
