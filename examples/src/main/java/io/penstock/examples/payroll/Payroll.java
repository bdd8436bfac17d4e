package io.penstock.examples.payroll;

import io.penstock.workflow.Objective;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The workflow: pay for each employee, a manager's approval, a payment file, and a reconciliation
 * to the cent.
 */
final class Payroll {
  static final Variable<String> ROSTER_FILE = Variable.ofString("roster-file");
  static final Variable<String> REGISTER_FILE = Variable.ofString("register-file");
  static final Variable<String> ACH_FILE = Variable.ofString("ach-file");
  static final Variable<Boolean> APPROVED = Variable.ofBoolean("approved");
  static final Variable<String> APPROVED_BY = Variable.ofString("approved-by");
  static final Variable<BigDecimal> TOTAL_GROSS = Variable.ofDecimal("total-gross");
  static final Variable<BigDecimal> TOTAL_TAX = Variable.ofDecimal("total-tax");
  static final Variable<BigDecimal> TOTAL_BENEFITS = Variable.ofDecimal("total-benefits");
  static final Variable<BigDecimal> TOTAL_NET = Variable.ofDecimal("total-net");
  static final String APPROVAL = "approve-payroll";

  private static final Variable<String> EMPLOYEE = Variable.ofString("employee");
  private static final Variable<BigDecimal> GROSS = Variable.ofDecimal("gross");
  private static final Variable<BigDecimal> TAX = Variable.ofDecimal("tax");
  private static final Variable<BigDecimal> BENEFITS = Variable.ofDecimal("benefits");
  private static final Variable<BigDecimal> NET = Variable.ofDecimal("net");

  private final Map<String, Employee> roster;
  private final AtomicInteger calculated = new AtomicInteger();
  private final Semaphore taxOffice = new Semaphore(32); // takes so many requests at a time
  private final long paceNs;

  Payroll(final Map<String, Employee> roster, final Duration pace) {
    this.roster = roster;
    paceNs = pace.toNanos();
  }

  Workflow workflow() {
    return Workflow.define("payroll")
        .variables(ROSTER_FILE, REGISTER_FILE, ACH_FILE, APPROVED_BY, GROSS, TAX, BENEFITS, NET)
        .forEach("pay-employees", EMPLOYEE, work -> roster.keySet(), this::payOne)
        .reduce(GROSS, TOTAL_GROSS, BigDecimal::add)
        .reduce(TAX, TOTAL_TAX, BigDecimal::add)
        .reduce(BENEFITS, TOTAL_BENEFITS, BigDecimal::add)
        .reduce(NET, TOTAL_NET, BigDecimal::add)
        .manual(APPROVAL)
        .deadline(Duration.ofDays(3))
        .choice(
            approval ->
                approval
                    .when(
                        APPROVED.isTrue(),
                        yes ->
                            yes.task("write-ach-file", this::writeAchFile)
                                .retry(Retry.exponential(3))
                                .task("reconcile", Payroll::reconcile))
                    .otherwise(no -> no.cancel()))
        .objective(Objective.p99(Duration.ofSeconds(30)))
        .build();
  }

  private void payOne(final Sequence each) {
    each.inlineTask("salary", work -> work.set(GROSS, employee(work).monthlyGross()))
        .parallel(
            both ->
                both.branch(
                        tax ->
                            tax.inlineTask(
                                "taxes",
                                work -> work.set(TAX, employee(work).tax(work.get(GROSS)))))
                    .branch(
                        benefits ->
                            benefits.inlineTask(
                                "benefits", work -> work.set(BENEFITS, employee(work).benefits()))))
        .task("net-pay", this::netPay);
  }

  private void netPay(final Work work) throws Exception {
    taxOffice.acquire();
    try {
      LockSupport.parkNanos(paceNs);
    } finally {
      taxOffice.release();
    }
    final BigDecimal net = work.get(GROSS).subtract(work.get(TAX)).subtract(work.get(BENEFITS));
    new PayRegister(Path.of(work.get(REGISTER_FILE))).write(work.get(EMPLOYEE), net);
    work.set(NET, net);
    calculated.incrementAndGet();
  }

  private void writeAchFile(final Work work) throws Exception {
    AchFile.write(
        Path.of(work.get(ACH_FILE)),
        new PayRegister(Path.of(work.get(REGISTER_FILE))).read(),
        roster);
  }

  private static void reconcile(final Work work) throws Exception {
    final BigDecimal inFile = AchFile.total(Path.of(work.get(ACH_FILE)));
    final BigDecimal parts =
        work.get(TOTAL_NET).add(work.get(TOTAL_TAX)).add(work.get(TOTAL_BENEFITS));
    if (inFile.compareTo(work.get(TOTAL_NET)) != 0 || parts.compareTo(work.get(TOTAL_GROSS)) != 0) {
      throw new IllegalStateException(
          "payroll must reconcile: achTotal="
              + inFile
              + ", totalNet="
              + work.get(TOTAL_NET)
              + ", parts="
              + parts
              + ", totalGross="
              + work.get(TOTAL_GROSS));
    }
  }

  /** Employees whose net pay was calculated by this process. */
  int calculated() {
    return calculated.get();
  }

  private Employee employee(final Work work) {
    final Employee employee = roster.get(work.get(EMPLOYEE));
    if (employee == null) {
      throw new IllegalStateException(
          "employee must be on the roster: employee=" + work.get(EMPLOYEE));
    }
    return employee;
  }
}
