package io.penstock.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.net.InvalidNetException;
import io.penstock.net.Verification;
import io.penstock.net.Verifier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code build()} refuses, and what it says. */
class UnsoundWorkflowTest {
  private static final Variable<Boolean> YES = Variable.ofBoolean("yes");

  private static GraphBuilder stuck() {
    return Workflow.graph("stuck")
        .route("split")
        .xorSplit()
        .manual("left")
        .manual("right")
        .route("join")
        .andJoin()
        .flow("input", "split")
        .flow("split", "left", YES.isTrue())
        .defaultFlow("split", "right")
        .flow("left", "join")
        .flow("right", "join")
        .flow("join", "output");
  }

  @Test
  void shouldRefuseAndShowTheRunWhenACaseCanGetStuck() {
    assertThatThrownBy(() -> stuck().build())
        .isInstanceOf(UnsoundWorkflowException.class)
        .hasMessage(
            """
            workflow must be sound: workflow=stuck, faults=2; correct it, or say \
            allowUnsound(reason) to build it as it is
              - deadlock, nothing can move any more: marking=c{right_join}=1, after=right, net=stuck
              - dead task, no run ever starts it: task=join, net=stuck""");
  }

  @Test
  void shouldBuildAndKeepTheReasonWhenUnsoundIsAllowed() {
    final Workflow workflow = stuck().allowUnsound("shown to students").build();

    assertThat(workflow.unsoundReason()).contains("shown to students");
    assertThat(workflow.verify())
        .singleElement()
        .satisfies(found -> assertThat(found.answer()).isEqualTo(Verification.Answer.UNSOUND));
    assertThatIllegalArgumentException().isThrownBy(() -> stuck().allowUnsound(" "));
  }

  @Test
  void shouldNameTheNetWhenARepeatedBlockIsUnsound() {
    assertThatThrownBy(
            () ->
                Workflow.define("outer")
                    .forEach(
                        "each",
                        Variable.ofString("item"),
                        work -> List.of(),
                        body -> body.cancel().manual("never"))
                    .build())
        .hasMessageContaining("dead task, no run ever starts it: task=never, net=each");
  }

  @Test
  void shouldNameAllFaultsOfStructureFirst() {
    assertThatThrownBy(
            () ->
                Workflow.graph("apart")
                    .manual("back")
                    .manual("alone")
                    .condition("nowhere")
                    .flow("input", "back")
                    .flow("back", "input")
                    .flow("alone", "nowhere")
                    .build())
        .isInstanceOfSatisfying(
            InvalidNetException.class,
            invalid ->
                assertThat(invalid.faults())
                    .containsExactly(
                        "no flow may lead into the input condition: task=back",
                        "task must have a flow into it: task=alone",
                        "element must lead to the output: condition=input",
                        "element must be reachable from the input: condition=output",
                        "element must be reachable from the input: condition=nowhere",
                        "element must lead to the output: condition=nowhere",
                        "element must lead to the output: task=back"));
    assertThatThrownBy(
            () ->
                Workflow.graph("off-path, and a flow into the input")
                    .manual("a")
                    .manual("b")
                    .condition("q")
                    .condition("r")
                    .flow("input", "a")
                    .flow("a", "output")
                    .flow("q", "b")
                    .flow("b", "r")
                    .flow("r", "back")
                    .manual("back")
                    .flow("back", "q")
                    .flow("a", "input")
                    .build())
        .isInstanceOfSatisfying(
            InvalidNetException.class,
            invalid ->
                assertThat(invalid.faults())
                    .containsExactly(
                        "no flow may lead into the input condition: task=a",
                        "element must be reachable from the input: condition=q",
                        "element must lead to the output: condition=q",
                        "element must be reachable from the input: condition=r",
                        "element must lead to the output: condition=r",
                        "element must be reachable from the input: task=b",
                        "element must lead to the output: task=b",
                        "element must be reachable from the input: task=back",
                        "element must lead to the output: task=back"));
    assertThatThrownBy(
            () ->
                Workflow.graph("off-path")
                    .manual("a")
                    .manual("b")
                    .condition("q")
                    .flow("input", "a")
                    .flow("a", "output")
                    .flow("q", "b")
                    .flow("b", "q")
                    .build())
        .isInstanceOfSatisfying(
            InvalidNetException.class,
            invalid ->
                assertThat(invalid.faults())
                    .containsExactly(
                        "element must be reachable from the input: condition=q",
                        "element must lead to the output: condition=q",
                        "element must be reachable from the input: task=b",
                        "element must lead to the output: task=b"));
  }

  @Test
  void shouldNotKnowWhenTheBoundIsReached() {
    final Workflow wide =
        GraphText.parse(
                "explicit; and j; manual a b c d e; input > f > a > j > output;"
                    + " f > b > j; f > c > j; f > d > j; f > e > j")
            .build();

    final Verification found = new Verifier(20, 10).verify(wide.nets().get(0));

    assertThat(found.answer()).isEqualTo(Verification.Answer.UNKNOWN);
    assertThat(found.bound()).isEqualTo("states=20");
    assertThat(found.states()).isEqualTo(20);
    assertThat(wide.verify().get(0).isSound()).isTrue();
  }

  @Test
  void shouldNotKnowWhenWhatGrowsMayBeTakenAway() {
    final Workflow workflow =
        GraphText.parse(
                "manual m e; cancels e D; input > a > Q > m > Q > e > output; m > D > x > output;"
                    + " explicit")
            .build();

    final Verification found = workflow.verify().get(0);
    assertThat(found.answer()).isEqualTo(Verification.Answer.UNKNOWN);
    assertThat(found.bound()).isEqualTo("tokens without bound: conditions=D");
  }

  @Test
  void shouldLookAtTwoStatesWhenAHundredTasksAreInBlocks() {
    final WorkflowBuilder workflow = Workflow.define("large");
    for (int i = 0; i < 10; i++) {
      final int block = i;
      workflow.parallel(
          parallel -> {
            for (int branch = 0; branch < 10; branch++) {
              final String name = "task " + block + "." + branch;
              parallel.branch(
                  steps -> steps.task(name, work -> {}).deadline(Duration.ofSeconds(1)));
            }
          });
    }

    assertThat(workflow.build().verify().get(0).states()).isEqualTo(2);
  }
}
