package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Workflow;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of some public nets, through a whole engine. */
@Timeout(60)
class KnownFactsTest {
  private final Engine engine = Engines.inMemory();

  @AfterEach
  void close() {
    engine.close();
  }

  private CaseHandle start(final Workflow workflow) {
    engine.deploy(workflow);
    return engine.start(workflow, in -> {});
  }

  private static void assertRejected(final Rejection rejection, final ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            rejected -> assertThat(rejected.rejection()).isEqualTo(rejection));
  }

  @Test
  @DisplayName("six instances, of which five are enough, and two more may be added")
  void shouldBeIncompleteUntilTheFifthOfSixInstances() {
    final CaseHandle handle =
        start(
            Workflow.define("votes")
                .manual("open")
                .instances("vote", 6, each -> each.manual("cast"))
                .until(5, Rest.CANCEL)
                .addable(8)
                .manual("count")
                .build());

    assertRejected(Rejection.STEP_NOT_RUNNING, () -> handle.addInstance("vote", in -> {}));
    handle.complete("open", in -> {});
    handle.addInstance("vote", in -> {});
    handle.addInstance("vote", in -> {});
    assertRejected(Rejection.INSTANCES_MAXIMUM_REACHED, () -> handle.addInstance("vote", in -> {}));

    final List<WorkItem> ballots = handle.workItems();
    assertThat(ballots).hasSize(8);
    for (int i = 0; i < 4; i++) {
      handle.complete(ballots.get(i), "voter", in -> {});
      assertThat(handle.workItems()).extracting(WorkItem::task).hasSize(7 - i).containsOnly("cast");
    }
    handle.complete(ballots.get(4), "voter", in -> {});
    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("count");

    assertThatThrownBy(() -> handle.complete(ballots.get(5), "voter", in -> {}))
        .isInstanceOf(CommandRejectedException.class);
    assertRejected(Rejection.STEP_NOT_RUNNING, () -> handle.addInstance("vote", in -> {}));
    handle.complete("count", in -> {});
    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  @DisplayName("an AND-join with an input that nothing marks is dead-locked at the start")
  void shouldBeDeadlockedAtTheStartWhenAnInputIsNeverMarked() {
    final CaseHandle handle =
        start(
            Workflow.graph("never")
                .allowUnsound("it is a known fact")
                .condition("unmarked")
                .manual("join")
                .andJoin()
                .flow("input", "join")
                .flow("unmarked", "join")
                .flow("join", "unmarked")
                .flow("join", "output")
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.DEADLOCKED);
    assertThat(handle.status()).isEqualTo(CaseStatus.DEADLOCKED);
    assertThat(handle.failure()).hasValueSatisfying(why -> assertThat(why).contains("input=1"));
  }
}
