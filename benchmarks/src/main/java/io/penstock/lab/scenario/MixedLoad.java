package io.penstock.lab.scenario;

import io.penstock.benchmarks.InlineAtm;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.lab.load.Call;
import io.penstock.lab.load.Load;
import io.penstock.lab.load.Profile;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * Different callers at once: six of ten start a withdrawal, two send a message to a case that runs,
 * one starts a case with a task on a worker thread, one reads the variables of a case.
 */
final class MixedLoad implements Scenario {
  private static final double RATE = 4_000;
  private static final int REGISTERS = 100;
  private static final int SENDERS = 2;
  private static final Variable<Long> SUM = Variable.ofLong("sum");
  private static final Variable<Long> ADDEND = Variable.ofLong("addend");
  private static final Workflow REGISTER =
      Workflow.define("register")
          .variables(ADDEND)
          .whileTrue(
              SUM.isAtLeast(0L),
              body ->
                  body.awaitMessage("add")
                      .inlineTask("sum", work -> work.set(SUM, work.get(SUM) + work.get(ADDEND))))
          .build();
  private static final Workflow HOP =
      Workflow.define("hop").task("on a worker", work -> {}).build();

  @Override
  public String name() {
    return "mixed";
  }

  @Override
  public String meaning() {
    return "How do different commands fare beside each other?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    trial.configure("arrivals", "4,000/s for 8 s, at random times");
    trial.configure("mix", "60 % ATM, 20 % messages, 10 % a worker's task, 10 % reads");
    final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    try (Engine engine = trial.engine(EngineOptions.defaults().shards(1))) {
      engine.deploy(InlineAtm.WORKFLOW).deploy(REGISTER).deploy(HOP);
      final Mix mix = new Mix(engine, senders);
      final double seconds = trial.settings().seconds(8);
      final Load unused = trial.drive(Profile.steady(RATE, seconds / 2), mix);
      final Load load = trial.drive(Profile.steady(RATE, seconds), mix);
      trial.load(load, AtmLoad.W1_US, "W1");
      mix.check(trial);
    } finally {
      senders.shutdown();
    }
  }

  private static final class Mix implements Call {
    private final Engine engine;
    private final ExecutorService senders;
    private final List<CaseHandle> registers = new ArrayList<>();
    private final LongAdder added = new LongAdder();
    private long begun;

    Mix(final Engine engine, final ExecutorService senders) {
      this.engine = engine;
      this.senders = senders;
      for (int i = 0; i < REGISTERS; i++) {
        registers.add(engine.start(REGISTER, in -> in.set(SUM, 0L)));
      }
    }

    @Override
    public void begin(final long index, final End end) {
      final long number = begun++;
      final CaseHandle register = registers.get((int) (number % REGISTERS));
      switch ((int) (number % 10)) {
        case 0, 1 -> senders.execute(() -> send(register, number, end));
        case 2 -> senders.execute(() -> read(register, end));
        case 3 -> {
          final CompletableFuture<?> unused =
              engine
                  .startAsync(HOP, "hop-" + number, in -> {})
                  .whenComplete((hop, failure) -> end.done(failure));
        }
        default -> {
          final CompletableFuture<?> unused =
              InlineAtm.startAsync(engine, "atm-" + number)
                  .whenComplete((withdrawal, failure) -> end.done(failure));
        }
      }
    }

    private void send(final CaseHandle register, final long number, final End end) {
      try {
        register.send("add", in -> in.set(ADDEND, number));
        added.add(number);
        end.done(null);
      } catch (final RuntimeException e) {
        end.done(e);
      }
    }

    private static void read(final CaseHandle register, final End end) {
      end.done(
          register.find(SUM).isPresent() ? null : new WrongResultException("sum must be there"));
    }

    void check(final Trial trial) {
      final long sum =
          registers.stream().mapToLong(register -> register.find(SUM).orElseThrow()).sum();
      trial.check(
          sum == added.sum(),
          "registers must add up to what was acknowledged: sum=" + sum + ", added=" + added.sum());
    }
  }
}
