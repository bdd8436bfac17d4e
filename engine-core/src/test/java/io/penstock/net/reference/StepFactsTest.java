package io.penstock.net.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.net.Exit;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import io.penstock.net.reference.ReferenceNet.Task;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Traces whose outcome is known, on the reference and on the machine at once. */
class StepFactsTest {
  private final ReferenceNet net = new ReferenceNet();
  private Duel duel;

  private Task offered(final String name, final Join join, final Split split) {
    return net.task(name, StartMode.OFFERED, join, split);
  }

  private Task automatic(final String name, final Join join) {
    return net.task(name, StartMode.AUTOMATIC, join, Split.AND);
  }

  private Task routing(final String name, final Join join, final Split split) {
    return net.task(name, StartMode.ROUTING, join, split);
  }

  private void begin(final String... more) {
    for (final String condition : more) {
      net.condition(condition);
    }
    duel = new Duel(net, false, 0);
    duel.begin();
  }

  private void assertOffered(final String... tasks) {
    assertThat(duel.reference.offered()).containsExactlyInAnyOrder(tasks);
  }

  @Test
  @DisplayName("A loops on itself: what is enabled after each step, and nothing while A is busy")
  void shouldEnableWhatIsKnownWhenATaskLoopsOnItself() {
    offered("A", Join.XOR, Split.AND).from("in").from("c{A_A}").to("c{A_A}").to("C1").to("c{A_F}");
    offered("B", Join.XOR, Split.AND).from("C1").to("c{B_D}");
    offered("C", Join.XOR, Split.AND).from("C1").to("c{C_D}");
    offered("D", Join.AND, Split.AND).from("c{B_D}").from("c{C_D}").to("C3");
    offered("E", Join.OR, Split.AND).from("C2").from("C3").to("out");
    offered("F", Join.XOR, Split.AND).from("c{A_F}").to("C2");
    net.patience = 2_000;
    begin("c{A_A}", "C1", "c{A_F}", "c{B_D}", "c{C_D}", "C2", "C3");

    assertOffered("A");
    duel.perform("A");
    assertOffered("A", "B", "C", "F");
    duel.perform("F");
    assertOffered("A", "B", "C");
    duel.perform("B");
    assertOffered("A");
    duel.start("A");
    assertOffered();
    duel.complete("A");
    assertOffered("A", "B", "C", "F");
    duel.perform("C");
    duel.perform("D");
    assertOffered("A", "E", "F");
  }

  @Test
  @DisplayName("An AND-join with an input that nothing marks: at rest at the start, not complete")
  void shouldComeToRestIncompleteWhenAnInputIsNeverMarked() {
    automatic("join", Join.AND).from("in").from("never").to("out").to("never");
    begin("never");

    assertThat(duel.reference.isAtRest()).isTrue();
    assertThat(duel.reference.isComplete()).isFalse();
  }

  @Test
  @DisplayName("WCP-33: two tokens on one branch, one on the other: once, and the surplus stays")
  void shouldKeepTheSurplusWhenOneBranchDeliversTwice() {
    routing("fork", Join.XOR, Split.AND).from("in").to("a", 2, Net.NONE).to("b").to("later");
    offered("feed", Join.XOR, Split.AND).from("later").to("b");
    automatic("join", Join.AND).from("a").from("b").to("out");
    begin("a", "b", "later");
    duel.complete("join");

    assertThat(duel.reference.tokens("a")).isEqualTo(1);
    duel.perform("feed");
    assertThat(duel.reference.isBusy("join")).isTrue();
    duel.complete("join");
    assertThat(duel.reference.isComplete()).isTrue();
  }

  @Test
  @DisplayName("WCP-41, WCP-42: one token to three on a branch, and three to one")
  void shouldSplitAndMergeThreadsByWeights() {
    routing("split", Join.XOR, Split.AND).from("in").to("threads", 3, Net.NONE);
    automatic("work", Join.XOR).from("threads").to("done");
    net.condition("threads");
    net.condition("done");
    automatic("merge", Join.AND).from("done", 3).to("out");
    begin();

    duel.complete("work");
    duel.complete("work");
    assertThat(duel.reference.isBusy("merge")).isFalse();
    duel.complete("work");
    assertThat(duel.reference.isBusy("merge")).isTrue();
    duel.complete("merge");
    assertThat(duel.reference.isComplete()).isTrue();
  }

