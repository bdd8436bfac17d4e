package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.Engines.Trace;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Joins of k of n branches and milestones through a whole engine. */
@Timeout(60)
class PartialJoinsTest {
  private final Trace trace = new Trace();
  private final Engine engine = Engines.inMemory();

  @AfterEach
  void close() {
    engine.close();
  }

  /** Three reviews by hand at the same time, and a task that joins them. */
  private GraphBuilder reviews(final String name) {
    return Workflow.graph(name)
        .route("fork")
        .manual("review-1")
        .manual("review-2")
        .manual("review-3")
        .flow("input", "fork")
        .flow("fork", "review-1")
        .flow("fork", "review-2")
        .flow("fork", "review-3")
        .inlineTask("decide", trace::note)
        .flow("review-1", "decide")
        .flow("review-2", "decide")
        .flow("review-3", "decide")
        .flow("decide", "output");
  }

  private CaseHandle run(final Workflow workflow) {
    engine.deploy(workflow);
    return engine.start(workflow, in -> {});
  }

  @Test
  @DisplayName(
      "WCP-30: goes on after two of three, and the case waits for the third, which changes nothing")
  void shouldGoOnAfterTwoOfThree() {
    final CaseHandle handle = run(reviews("structured").partialJoin(2).build());

    handle.complete("review-3", in -> {});
    assertThat(trace.tasks()).isEmpty();
    handle.complete("review-1", in -> {});
    assertThat(trace.tasks()).containsExactly("decide");
    assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    handle.complete("review-2", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("decide");
  }

  @Test
  @DisplayName("WCP-32: goes on after two of three and cancels the third")
  void shouldCancelTheThirdAfterTwoOfThree() {
    final CaseHandle handle =
        run(
            reviews("cancelling")
                .cancellingPartialJoin(2)
                .cancels(
                    "review-1",
                    "review-2",
                    "review-3",
                    "c{fork_review-1}",
                    "c{fork_review-2}",
                    "c{fork_review-3}",
                    "c{review-1_decide}",
                    "c{review-2_decide}",
                    "c{review-3_decide}")
                .build());

    handle.complete("review-3", in -> {});
    assertThat(handle.workItems())
        .extracting(WorkItem::task)
        .containsExactly("review-1", "review-2");
    handle.complete("review-1", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("decide");
  }

  @Test
  @DisplayName("WCP-18: a bid can be made only while the auction is open")
  void shouldOfferABidOnlyWhileTheAuctionIsOpen() {
    final CaseHandle handle =
        run(
            Workflow.graph("auction")
                .allowUnsound("nobody may bid in time")
                .route("fork")
                .condition("open")
                .manual("open-auction")
                .manual("close-auction")
                .manual("bid")
                .enabledWhile("open")
                .route("sold")
                .andJoin()
                .flow("input", "fork")
                .flow("fork", "open-auction")
                .flow("fork", "bid")
                .flow("open-auction", "open")
                .flow("open", "close-auction")
                .flow("close-auction", "sold")
                .flow("bid", "sold")
                .flow("sold", "output")
                .build());

    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("open-auction");
    handle.complete("open-auction", in -> {});
    assertThat(handle.workItems())
        .extracting(WorkItem::task)
        .containsExactly("close-auction", "bid");
    handle.complete("bid", in -> {});
    handle.complete("close-auction", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  @DisplayName("WCP-18: who closes it first leaves the bid without its milestone")
  void shouldEndAsDeadlockedWhenTheMilestoneIsGone() {
    final CaseHandle handle =
        run(
            Workflow.graph("closed-auction")
                .allowUnsound("the deadlock is what is tested")
                .route("fork")
                .condition("open")
                .manual("close-auction")
                .manual("bid")
                .enabledWhile("open")
                .route("sold")
                .andJoin()
                .flow("input", "fork")
                .flow("fork", "open")
                .flow("fork", "bid")
                .flow("open", "close-auction")
                .flow("close-auction", "sold")
                .flow("bid", "sold")
                .flow("sold", "output")
                .build());

    handle.complete("close-auction", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.DEADLOCKED);
  }
}
