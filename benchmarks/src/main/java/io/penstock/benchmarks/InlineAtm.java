package io.penstock.benchmarks;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.util.concurrent.CompletableFuture;

/** The withdrawal with inline tasks: five tasks and a choice, no hop to a worker. */
public final class InlineAtm {
  private static final Variable<Long> ACCOUNT = Variable.ofLong("account");
  private static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  private static final Variable<Boolean> COVERED = Variable.ofBoolean("covered");
  private static final BigDecimal HUNDRED = new BigDecimal("100.00");

  /** Five tasks and a choice. */
  public static final Workflow WORKFLOW =
      Workflow.define("atm-withdrawal")
          .variables(ACCOUNT, AMOUNT)
          .inlineTask("verify-pin", work -> {})
          .inlineTask("check-balance", work -> work.set(COVERED, true))
          .choice(
              choice ->
                  choice
                      .when(
                          COVERED.isTrue(),
                          then ->
                              then.inlineTask("dispense-cash", work -> {})
                                  .inlineTask("update-balance", work -> {})
                                  .inlineTask("print-receipt", work -> {}))
                      .otherwise(other -> other.inlineTask("decline", work -> {})))
          .build();

  private InlineAtm() {}

  /**
   * Starts a case.
   *
   * @param engine where the workflow is deployed
   * @return the case
   */
  public static CaseHandle start(final Engine engine) {
    return engine.start(WORKFLOW, InlineAtm::set);
  }

  /**
   * Starts a case and waits for nothing.
   *
   * @param engine where the workflow is deployed
   * @param key of the case
   * @return the case, once it is acknowledged
   */
  public static CompletableFuture<CaseHandle> startAsync(final Engine engine, final String key) {
    return startAsync(engine, WORKFLOW, key);
  }

  /**
   * Starts a case of a workflow with the same variables.
   *
   * @param engine where the workflow is deployed
   * @param workflow the workflow
   * @param key of the case
   * @return the case, once it is acknowledged
   */
  static CompletableFuture<CaseHandle> startAsync(
      final Engine engine, final Workflow workflow, final String key) {
    return engine.startAsync(workflow, key, InlineAtm::set);
  }

  private static void set(final Inputs in) {
    in.set(ACCOUNT, 42L).set(AMOUNT, HUNDRED);
  }
}
