package io.penstock.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** OR-joins where the tiers part, by the trace of a case. */
class OrJoinTest {
  private final NetBuilder builder = new NetBuilder("net");
  private final List<String> undecided = new ArrayList<>();
  private Net net;
  private Machine machine;

  private int task(final String name, final Join join, final Split split) {
    return builder.task(name, StartMode.OFFERED, join, split);
  }

  private void flow(final int task, final int condition) {
    builder.flowOut(task, condition, 1, Net.NONE);
  }

  private void begin() {
    net = builder.build();
    machine =
        new Machine(
            new MachineSink() {
              @Override
              public boolean guard(final int guard) {
                return true;
              }

              @Override
              public void started(final int task) {}

              @Override
              public void offered(final int task) {}

              @Override
              public void withdrawn(final int task) {}

              @Override
              public void cancelled(final int task) {}

              @Override
              public void routed(final int task) {}

              @Override
              public void noBranch(final int task) {}

              @Override
              public void undecided(final int task) {
                undecided.add(net.taskName(task));
              }
            });
    machine.wrap(net, new UnsafeBuffer(new byte[net.stateLength()]), 0).begin();
  }

  private void perform(final int task) {
    assertThat(machine.start(task)).as("start of %s", net.taskName(task)).isTrue();
    assertThat(machine.complete(task, Exit.NORMAL)).isTrue();
  }

  /**
   * f gives two tokens to a and one to j; m may carry one of those in a over to b, which j needs as
   * well, so j has to wait although a stays marked.
   */
  @Test
  @DisplayName("WCP-38: a join waits while one of two tokens in an input may go to an empty one")
  void shouldWaitWhileASurplusTokenMayGoToAnotherInput() {
    final int in = builder.condition("in");
    final int out = builder.condition("out");
    final int a = builder.condition("a");
    final int b = builder.condition("b");
    builder.input(in);
    builder.output(out);
    final int f = task("f", Join.AND, Split.AND);
    final int m = task("m", Join.AND, Split.AND);
    final int j = task("j", Join.OR, Split.AND);
    builder.flowIn(in, f, 1);
    builder.flowOut(f, a, 2, Net.NONE);
    builder.flowIn(a, m, 1);
    flow(m, b);
    builder.flowIn(a, j, 1);
    builder.flowIn(b, j, 1);
    flow(j, out);
    begin();

    perform(f);
    assertThat(machine.isOffered(j)).isFalse();
    perform(m);
    assertThat(machine.isOffered(j)).isTrue();
    perform(j);
    assertThat(machine.isComplete()).isTrue();
  }

  /** r refills the input that c empties, so both inputs can be marked at the end. */
  @Test
  @DisplayName("WCP-38: a join waits when a marked input may be emptied and marked again")
  void shouldWaitWhenAMarkedInputMayBeEmptiedAndMarkedAgain() {
    final int in = builder.condition("in");
    final int out = builder.condition("out");
    final int x = builder.condition("x");
    final int y = builder.condition("y");
    final int p = builder.condition("p");
    final int q = builder.condition("q");
    builder.input(in);
    builder.output(out);
    final int f = task("f", Join.AND, Split.AND);
    final int c = task("c", Join.AND, Split.AND);
    final int r = task("r", Join.AND, Split.AND);
    final int j = task("j", Join.OR, Split.AND);
    builder.flowIn(in, f, 1);
    List.of(x, p, q).forEach(condition -> flow(f, condition));
    builder.flowIn(p, c, 1);
    builder.cancelsCondition(c, x);
    flow(c, y);
    builder.flowIn(q, r, 1);
    flow(r, x);
    builder.flowIn(x, j, 1);
    builder.flowIn(y, j, 1);
    flow(j, out);
    begin();

    perform(f);
    assertThat(machine.isOffered(j)).isFalse();
    perform(c);
    assertThat(machine.isOffered(j)).as("r can still mark x").isFalse();
    perform(r);
    assertThat(machine.isOffered(j)).isTrue();
  }

