package io.penstock.lab.scenario;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Fifty proposals, a hundred voters each, voters of all proposals in turns. A proposal is decided
 * by its 51st vote (a partial join of 51 of 100), and the votes that are left are withdrawn.
 */
final class Voting implements Scenario {
  private static final int PROPOSALS = 50;
  private static final int VOTERS = 100;
  private static final int QUORUM = 51;
  private static final int ROUNDS = 3;
  private static final Variable<Long> VOTE = Variable.ofLong("vote");
  private static final Variable<Long> YES = Variable.ofLong("yes");

  @Override
  public String name() {
    return "voting";
  }

  @Override
  public String meaning() {
    return "What does a vote cost when 51 of 100 decide, on 50 proposals at once?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final int rounds = trial.settings().count(ROUNDS);
    trial.configure("votes", "51 of 100 on each of 50 proposals; " + rounds + " rounds");
    final Workflow workflow =
        Workflow.define("proposal")
            .instances("vote", VOTERS, each -> each.manual("cast"))
            .until(QUORUM, Rest.CANCEL)
            .reduce(VOTE, YES, Long::sum)
            .build();
    final Histogram vote = new Histogram(60_000_000_000L, 2);
    final Histogram last = new Histogram(60_000_000_000L, 2);
    try (Engine engine = trial.engine(EngineOptions.defaults().shards(1))) {
      engine.deploy(workflow);
      for (int round = -1; round < rounds; round++) {
        if (round == 0) {
          vote.reset();
          last.reset();
        }
        round(trial, engine, workflow, vote, last);
      }
    }
    trial.latency("vote", vote, AtmLoad.W1_US, "W1");
    trial.latency("deciding vote", last, AtmLoad.W1_US, "W1");
  }

  private static void round(
      final Trial trial,
      final Engine engine,
      final Workflow workflow,
      final Histogram vote,
      final Histogram last) {
    final List<CaseHandle> proposals = new ArrayList<>();
    final List<List<WorkItem>> ballots = new ArrayList<>();
    for (int i = 0; i < PROPOSALS; i++) {
      final CaseHandle proposal = engine.start(workflow, in -> {});
      proposals.add(proposal);
      ballots.add(proposal.workItems());
      trial.check(ballots.get(i).size() == VOTERS, "each voter must have a ballot: " + proposal);
    }
    for (int voter = 0; voter < QUORUM; voter++) {
      for (int i = 0; i < PROPOSALS; i++) {
        final long yes = (voter + i) % 3 == 0 ? 1 : 0;
        final WorkItem ballot = ballots.get(i).get(voter);
        final long startNs = System.nanoTime();
        proposals.get(i).complete(ballot, "voter " + voter, in -> in.set(VOTE, yes));
        (voter == QUORUM - 1 ? last : vote).recordValue(System.nanoTime() - startNs);
      }
    }
    for (int i = 0; i < PROPOSALS; i++) {
      final CaseHandle proposal = proposals.get(i);
      proposal.join();
      long expected = 0;
      for (int voter = 0; voter < QUORUM; voter++) {
        expected += (voter + i) % 3 == 0 ? 1 : 0;
      }
      trial.check(
          proposal.status() == CaseStatus.COMPLETED
              && proposal.find(YES).orElseThrow() == expected
              && isWithdrawn(proposal, ballots.get(i).get(VOTERS - 1)),
          "votes must add up and the rest be withdrawn: proposal="
              + proposal
              + ", yes="
              + proposal.find(YES)
              + ", expected="
              + expected);
    }
  }

  private static boolean isWithdrawn(final CaseHandle proposal, final WorkItem ballot) {
    try {
      proposal.complete(ballot, "late", in -> in.set(VOTE, 1L));
      return false;
    } catch (final CommandRejectedException e) {
      return true;
    }
  }
}