  @Test
  @DisplayName("WCP-16: the first that is started takes the token, the others are withdrawn")
  void shouldWithdrawTheAlternativesThatLose() {
    for (final String name : List.of("a", "b", "c")) {
      offered(name, Join.XOR, Split.AND).from("in").to("out");
    }
    begin();
    duel.start("b");

    assertThat(duel.reference.events).containsExactly("withdrawn a", "withdrawn c");
    assertThat(duel.start("a")).isFalse();
    assertThat(duel.complete("a")).isFalse();
  }

  @Test
  @DisplayName("WCP-25: first cancel, then produce; a late completion is refused")
  void shouldCancelBeforeItProducesAndRefuseALateCompletion() {
    routing("fork", Join.XOR, Split.AND).from("in").to("a").to("b");
    automatic("slow", Join.XOR).from("a").to("out");
    automatic("stop", Join.XOR).from("b").to("out").cancelling(Set.of("a", "out"), Set.of("slow"));
    begin("a", "b");
    duel.complete("stop");

    assertThat(duel.reference.events).containsExactly("cancelled slow");
    assertThat(duel.complete("slow")).isFalse();
    assertThat(duel.reference.isComplete()).isTrue();
  }

  @Test
  @DisplayName("WCP-43, WCP-11: work left over does not keep the case from its end, or does")
  void shouldEndAtOnceOnlyWhenTerminationIsExplicit() {
    routing("fork", Join.XOR, Split.AND).from("in").to("a").to("b");
    automatic("one", Join.XOR).from("a").to("out");
    automatic("other", Join.XOR).from("b").to("out");
    begin("a", "b");
    duel.complete("one");
    assertThat(duel.reference.isComplete()).isFalse();

    net.explicitTermination = true;
    begin();
    duel.complete("one");
    assertThat(duel.reference.isComplete()).isTrue();
  }

  @Test
  void shouldGoWhereTheExitLeads() {
    automatic("task", Join.XOR).from("in").to("out").failingTo("failed").timingOutTo("late");
    offered("repair", Join.XOR, Split.AND).from("failed").to("out");
    offered("remind", Join.XOR, Split.AND).from("late").to("out");
    begin("failed", "late");
    duel.complete("task", Exit.FAILURE);
    assertOffered("repair");

    begin();
    duel.complete("task", Exit.TIMEOUT);
    assertOffered("remind");
  }

  @Test
  @DisplayName(
      "WCP-09: the token that ends a round is swallowed; the one behind it begins the next")
  void shouldCountASecondTokenForTheNewRoundWhenTheFirstEndedTheOld() {
    routing("fork", Join.XOR, Split.AND).from("in").to("a").to("later");
    offered("feed", Join.XOR, Split.AND).from("later").to("b", 2, Net.NONE);
    automatic("join", Join.AND).from("a").from("b").to("out").waitingFor(1, Reset.STRUCTURED);
    begin("a", "b", "later");
    duel.complete("join");
    duel.perform("feed");

    assertThat(duel.reference.isBusy("join")).isTrue();
  }

  @Test
  void shouldTellTasksApartWhenOneWordHasNoBitForEach() {
    for (int i = 0; i < 130; i++) {
      offered("t" + i, Join.XOR, Split.AND).from("c" + i % 65).to("out");
    }
    final Task fork = routing("fork", Join.XOR, Split.AND).from("in");
    for (int i = 0; i < 65; i++) {
      fork.to(net.condition("c" + i));
    }
    begin();
    duel.start("t64");
    duel.start("t65");

    assertThat(duel.reference.busy()).containsExactly("t64", "t65");
    assertThat(duel.complete("t0")).isFalse();
    assertThat(duel.start("t129")).isFalse();
    assertThat(duel.start("t0")).isFalse();
    assertThat(duel.complete("t64")).isTrue();
  }

  @Test
  void shouldWaitForEveryMilestoneWhenATaskReadsTwo() {
    routing("fork", Join.XOR, Split.AND).from("in").to("a").to("b").to("c");
    offered("leave", Join.XOR, Split.AND).from("a").to("a2");
    offered("task", Join.XOR, Split.AND).from("b").to("b2").reading("a").reading("c");
    automatic("end", Join.AND).from("a2").from("b2").from("c").to("out");
    for (final String condition : List.of("a", "b", "c", "a2", "b2")) {
      net.condition(condition);
    }
    duel = new Duel(net, true, 0);
    duel.begin();
    assertOffered("leave", "task");
    duel.start("leave");

    assertThat(duel.reference.events).containsExactly("withdrawn task");
    assertOffered();
  }
}
