package io.penstock.examples.swift;

import io.penstock.workflow.Objective;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The workflow: read, check three ways at the same time, settle three ways at the same time, or
 * reject.
 */
final class Transfer {
  static final Variable<String> MESSAGE = Variable.ofString("message");
  static final Variable<String> REFERENCE = Variable.ofString("reference");
  static final Variable<String> DECISION = Variable.ofString("decision");
  static final Duration SANCTIONS_TIME = Duration.ofMillis(40);
  static final Duration AML_TIME = Duration.ofMillis(30);
  static final Duration FRAUD_TIME = Duration.ofMillis(20);

  private static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  private static final Variable<Boolean> SANCTIONS_CLEAR = Variable.ofBoolean("sanctions-clear");
  private static final Variable<Boolean> AML_CLEAR = Variable.ofBoolean("aml-clear");
  private static final Variable<Boolean> FRAUD_CLEAR = Variable.ofBoolean("fraud-clear");
  private static final Variable<String> COVER = Variable.ofString("mt202");

  private static final Set<String> SANCTIONED_COUNTRIES = Set.of("CU", "IR", "KP", "SY");
  private static final Set<String> REPORTED_ORDERERS = Set.of("URGENT CASH NOW");
  private static final BigDecimal AML_LIMIT = new BigDecimal("1000000");

  private Transfer() {}

  static Workflow through(final Nostro nostro) {
    return Workflow.define("swift-mt103")
        .variables(MESSAGE, REFERENCE, DECISION, AMOUNT, COVER)
        .task("parse", Transfer::parse)
        .retry(Retry.never())
        .onFailure(
            bad -> bad.task("return-to-sender", work -> work.set(DECISION, "RETURNED")).cancel())
        .parallel(
            checks ->
                checks
                    .branch(check("sanctions", Transfer::checkSanctions))
                    .branch(check("aml", Transfer::checkMoneyLaundering))
                    .branch(check("fraud", Transfer::checkFraud)))
        .choice(
            verdict ->
                verdict
                    .when(
                        SANCTIONS_CLEAR.isTrue().and(AML_CLEAR.isTrue()).and(FRAUD_CLEAR.isTrue()),
                        clear -> settle(clear, nostro))
                    .otherwise(
                        hit ->
                            hit.task(
                                    "reject",
                                    work -> work.set(DECISION, "REJECTED: " + reasons(work)))
                                .cancel()))
        .objective(Objective.p99(Duration.ofMillis(500)))
        .build();
  }

  private static java.util.function.Consumer<Sequence> check(
      final String name, final TaskHandler handler) {
    return branch -> branch.task(name, handler).retry(Retry.exponential(3));
  }

  private static void settle(final Sequence clear, final Nostro nostro) {
    clear
        .parallel(
            legs ->
                legs.branch(
                        debit ->
                            debit.task(
                                "debit",
                                work -> nostro.debit(work.idempotencyKey(), work.get(AMOUNT))))
                    .branch(
                        credit ->
                            credit.task(
                                "credit",
                                work -> nostro.credit(work.idempotencyKey(), work.get(AMOUNT))))
                    .branch(
                        cover ->
                            cover.task(
                                "mt202",
                                work -> work.set(COVER, Mt103.parse(work.get(MESSAGE)).toMt202()))))
        .inlineTask("confirm", work -> work.set(DECISION, "SETTLED"));
  }

  private static void parse(final Work work) {
    final Mt103 message = Mt103.parse(work.get(MESSAGE));
    work.set(REFERENCE, message.reference()).set(AMOUNT, message.amount());
  }

  private static void checkSanctions(final Work work) {
    ask(SANCTIONS_TIME);
    work.set(
        SANCTIONS_CLEAR,
        !SANCTIONED_COUNTRIES.contains(Mt103.parse(work.get(MESSAGE)).beneficiaryCountry()));
  }

  private static void checkMoneyLaundering(final Work work) {
    ask(AML_TIME);
    work.set(AML_CLEAR, work.get(AMOUNT).compareTo(AML_LIMIT) < 0);
  }

  private static void checkFraud(final Work work) {
    ask(FRAUD_TIME);
    work.set(
        FRAUD_CLEAR, !REPORTED_ORDERERS.contains(Mt103.parse(work.get(MESSAGE)).orderingName()));
  }

  /** Each check asks a service, which takes its time. */
  private static void ask(final Duration time) {
    final long until = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static String reasons(final Work work) {
    final String reasons =
        (work.get(SANCTIONS_CLEAR) ? "" : "sanctions ")
            + (work.get(AML_CLEAR) ? "" : "aml ")
            + (work.get(FRAUD_CLEAR) ? "" : "fraud");
    return reasons.strip();
  }
}
