package io.penstock.lab.scenario;

import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Bursts of actions of two milliseconds each for ten workers: how long an action queues, and how
 * busy the workers are. Where the JDK has virtual threads each action has one of its own, and none
 * queues but for a processor.
 */
final class ActionExecutor implements Scenario {
  private static final int WORKERS = 10;
  private static final int BURSTS = 20;
  private static final int ACTIONS = 100;
  private static final long ACTION_NS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final Variable<Long> STARTED = Variable.ofLong("started");

  private static final class Pool {
    final Histogram queued = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 2);
    final Histogram hop = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 2);
    final LongAdder busyNs = new LongAdder();
    final LongAdder actions = new LongAdder();
    final AtomicInteger atOnce = new AtomicInteger();
    final AtomicInteger atOnceMost = new AtomicInteger();
    volatile CountDownLatch left = new CountDownLatch(0);

    void act(final long enabledNs) {
      final long startNs = System.nanoTime();
      queued.recordValue(Math.max(0, startNs - enabledNs));
      final int running = atOnce.incrementAndGet();
      atOnceMost.accumulateAndGet(running, Math::max);
      while (System.nanoTime() - startNs < ACTION_NS) {
        LockSupport.parkNanos(ACTION_NS - (System.nanoTime() - startNs));
      }
      atOnce.decrementAndGet();
      busyNs.add(System.nanoTime() - startNs);
      actions.increment();
      left.countDown();
    }
  }

  @Override
  public String name() {
    return "action-executor";
  }

  @Override
  public String meaning() {
    return "How long do bursts of blocking actions queue for ten workers?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final Pool pool = new Pool();
    final int bursts = trial.settings().count(BURSTS);
    trial.configure("actions", bursts + " bursts of 100, 2 ms each, pool of 10");
    final Workflow workflow =
        Workflow.define("action")
            .variables(STARTED)
            .task("act", work -> pool.act(work.get(STARTED)))
            .build();
    final Workflow hop =
        Workflow.define("hop")
            .variables(STARTED)
            .task("hop", work -> pool.hop.recordValue(System.nanoTime() - work.get(STARTED)))
            .build();
    long elapsedNs = 0;
    try (Engine engine = trial.engine(Settings.patient(1).workerThreads(WORKERS))) {
      engine.deploy(workflow).deploy(hop);
      for (int i = 0; i < 2 * trial.settings().count(2_000); i++) {
        if (i == trial.settings().count(2_000)) {
          pool.hop.reset();
        }
        engine.start(hop, in -> in.set(STARTED, System.nanoTime())).join();
      }
      for (int burst = 0; burst < bursts; burst++) {
        final long startNs = System.nanoTime();
        burst(trial, engine, workflow, pool, burst);
        elapsedNs += System.nanoTime() - startNs;
      }
    }
    trial.check(
        pool.actions.sum() == (long) bursts * ACTIONS,
        "each action must run once: ran=" + pool.actions.sum());
    trial.latency("start to worker", pool.hop);
    trial.latency("queue", pool.queued);
    trial.figure("workers at once, most", pool.atOnceMost.get(), "");
    trial.figure(
        "utilisation of the pool",
        (double) pool.busyNs.sum() / elapsedNs / Math.max(WORKERS, pool.atOnceMost.get()),
        "");
  }

  private static void burst(
      final Trial trial,
      final Engine engine,
      final Workflow workflow,
      final Pool pool,
      final int burst)
      throws InterruptedException {
    pool.left = new CountDownLatch(ACTIONS);
    final List<CompletableFuture<?>> started = new ArrayList<>();
    for (int i = 0; i < ACTIONS; i++) {
      started.add(
          engine.startAsync(workflow, burst + "-" + i, in -> in.set(STARTED, System.nanoTime())));
    }
    pool.left.await();
    for (int i = 0; i < ACTIONS; i++) {
      started.get(i).join();
      engine.find(workflow, burst + "-" + i).orElseThrow().join();
      trial.check(
          engine.find(workflow, burst + "-" + i).orElseThrow().status() == CaseStatus.COMPLETED,
          "each action's case must complete: action=" + burst + "-" + i);
    }
  }
}