  /** A counter of tokens that only a large search could follow: with no budget nobody knows. */
  @Test
  @DisplayName("an exhausted budget waits and is told, it never starts on a guess")
  void shouldWaitAndSaySoWhenTheBudgetIsSpent() {
    builder.orJoinStatesMax(1);
    final int join = hardJoin();
    begin();

    perform(0);

    assertThat(machine.isOffered(join)).isFalse();
    assertThat(undecided).containsOnly("j");
    assertThat(new Verifier().verify(net).warnings())
        .containsExactly(
            "OR-join waits where it could not be decided within its budget: tasks=[j],"
                + " orJoinStatesMax=1");
  }

  @Test
  void shouldStartWhenTheBudgetIsEnough() {
    final int join = hardJoin();
    begin();

    perform(0);

    assertThat(machine.isOffered(join)).isTrue();
    assertThat(undecided).isEmpty();
    assertThat(new Verifier().verify(net).warnings()).isEmpty();
  }

  /** j waits for y only if u and v can both be marked, of which k gives one. */
  private int hardJoin() {
    final int in = builder.condition("in");
    final int out = builder.condition("out");
    final int x = builder.condition("x");
    final int y = builder.condition("y");
    final int h = builder.condition("h");
    final int u = builder.condition("u");
    final int v = builder.condition("v");
    builder.input(in);
    builder.output(out);
    final int f = task("f", Join.AND, Split.AND);
    final int k = task("k", Join.AND, Split.XOR);
    final int b = task("b", Join.AND, Split.AND);
    final int j = task("j", Join.OR, Split.AND);
    builder.flowIn(in, f, 1);
    flow(f, x);
    flow(f, h);
    builder.flowIn(h, k, 1);
    builder.flowOut(k, u, 1, 0);
    builder.defaultFlow(k, builder.flowOut(k, v, 1, Net.NONE));
    builder.flowIn(u, b, 1);
    builder.flowIn(v, b, 1);
    flow(b, y);
    builder.flowIn(x, j, 1);
    builder.flowIn(y, j, 1);
    flow(j, out);
    return j;
  }

  @Test
  @DisplayName("BPMN: a token that may come to a marked input is not waited for")
  void shouldNotWaitAtAnInclusiveJoinForATokenThatMayComeToAMarkedInput() {
    final int join = joinBehindChoice(Join.INCLUSIVE);
    begin();

    perform(0);
    perform(1);

    assertThat(machine.isOffered(join)).isTrue();
  }

  @Test
  @DisplayName("WCP-38: the same token is waited for by the general synchronizing merge")
  void shouldWaitAtAnOrJoinForATokenThatMayComeToAMarkedInput() {
    final int join = joinBehindChoice(Join.OR);
    begin();

    perform(0);
    perform(1);

    assertThat(machine.isOffered(join)).isFalse();
  }

  /** a gives x; the token of the other branch may go to x or to y. */
  private int joinBehindChoice(final Join kind) {
    final int in = builder.condition("in");
    final int out = builder.condition("out");
    final int p = builder.condition("p");
    final int q = builder.condition("q");
    final int x = builder.condition("x");
    final int y = builder.condition("y");
    builder.input(in);
    builder.output(out);
    final int f = task("f", Join.AND, Split.AND);
    final int a = task("a", Join.AND, Split.AND);
    final int c = task("c", Join.AND, Split.XOR);
    final int j = task("j", kind, Split.AND);
    builder.flowIn(in, f, 1);
    flow(f, p);
    flow(f, q);
    builder.flowIn(p, a, 1);
    flow(a, x);
    builder.flowIn(q, c, 1);
    builder.flowOut(c, x, 1, 0);
    builder.defaultFlow(c, builder.flowOut(c, y, 1, Net.NONE));
    builder.flowIn(x, j, 1);
    builder.flowIn(y, j, 1);
    flow(j, out);
    return j;
  }

  @Test
  void shouldRefuseAnOrJoinWithAWeightAndABudgetOfNothing() {
    final int in = builder.condition("in");
    final int out = builder.condition("out");
    builder.input(in);
    builder.output(out);
    final int j = task("j", Join.OR, Split.AND);
    builder.flowIn(in, j, 2);
    flow(j, out);
    builder.orJoinStatesMax(0);

    assertThatThrownBy(builder::build)
        .isInstanceOf(InvalidNetException.class)
        .hasMessageContaining("flow into an OR-join must carry one token: task=j")
        .hasMessageContaining("states of an OR-join must be at least 1: orJoinStatesMax=0");
  }
}
