package io.penstock.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.net.Verification;
import io.penstock.net.Verification.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Named workflows and what the verifier has to say about each. */
class SoundnessTest {
  private static final Variable<Boolean> YES = Variable.ofBoolean("yes");
  private static final Variable<Boolean> MORE = Variable.ofBoolean("more");
  private static final TaskHandler NOTHING = work -> {};

  private final List<Arguments> rows = new ArrayList<>();

  private static final String DEADLOCK = "deadlock, nothing can move any more: marking=";
  private static final String LIVELOCK =
      "livelock, something moves but no end can be reached: marking=";
  private static final String IMPROPER =
      "improper completion, tokens are left or the end is reached twice: marking=";
  private static final String DEAD = "dead task, no run ever starts it: task=";
  private static final String UNBOUNDED =
      "unbounded, tokens become more with every round: conditions=";

  @Test
  void shouldTakeSeveralTokensInTheOutputForAProperEndOnlyWhenThatIsSaid() {
    final Supplier<GraphBuilder> graph =
        () ->
            Workflow.graph("several-ends")
                .manual("a")
                .manual("b")
                .route("split")
                .flow("input", "split")
                .flow("split", "a")
                .flow("split", "b")
                .flow("a", "output")
                .flow("b", "output");

    assertThat(graph.get().severalEnds().build().verify().get(0).isSound()).isTrue();
    assertThatThrownBy(() -> graph.get().build())
        .isInstanceOf(UnsoundWorkflowException.class)
        .hasMessageContaining("improper completion");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("workflows")
  void shouldJudge(final String name, final Workflow workflow, final List<String> expected) {
    final Verification found = workflow.verify().get(0);

    assertThat(found.faults()).map(Fault::toString).containsExactlyElementsOf(expected);
    assertThat(found.answer())
        .isEqualTo(expected.isEmpty() ? Verification.Answer.SOUND : Verification.Answer.UNSOUND);
  }

  static List<Arguments> workflows() {
    final SoundnessTest table = new SoundnessTest();
    table.soundGraphs();
    table.soundBlocks();
    table.soundBlocksThatCancel();
    table.stuckGraphs();
    table.improperGraphs();
    table.endlessGraphs();
    table.graphsWithDeadTasks();
    table.graphsThatCancel();
    table.graphsThatEndAtOnce();
    table.faultyBlocks();
    table.orJoins();
    table.viciousOrJoins();
    table.criticalSections();
    table.partialBlocks();
    table.partialGraphs();
    return table.rows;
  }

  private void soundGraphs() {
    graph("sequence", "input > a > b > output");
    graph("parallel and synchronised", "and j; input > a > b > j > output; a > c > j");
    graph("choice and merge", "xor a; input > a ?> b > j > output; a !> c > j");
    graph("cycle with two exits", "xor a b; input > a ?> b ?> a; a !> output; b !> c > output");
    graph("loop into itself", "xor a; input > a ?> a; a !> output");
    graph("thread split and thread merge", "input > a >3 Q > b > D >3 c > output");
    graph("deferred choice", "manual x y; input > a > Q > x > p > output; Q > y > output");
    graph(
        "mutex",
        "manual x y; and x y j; input > a > x > j > output; a > y > j; a > M > x > M > y > M > j");
    graph(
        "rendezvous of branches", "and c j; input > a > b > c > j > output; a > d > c; d > e > j");
    graph(
        "producer and consumer in step",
        "and c j; input > a > P > p > B > c > F > j > output; a > C > c");
    graph(
        "as many rounds as the environment likes",
        "manual m e; input > a > Q > m > Q > e > output");
    graph("two branches to one place", "xor b; input > a > b ?> output; b !> output");
  }

  private void soundBlocks() {
    block("task", b -> b.task("a", NOTHING));
    block(
        "parallel",
        b -> b.parallel(p -> p.branch(x -> x.task("a", NOTHING)).branch(x -> x.manual("b"))));
    block("parallel of nothing", b -> b.parallel(p -> p.branch(x -> {}).branch(x -> {})));
    block(
        "choice",
        b -> b.choice(c -> c.when(YES.isTrue(), x -> x.task("a", NOTHING)).otherwise(x -> {})));
    block(
        "inclusive choice",
        b ->
            b.inclusiveChoice(
                c ->
                    c.when(YES.isTrue(), x -> x.task("a", NOTHING).task("b", NOTHING))
                        .when(MORE.isTrue(), x -> x.manual("c"))
                        .otherwise(x -> {})));
    block("while", b -> b.whileTrue(MORE.isTrue(), x -> x.task("a", NOTHING)));
    block("repeat", b -> b.repeatUntil(YES.isTrue(), x -> x.task("a", NOTHING)));
    block(
        "repeat in a parallel in a while",
        b ->
            b.whileTrue(
                MORE.isTrue(),
                l ->
                    l.parallel(
                        p ->
                            p.branch(x -> x.repeatUntil(YES.isTrue(), r -> r.task("a", NOTHING)))
                                .branch(x -> x.manual("b")))));
    block(
        "failure and time-out",
        b ->
            b.task("a", NOTHING)
                .deadline(Duration.ofSeconds(1))
                .onFailure(x -> x.task("repair", NOTHING))
                .onTimeout(x -> x.task("remind", NOTHING)));
    block(
        "manual that times out",
        b ->
            b.manual("a").deadline(Duration.ofDays(1)).onTimeout(x -> x.task("escalate", NOTHING)));
  }

  private void soundBlocksThatCancel() {
    block(
        "failure that cancels the case",
        b ->
            b.task("a", NOTHING)
                .onFailure(x -> x.task("undo", NOTHING).cancel())
                .task("b", NOTHING));
    block(
        "choice that may cancel",
        b ->
            b.choice(c -> c.when(YES.isTrue(), x -> x.cancel()).otherwise(x -> {}))
                .task("a", NOTHING));
    block(
        "cancel in one branch of a parallel",
        b ->
            b.parallel(
                p ->
                    p.branch(
                            x ->
                                x.choice(
                                    c -> c.when(YES.isTrue(), y -> y.cancel()).otherwise(y -> {})))
                        .branch(x -> x.task("a", NOTHING))));
    block(
        "cancel in an inclusive branch",
        b ->
            b.inclusiveChoice(
                c ->
                    c.when(YES.isTrue(), x -> x.task("a", NOTHING).cancel())
                        .when(MORE.isTrue(), x -> x.task("b", NOTHING))
                        .otherwise(x -> {})));
    block("cancelled at the end in any case", b -> b.task("a", NOTHING).cancel());
  }

  private void stuckGraphs() {
    graph(
        "choice into and-join",
        "xor a; and j; input > a ?> b > j > output; a !> c > j",
        DEADLOCK + "c{c_j}=1, after=a > c",
        DEAD + "j");
    graph(
        "and-join that needs what comes after it",
        "and a; input > a > b > output; b > L > a",
        DEADLOCK + "input=1, at the start",
        DEAD + "a",
        DEAD + "b");
    graph(
        "or-split into and-join",
        "or a; and j; input > a ?> b > j > output; a !> c > j",
        DEADLOCK + "c{c_j}=1, after=a > c",
        DEAD + "j");
    graph(
        "too few tokens for the weight",
        "input > a >2 Q > b > D >3 c > output",
        DEADLOCK + "D=2, after=a > b > b",
        DEAD + "c");
    graph(
        "deferred choice into and-join",
        "manual x y; and j; input > a > Q > x > j > output; Q > y > j",
        DEADLOCK + "c{x_j}=1, after=a > x",
        DEAD + "j");
    graph(
        "two locks in opposite order",
        "manual w x y z; and w x y z j; input > a > w > x > j > output; a > y > z > j;"
            + " a > M > w; a > N > y; N > x > N > j; M > z > M > j; x > M; z > N",
        DEADLOCK + "c{w_x}=1, c{y_z}=1, after=a > w > y");
    graph(
        "stuck in routing at the start",
        "route a b c j; xor a; and j; input > a ?> b > j > output; a !> c > j",
        DEADLOCK + "c{c_j}=1, at the start",
        DEAD + "j");
  }

  private void improperGraphs() {
    graph(
        "parallel into merge",
        "input > a > b > j > output; a > c > j",
        IMPROPER + "output=2, after=a > b > j > c > j");
    graph(
        "two flows to the end",
        "input > a > b > output; a > c > output",
        IMPROPER + "output=2, after=a > b > c");
    graph("two tokens to the end", "input > a >2 output", IMPROPER + "output=2, after=a");
    graph(
        "one branch leaves the parallel",
        "xor b; and j; input > a > b ?> output; b !> X > j > output; a > c > j",
        IMPROPER + "output=1, c{c_j}=1, after=a > b > c");
    graph(
        "or-split into merge",
        "or a; input > a ?> b > j > output; a ?> c > j; a !> d > j",
        IMPROPER + "output=2, after=a > b > j > c > j");
  }

  private void endlessGraphs() {
    graph(
        "trap",
        "xor a; and b; input > a ?> output; a !> c > T > t > T; c > K > b > output; T > b",
        LIVELOCK + "c (busy), after=a",
        DEAD + "b");
    graph(
        "loop that always goes on",
        "and j; input > a > b > L > c > L > j > output; b > X > j",
        LIVELOCK + "a (busy), at the start",
        DEAD + "j");
    graph(
        "grows in a loop",
        "xor b; input > a > b ?> c > b; c > D > d > output; b !> output",
        IMPROPER + "output=2, after=a > b > c > b > d",
        UNBOUNDED + "output, after=a > b > c > d");
    graph(
        "grows in a loop and is waited for",
        "manual m e; and e; input > a > Q > m > Q > e > output; m > D > e",
        UNBOUNDED + "D, after=a > m > m");
  }

  private void graphsWithDeadTasks() {
    graph(
        "task that another always beats to the token",
        "input > a > Q > b > output; Q > c > output",
        DEAD + "c");
    graph(
        "and-join over a choice beside another way",
        "xor a; and j; input > a ?> X > m > output; a !> Y > n > output; X > j > output; Y > j;"
            + " manual m n j",
        DEAD + "j");
  }

  private void graphsThatCancel() {
    graph(
        "region of one branch",
        "manual w; cancels s w A; input > f > A > w > output; f > s > output",
        IMPROPER + "output=2, after=f > w > s");
    graph(
        "region empties what is left over",
        "manual w; cancels s w A v; input > f > A > w > v > output; f > s > output",
        IMPROPER + "output=2, after=f > w > v > s");
    graph(
        "region that forgets a condition",
        "manual w; cancels s w; input > f > w > v > output; f > s > output",
        IMPROPER + "output=2, after=f > w > v > s");
    graph(
        "each branch cancels the other",
        "manual w s; cancels v s S; cancels s A w V v; input > f > A > w > V > v > output; f > S >"
            + " s > output");
    graph(
        "cancelling discriminator",
        "cancels j b c B C X; input > f > B > b > X > j > output; f > C > c > X");
    graph("cancels its own way back", "xor a; cancels a Q; input > a ?> Q > b > a; a !> output");
    graph(
        "empties what grows",
        "xor b; cancels e D; input > a > b ?> c > b; c > D > x > E > e > output; b !> e",
        IMPROPER + "output=2, after=a > b > c > b > x > e > e");
  }

  private void graphsThatEndAtOnce() {
    graph("explicit end leaves work behind", "explicit; input > a > b > output; a > c > output");
    graph(
        "explicit end reached by nothing",
        "explicit; xor a; and j; input > a ?> b > j > output; a !> c > j",
        DEADLOCK + "c{c_j}=1, after=a > c",
        DEAD + "j");
    graph(
        "explicit end before a task could start",
        "explicit; input > a > output; a > b > c > output",
        DEAD + "c");
  }

  private void faultyBlocks() {
    block("task after cancel", b -> b.cancel().task("a", NOTHING), DEAD + "a");
    block(
        "parallel that always cancels",
        b ->
            b.parallel(p -> p.branch(x -> x.manual("a")).branch(x -> x.cancel()))
                .task("c", NOTHING),
        DEAD + "parallel #1 done",
        DEAD + "c");
  }

  private void orJoins() {
    graph(
        "or-split into or-join",
        "or a; orjoin j; input > a ?> b > j > output; a ?> c > j; a !> d > j");
    graph("parallel into or-join", "orjoin j; input > a > b > j > output; a > c > j");
    graph("choice into or-join", "xor a; orjoin j; input > a ?> b > j > output; a !> c > j");
    graph(
        "or-join in a loop",
        "or a; orjoin j; xor x; input > a ?> b > j > x ?> a; a !> c > j; x !> output");
    graph(
        "or-join behind a loop in one branch",
        "orjoin j; xor c; input > a > b > j > output; a > L > l > c ?> L; c !> j");
    graph(
        "cancellation takes what the or-join waits for",
        "manual w k; orjoin j; xor k; cancels k w W; input > a > W > w > j > output; a > k ?> X > v"
            + " > j; k !> Y > u > j");
    graph(
        "or-join that a token may pass by",
        "orjoin j; xor b; and e; input > a > b ?> j; b !> X > d > e; a > c > j > e > output",
        DEADLOCK + "c{j_e}=1, after=a > b > c > j");
    graph(
        "inclusive or-split into inclusive join",
        "or a; inclusive j; input > a ?> b > j > output; a ?> c > j; a !> d > j");
  }

  private void viciousOrJoins() {
    final String circle =
        "xor p q; and e; input > f > p ?> q; p !> e; f > q ?> p; q !> e > output;";
    final String waiting =
        DEADLOCK + "c{f_p}=1, c{f_q}=1, OR-joins that wait for each other=[p, q]";
    graph(
        "two or-joins that wait for each other",
        circle + " orjoin p q",
        waiting + ", after=f",
        DEAD + "p",
        DEAD + "q",
        DEAD + "e");
    graph(
        "two inclusive joins that wait for each other",
        circle + " inclusive p q",
        waiting + ", after=f",
        DEAD + "p",
        DEAD + "q",
        DEAD + "e");
  }

  private void criticalSections() {
    graph(
        "sections of several tasks",
        "and j; input > f > a > b > j > output; f > c > d > j; mutex m a b; mutex m c d");
    graph(
        "mutexes entered in opposite order",
        "and j; input > f > a > b > x > j > output; f > c > d > y > j; mutex m a b x; mutex m d;"
            + " mutex n c d y; mutex n b",
        DEADLOCK + "c{a_b}=1, c{c_d}=1, after=f > a > c",
        DEAD + "b",
        DEAD + "x",
        DEAD + "j",
        DEAD + "d",
        DEAD + "y");
    block(
        "interleaved branches",
        b ->
            b.interleaved(
                i ->
                    i.branch(x -> x.task("a", NOTHING).task("b", NOTHING))
                        .branch(x -> x.manual("c"))));
    block(
        "critical sections in a loop",
        b ->
            b.whileTrue(
                MORE.isTrue(),
                l ->
                    l.parallel(
                        p ->
                            p.branch(x -> x.critical("m", y -> y.manual("a").task("b", NOTHING)))
                                .branch(x -> x.critical("m", y -> y.task("c", NOTHING))))));
    block(
        "critical sections in opposite order",
        b ->
            b.parallel(
                p ->
                    p.branch(
                            x ->
                                x.critical(
                                    "m", y -> y.manual("a").critical("n", z -> z.manual("b"))))
                        .branch(
                            x ->
                                x.critical(
                                    "n", y -> y.manual("c").critical("m", z -> z.manual("d"))))),
        DEADLOCK + "after a=1, after c=1, after=a > c",
        DEAD + "parallel #1 done",
        DEAD + "critical section #5",
        DEAD + "b",
        DEAD + "critical section #5 done",
        DEAD + "critical section #3 done",
        DEAD + "critical section #11",
        DEAD + "d",
        DEAD + "critical section #11 done",
        DEAD + "critical section #9 done");
  }

  private void partialBlocks() {
    block(
        "first of three, the others cancelled, in a loop",
        b -> b.whileTrue(MORE.isTrue(), l -> l.parallel(three(1, Rest.CANCEL))));
    block("two of three, the other runs on", b -> b.parallel(three(2, Rest.RUN_ON)));
    block(
        "first of three, the others run on, in a loop",
        b -> b.whileTrue(MORE.isTrue(), l -> l.parallel(three(1, Rest.RUN_ON))));
    block(
        "two of three, the other runs on, in a loop",
        b -> b.whileTrue(MORE.isTrue(), l -> l.parallel(three(2, Rest.RUN_ON))));
  }

  private void partialGraphs() {
    graph(
        "structured discriminator in a loop that overtakes its branches",
        "manual b c; first j 1; xor j; input > a > b > j ?> a; a > c > j; j !> output",
        DEADLOCK + "(none), after=a > b > j > a > b > c > c > j > a > c > b");
    graph(
        "partial join of too few",
        "xor a; first j 2; input > a ?> b > j > output; a !> c > j",
        DEADLOCK + "j (waits with 1), after=a > c",
        DEAD + "j");
  }

  private static Consumer<Block.Branches> three(final int threshold, final Rest rest) {
    return p ->
        p.branch(x -> x.manual("a"))
            .branch(x -> x.manual("b"))
            .branch(x -> x.task("c", NOTHING))
            .waitFor(threshold, rest);
  }

  private void graph(final String name, final String text, final String... faults) {
    rows.add(Arguments.of(name, GraphText.parse(text).build(), List.of(faults)));
  }

  private void block(
      final String name, final Consumer<WorkflowBuilder> steps, final String... faults) {
    final WorkflowBuilder workflow = Workflow.define(name).allowUnsound("it is a test");
    steps.accept(workflow);
    rows.add(Arguments.of(name, workflow.build(), List.of(faults)));
  }
}
