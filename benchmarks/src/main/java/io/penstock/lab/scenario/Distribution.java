package io.penstock.lab.scenario;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.List;
import org.HdrHistogram.Histogram;

/** One case hands a work item to each of a thousand people; each completes their own. */
final class Distribution implements Scenario {
  private static final int PEOPLE = 1_000;
  private static final int ROUNDS = 5;
  private static final long GIVE_UP_NS = 10_000_000_000L;
  private static final Variable<Long> ANSWER = Variable.ofLong("answer");
  private static final Variable<Long> SUM = Variable.ofLong("sum");

  @Override
  public String name() {
    return "distribution";
  }

  @Override
  public String meaning() {
    return "What does it cost to hand work to a thousand people and to gather it?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final int rounds = trial.settings().count(ROUNDS);
    trial.configure("people", PEOPLE + "; " + rounds + " rounds after a warm-up");
    final Workflow workflow =
        Workflow.define("distribution")
            .instances("ask", PEOPLE, each -> each.manual("answer"))
            .reduce(ANSWER, SUM, Long::sum)
            .build();
    final Histogram start = new Histogram(60_000_000_000L, 2);
    final Histogram list = new Histogram(60_000_000_000L, 2);
    final Histogram complete = new Histogram(60_000_000_000L, 2);
    try (Engine engine = trial.engine(EngineOptions.defaults().shards(1))) {
      engine.deploy(workflow);
      for (int round = -1; round < rounds; round++) {
        if (round == 0) {
          start.reset();
          list.reset();
          complete.reset();
        }
        final long startNs = System.nanoTime();
        final CaseHandle handle = engine.start(workflow, in -> {});
        long listNs = System.nanoTime();
        List<WorkItem> items = handle.workItems();
        while (items.size() < PEOPLE && listNs - startNs < GIVE_UP_NS) {
          listNs = System.nanoTime(); // instances are made in several turns of the shard
          items = handle.workItems();
        }
        final long listedNs = System.nanoTime();
        start.recordValue(listedNs - startNs);
        list.recordValue(listedNs - listNs);
        trial.check(items.size() == PEOPLE, "each must have an item: items=" + items.size());
        for (int i = 0; i < PEOPLE; i++) {
          final long answer = i;
          final long beginNs = System.nanoTime();
          handle.complete(items.get(i), "person " + i, in -> in.set(ANSWER, answer));
          complete.recordValue(System.nanoTime() - beginNs);
        }
        handle.join();
        trial.check(
            handle.status() == CaseStatus.COMPLETED
                && handle.find(SUM).orElseThrow() == (PEOPLE - 1L) * PEOPLE / 2,
            "answers must add up: case=" + handle + ", sum=" + handle.find(SUM));
      }
    }
    trial.latency("hand out 1,000", start, 500_000, "C1");
    trial.latency("list 1,000", list, 500_000, "C1");
    trial.latency("complete one", complete, AtmLoad.W1_US, "W1");
  }
}
