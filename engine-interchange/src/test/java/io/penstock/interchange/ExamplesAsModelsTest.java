package io.penstock.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The control flow of the three examples, drawn as BPMN and written in code: both go the same way,
 * step by step, whatever is done.
 */
class ExamplesAsModelsTest {
  private static final int RUNS = 200;
  private static final int STEPS = 60;
  private static final Variable<Boolean> COVERED = Variable.ofBoolean("covered");
  private static final Variable<Boolean> APPROVED = Variable.ofBoolean("approved");
  private static final Variable<Boolean> SANCTIONS = Variable.ofBoolean("sanctionsClear");
  private static final Variable<Boolean> AML = Variable.ofBoolean("amlClear");
  private static final Variable<Long> EMPLOYEES = Variable.ofLong("employees");
  private static final Variable<Long> FRAUD = Variable.ofLong("fraudScore");

  private static Workflow read(final String name) {
    return BpmnImport.read(
            Path.of("src/test/resources/examples", name + ".bpmn"),
            ImportOptions.byHand()
                .variables(COVERED, APPROVED, SANCTIONS, AML, EMPLOYEES, FRAUD)
                .handler("parse", work -> {}))
        .workflow();
  }

  /** Plays both with the same choices and data. */
  private static void compare(final Workflow drawn, final Workflow coded) {
    for (int run = 0; run < RUNS; run++) {
      final Random random = new Random(run);
      final boolean yes = random.nextBoolean();
      final long number = random.nextInt(4);
      final Consumer<Inputs> data =
          in ->
              in.set(COVERED, yes)
                  .set(APPROVED, yes)
                  .set(SANCTIONS, yes)
                  .set(AML, yes)
                  .set(EMPLOYEES, number)
                  .set(FRAUD, number * 30);
      final ModelRunner one = ModelRunner.start(drawn, data);
      final ModelRunner other = ModelRunner.start(coded, data);
      final boolean fails = random.nextInt(3) == 0;
      for (int step = 0; step < STEPS && one.outcome().isEmpty(); step++) {
        assertThat(open(one)).as("run %d after %s", run, one.trace()).isEqualTo(open(other));
        final List<String> open = open(one);
        if (random.nextInt(20) == 0) {
          one.advance(Duration.ofDays(3));
          other.advance(Duration.ofDays(3));
        } else if (!open.isEmpty()) {
          final String task = open.get(random.nextInt(open.size()));
          finish(one, task, fails);
          finish(other, task, fails);
        }
      }
      assertThat(one.outcome()).as("run %d: %s", run, one.failure()).isEqualTo(other.outcome());
    }
  }

  private static void finish(final ModelRunner runner, final String task, final boolean fails) {
    final RunnerItem item = runner.item(task).orElseThrow();
    if (fails && item.kind() == TaskKind.WORKER) {
      runner.fail(item, "told to");
    } else {
      runner.complete(item);
    }
  }

  /** What somebody can do: timers are no part of it. */
  private static List<String> open(final ModelRunner runner) {
    return runner.items().stream()
        .filter(item -> item.kind() == TaskKind.MANUAL || item.kind() == TaskKind.WORKER)
        .map(RunnerItem::task)
        .sorted()
        .toList();
  }

  @Test
  void shouldWithdrawCashAsTheCodeDoes() {
    compare(
        read("atm-withdrawal"),
        Workflow.define("atm-withdrawal")
            .variables(COVERED, APPROVED, SANCTIONS, AML, EMPLOYEES, FRAUD)
            .manual("verify-pin")
            .manual("check-balance")
            .choice(
                choice ->
                    choice
                        .when(
                            COVERED.isTrue(),
                            then ->
                                then.manual("dispense-cash")
                                    .manual("update-balance")
                                    .manual("print-receipt"))
                        .otherwise(other -> other.manual("decline")))
            .build());
  }

  @Test
  void shouldPayEmployeesAsTheCodeDoes() {
    compare(
        read("payroll"),
        Workflow.define("payroll")
            .variables(COVERED, APPROVED, SANCTIONS, AML, EMPLOYEES, FRAUD)
            .instances(
                "pay-employees",
                EMPLOYEES,
                each ->
                    each.manual("salary")
                        .parallel(
                            both ->
                                both.branch(branch -> branch.manual("taxes"))
                                    .branch(branch -> branch.manual("benefits")))
                        .manual("net-pay"))
            .manual("approve-payroll")
            .deadline(Duration.ofDays(3))
            .onTimeout(late -> late.manual("escalate"))
            .choice(
                choice ->
                    choice
                        .when(
                            APPROVED.isTrue(),
                            then -> then.manual("write-ach-file").manual("reconcile"))
                        .otherwise(other -> {}))
            .build());
  }

  @Test
  void shouldTransferMoneyAsTheCodeDoes() {
    compare(
        read("swift-mt103"),
        Workflow.define("swift-mt103")
            .variables(COVERED, APPROVED, SANCTIONS, AML, EMPLOYEES, FRAUD)
            .task("parse", work -> {})
            .parallel(
                checks ->
                    checks
                        .branch(branch -> branch.manual("sanctions"))
                        .branch(branch -> branch.manual("aml"))
                        .branch(branch -> branch.manual("fraud")))
            .choice(
                choice ->
                    choice
                        .when(
                            SANCTIONS.isTrue().and(AML.isTrue()).and(FRAUD.isLessThan(80L)),
                            then ->
                                then.parallel(
                                        legs ->
                                            legs.branch(branch -> branch.manual("debit"))
                                                .branch(branch -> branch.manual("credit"))
                                                .branch(branch -> branch.manual("mt202")))
                                    .manual("confirm"))
                        .otherwise(other -> other.manual("reject")))
            .build());
  }
}
