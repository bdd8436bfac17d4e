package io.penstock.examples.payroll;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.Workflow;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Pays a roster of employees once a manager has approved it. */
public final class PayrollExample {
  private static final Duration LOOK = Duration.ofMillis(5);

  private PayrollExample() {}

  /**
   * Runs the payroll of one month, or goes on with it where it was.
   *
   * @param engine an open engine
   * @param month names the payroll; one case for each
   * @param data folder with {@code employees.csv}
   * @param work folder for the register and the payment file, which exists
   * @param pace how long one employee takes at least
   * @param out receives progress and results
   * @return how it went
   */
  public static Result run(
      final Engine engine,
      final String month,
      final Path data,
      final Path work,
      final Duration pace,
      final PrintStream out) {
    final Map<String, Employee> roster = Employee.readAll(data.resolve("employees.csv"));
    final Payroll payroll = new Payroll(roster, pace);
    final Workflow workflow = payroll.workflow();
    final Path ach = work.resolve("payroll-" + month + ".ach");
    engine.deploy(workflow);

    final CaseHandle handle =
        engine.start(
            workflow,
            month,
            in ->
                in.set(Payroll.ROSTER_FILE, data.resolve("employees.csv").toString())
                    .set(
                        Payroll.REGISTER_FILE,
                        work.resolve("register-" + month + ".csv").toString())
                    .set(Payroll.ACH_FILE, ach.toString()));
    awaitApproval(handle, payroll, out);
    final boolean blocked = !Files.exists(ach) && handle.join(LOOK).isEmpty();
    if (handle.status() == CaseStatus.RUNNING) {
      out.printf("  waits for the manager; payment file written: %s%n", Files.exists(ach));
      handle.complete(
          Payroll.APPROVAL,
          "manager",
          in -> in.set(Payroll.APPROVED, true).set(Payroll.APPROVED_BY, "manager"));
    }
    final Outcome outcome = handle.join();
    final Result result =
        new Result(
            outcome,
            roster.size(),
            payroll.calculated(),
            blocked,
            handle.find(Payroll.TOTAL_GROSS).orElse(BigDecimal.ZERO),
            handle.find(Payroll.TOTAL_TAX).orElse(BigDecimal.ZERO),
            handle.find(Payroll.TOTAL_BENEFITS).orElse(BigDecimal.ZERO),
            handle.find(Payroll.TOTAL_NET).orElse(BigDecimal.ZERO),
            ach);
    out.printf(
        "  %d employees: %s; gross %s = net %s + taxes %s + benefits %s: %s%n",
        result.employees(),
        outcome,
        result.gross(),
        result.net(),
        result.tax(),
        result.benefits(),
        result.reconciles() ? "reconciles" : "DOES NOT RECONCILE");
    return result;
  }

  private static void awaitApproval(
      final CaseHandle handle, final Payroll payroll, final PrintStream out) {
    int shown = 0;
    while (handle.join(LOOK).isEmpty()
        && handle.workItems().stream().map(WorkItem::task).noneMatch(Payroll.APPROVAL::equals)) {
      if (payroll.calculated() - shown >= 50) {
        shown = payroll.calculated();
        out.printf("  calculated %d%n", shown);
        out.flush();
      }
    }
  }

  /**
   * How it went.
   *
   * @param outcome how the case ended
   * @param employees number of employees on the roster
   * @param calculated number of employees calculated by this process
   * @param blockedUntilApproved whether no payment had been made before the approval
   * @param gross sum of gross pay
   * @param tax sum of taxes
   * @param benefits sum of benefits
   * @param net sum of net pay
   * @param achFile the payment file
   */
  public record Result(
      Outcome outcome,
      int employees,
      int calculated,
      boolean blockedUntilApproved,
      BigDecimal gross,
      BigDecimal tax,
      BigDecimal benefits,
      BigDecimal net,
      Path achFile) {
    /**
     * Whether the parts make the whole, to the cent.
     *
     * @return true when they do
     */
    public boolean reconciles() {
      return outcome == Outcome.COMPLETED && net.add(tax).add(benefits).compareTo(gross) == 0;
    }
  }
}
