package io.penstock.telemetry;

import io.penstock.workflow.Objective;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;

/** Cash withdrawals: inline and worker tasks, a choice, and a variant that waits for a message. */
final class Atm {
  static final String NAME = "atm-withdrawal";
  static final Variable<Boolean> COVERED = Variable.ofBoolean("covered");

  private Atm() {}

  static Workflow workflow(final TaskHandler dispenser) {
    return Workflow.define(NAME)
        .variables(COVERED)
        .inlineTask("verify-pin", work -> {})
        .task("check-balance", work -> work.set(COVERED, true))
        .choice(
            choice ->
                choice
                    .when(
                        COVERED.isTrue(),
                        then ->
                            then.task("dispense-cash", dispenser)
                                .inlineTask("update-balance", work -> {})
                                .task("print-receipt", work -> {}))
                    .otherwise(other -> other.task("decline", work -> {})))
        .objective(Objective.p99(Duration.ofHours(1)))
        .build();
  }

  static Workflow withApproval() {
    return Workflow.define(NAME)
        .version(2)
        .task("check-balance", work -> {})
        .awaitMessage("approval")
        .inlineTask("dispense-cash", work -> {})
        .build();
  }
}
