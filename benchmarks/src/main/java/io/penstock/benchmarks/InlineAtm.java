package io.penstock.benchmarks;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.workflow.Block;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.math.BigDecimal;
import java.util.concurrent.CompletableFuture;

/** The withdrawal: five tasks that do nothing and a choice, without a hop to a worker. */
public final class InlineAtm {
  private static final Variable<Long> ACCOUNT = Variable.ofLong("account");
  private static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  private static final Variable<Boolean> COVERED = Variable.ofBoolean("covered");
  private static final BigDecimal HUNDRED = new BigDecimal("100.00");

  /** Five tasks and a choice. */
  public static final Workflow WORKFLOW = workflow("atm-withdrawal", true);

  /** The same with tasks on worker threads, which is what a task is unless it says otherwise. */
  public static final Workflow ON_WORKERS = workflow("atm-on-workers", false);

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

  /**
   * Starts a case whose tasks run on workers, and waits for nothing.
   *
   * @param engine where the workflow is deployed
   * @param key of the case
   * @return the case, once it is acknowledged
   */
  public static CompletableFuture<CaseHandle> startOnWorkersAsync(
      final Engine engine, final String key) {
    return engine.startAsync(ON_WORKERS, key, InlineAtm::set);
  }

  private static Workflow workflow(final String name, final boolean isInline) {
    final TaskHandler nothing = work -> {};
    final WorkflowBuilder atm = Workflow.define(name).variables(ACCOUNT, AMOUNT);
    task(atm, isInline, "verify-pin", nothing);
    task(atm, isInline, "check-balance", work -> work.set(COVERED, true));
    return atm.choice(
            choice ->
                choice
                    .when(
                        COVERED.isTrue(),
                        then -> {
                          task(then, isInline, "dispense-cash", nothing);
                          task(then, isInline, "update-balance", nothing);
                          task(then, isInline, "print-receipt", nothing);
                        })
                    .otherwise(other -> task(other, isInline, "decline", nothing)))
        .build();
  }

  private static void task(
      final Block<?> block, final boolean isInline, final String name, final TaskHandler handler) {
    if (isInline) {
      block.inlineTask(name, handler);
    } else {
      block.task(name, handler);
    }
  }

  private static void set(final Inputs in) {
    in.set(ACCOUNT, 42L).set(AMOUNT, HUNDRED);
  }
}
