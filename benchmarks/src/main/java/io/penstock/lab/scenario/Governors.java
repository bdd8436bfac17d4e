package io.penstock.lab.scenario;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * State machines that go from one state to the next when they are told: one of 1,000 transitions,
 * 100 of 100 signals each in turn, and one that is told 100 times before it listens, and must make
 * up for all of them.
 */
final class Governors implements Scenario {
  private static final int TRANSITIONS = 1_000;
  private static final int MACHINES = 100;
  private static final int SIGNALS = 100;
  private static final int ROUNDS = 20;
  private static final Variable<Long> COUNT = Variable.ofLong("count");
  private static final Variable<Long> GOAL = Variable.ofLong("goal");

  @Override
  public String name() {
    return "governors";
  }

  @Override
  public String meaning() {
    return "What does a transition of a state machine cost, driven by messages or signals?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    trial.configure("machines", "one of 1,000 messages; 100 of 100 signals; 100 postponed");
    final Workflow told = machine("told", false);
    final Workflow signalled = machine("signalled", true);
    final Workflow late =
        Workflow.define("late")
            .variables(COUNT, GOAL)
            .manual("settle")
            .whileTrue(
                values -> values.get(COUNT) < values.get(GOAL),
                body -> body.awaitMessage("next").inlineTask("move", Governors::move))
            .build();
    final Histogram transition = new Histogram(60_000_000_000L, 2);
    final Histogram signal = new Histogram(60_000_000_000L, 2);
    final int rounds = trial.settings().count(ROUNDS);
    try (Engine engine = trial.engine(EngineOptions.defaults().shards(1))) {
      engine.deploy(told).deploy(signalled).deploy(late);
      for (int round = -1; round < rounds; round++) {
        transitions(trial, engine, told, transition);
        signals(trial, engine, signalled, signal);
        postponed(trial, engine, late);
        if (round < 0) { // that was the warm-up
          transition.reset();
          signal.reset();
        }
      }
      trial.latency("transition", transition, AtmLoad.W1_US, "W1");
      trial.latency("signal", signal, AtmLoad.W1_US, "W1");
      trial.cost(
          "100 postponed messages, each",
          (long) rounds * SIGNALS,
          () -> {
            for (int round = 0; round < rounds; round++) {
              postponed(trial, engine, late);
            }
          });
    }
  }

  private static Workflow machine(final String name, final boolean signals) {
    return Workflow.define(name)
        .variables(COUNT, GOAL)
        .whileTrue(
            values -> values.get(COUNT) < values.get(GOAL),
            body ->
                (signals ? body.awaitSignal("next") : body.awaitMessage("next"))
                    .inlineTask("move", Governors::move))
        .build();
  }

  private static void move(final Work work) {
    work.set(COUNT, work.get(COUNT) + 1);
  }

  private static void transitions(
      final Trial trial, final Engine engine, final Workflow workflow, final Histogram histogram) {
    final CaseHandle machine = start(engine, workflow, TRANSITIONS);
    for (int i = 0; i < TRANSITIONS; i++) {
      final long startNs = System.nanoTime();
      machine.send("next", in -> {});
      histogram.recordValue(System.nanoTime() - startNs);
    }
    check(trial, machine, TRANSITIONS);
  }

  private static void signals(
      final Trial trial, final Engine engine, final Workflow workflow, final Histogram histogram) {
    final List<CaseHandle> machines = new ArrayList<>();
    for (int i = 0; i < MACHINES; i++) {
      machines.add(start(engine, workflow, SIGNALS));
    }
    for (int i = 0; i < SIGNALS; i++) {
      for (final CaseHandle each : machines) {
        final long startNs = System.nanoTime();
        final int went = each.signal("next", in -> {});
        histogram.recordValue(System.nanoTime() - startNs);
        trial.check(went == 1, "a machine must hear each signal: heard=" + went + ", signal=" + i);
      }
    }
    machines.forEach(each -> check(trial, each, SIGNALS));
  }

  private static void postponed(final Trial trial, final Engine engine, final Workflow workflow) {
    final CaseHandle machine = start(engine, workflow, SIGNALS);
    for (int i = 0; i < SIGNALS; i++) {
      machine.send("next", in -> {});
    }
    trial.check(
        machine.find(COUNT).orElseThrow() == 0, "nothing must move before the machine listens");
    machine.complete("settle", in -> {});
    check(trial, machine, SIGNALS);
  }

  private static CaseHandle start(final Engine engine, final Workflow workflow, final long goal) {
    return engine.start(workflow, in -> in.set(COUNT, 0L).set(GOAL, goal));
  }

  private static void check(final Trial trial, final CaseHandle machine, final long goal) {
    machine.join();
    trial.check(
        machine.status() == CaseStatus.COMPLETED && machine.find(COUNT).orElseThrow() == goal,
        "a machine must have made each transition: machine=" + machine + ", goal=" + goal);
  }
}
