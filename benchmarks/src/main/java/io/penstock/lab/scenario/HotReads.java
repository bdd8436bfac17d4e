package io.penstock.lab.scenario;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.lab.result.Goal;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * The status of cases through their handles, four of five of cases that run and one of five of
 * cases that are no longer known, in batches of 1,024 reads: no clock can time a single one.
 */
final class HotReads implements Scenario {
  private static final int CASES = 1_000;
  private static final int GONE_EVERY = 5;
  private static final int BATCH = 1_024;
  private static final int BATCHES = 200_000;
  private static final double R1_NS = 2;
  private static final Workflow PARKED = Workflow.define("parked").manual("sign").build();

  @Override
  public String name() {
    return "hot-reads";
  }

  @Override
  public String meaning() {
    return "What does a look at a case's status cost when four of five are found?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final int batches = trial.settings().count(BATCHES);
    trial.configure("reads", batches + " batches of 1,024, of 1,000 cases in no order");
    try (Engine engine = trial.engine(EngineOptions.defaults().shards(1).endedCasesKept(0))) {
      engine.deploy(PARKED);
      final List<CaseHandle> cases = new ArrayList<>();
      for (int i = 0; i < CASES; i++) {
        final CaseHandle parked = engine.start(PARKED, in -> {});
        cases.add(parked);
        if (i % GONE_EVERY == 0) {
          parked.cancel();
        }
      }
      final CaseHandle[] reads = new CaseHandle[BATCH];
      final SplittableRandom random = new SplittableRandom(3);
      int expected = 0;
      for (int i = 0; i < BATCH; i++) {
        final int which = random.nextInt(CASES);
        reads[i] = cases.get(which);
        expected += which % GONE_EVERY == 0 ? 0 : 1;
      }
      final Histogram batchNs = new Histogram(60_000_000_000L, 3);
      for (int batch = -batches; batch < batches; batch++) {
        final long startNs = System.nanoTime();
        final int found = found(reads);
        final long tookNs = System.nanoTime() - startNs;
        if (batch >= 0) {
          batchNs.recordValue(tookNs);
        }
        trial.check(found == expected, "four of five must be found: found=" + found);
      }
      final double share = (double) expected / BATCH;
      trial.histogram("a batch of 1,024", batchNs);
      trial.figure("found", 100 * share, "%");
      trial.figure(
          "a read, of the median batch", (double) batchNs.getValueAtPercentile(50) / BATCH, "ns");
      trial.figure(
          "a read, of the batch at the 99th percentile",
          (double) batchNs.getValueAtPercentile(99) / BATCH,
          "ns",
          Goal.atMost(R1_NS, "R1"));
    }
  }

  private static int found(final CaseHandle[] reads) {
    int found = 0;
    for (final CaseHandle each : reads) {
      found += each.status() == CaseStatus.RUNNING ? 1 : 0;
    }
    return found;
  }
}
