package io.penstock;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The withdrawal of the README, with a dispenser that counts. */
final class Atm {
  static final Variable<Long> ACCOUNT = Variable.ofLong("account");
  static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  static final Variable<Boolean> COVERED = Variable.ofBoolean("covered");

  private final Set<String> dispensed = ConcurrentHashMap.newKeySet();
  private final Workflow workflow =
      Workflow.define("atm-withdrawal")
          .variables(ACCOUNT, AMOUNT)
          .inlineTask("verify-pin", work -> {})
          .inlineTask("check-balance", work -> work.set(COVERED, work.get(AMOUNT).signum() > 0))
          .choice(
              choice ->
                  choice
                      .when(
                          COVERED.isTrue(),
                          then ->
                              then.task(
                                      "dispense-cash", work -> dispensed.add(work.idempotencyKey()))
                                  .inlineTask("update-balance", work -> {})
                                  .inlineTask("print-receipt", work -> {}))
                      .otherwise(other -> other.inlineTask("decline", work -> {})))
          .build();

  Workflow workflow() {
    return workflow;
  }

  CaseHandle start(final Engine engine, final String transaction) {
    return engine.start(
        workflow, transaction, in -> in.set(ACCOUNT, 42L).set(AMOUNT, new BigDecimal("100.00")));
  }

  int dispensed() {
    return dispensed.size();
  }
}
