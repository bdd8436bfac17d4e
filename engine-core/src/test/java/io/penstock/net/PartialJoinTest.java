package io.penstock.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Joins of k of n inputs and milestones: the traces that tell look-alikes apart. Sources feed the
 * join's inputs by hand, again and again, so that a second token of a branch can come at any time.
 */
class PartialJoinTest implements MachineSink {
  private static final int JOIN = 0;

  private final List<String> events = new ArrayList<>();
  private final Machine machine = new Machine(this);
  private Net net;

  /**
   * A join with so many inputs, each fed by a source that somebody can start as often as it likes.
   */
  private void begin(final int inputs, final int threshold, final Reset reset) {
    final NetBuilder builder = new NetBuilder("join");
    builder.input(builder.condition("in"));
    builder.output(builder.condition("out"));
    final int join = builder.task("join", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    builder.partialJoin(join, threshold, reset);
    builder.flowOut(join, 1, 1, Net.NONE);
    final int ready = builder.condition("ready");
    final int enter = builder.task("enter", StartMode.ROUTING, Join.XOR, Split.AND);
    builder.flowIn(0, enter, 1);
    builder.flowOut(enter, ready, 1, Net.NONE);
    for (int i = 0; i < inputs; i++) {
      final int source = builder.task("source" + i, StartMode.OFFERED, Join.XOR, Split.AND);
      final int arc = builder.condition("branch" + i);
      builder.flowIn(ready, source, 1);
      builder.flowOut(source, ready, 1, Net.NONE);
      builder.flowOut(source, arc, 1, Net.NONE);
      builder.flowIn(arc, join, 1);
      if (reset == Reset.CANCELLING) {
        builder.cancelsCondition(join, arc);
      }
    }
    net = builder.build();
    machine.wrap(net, new UnsafeBuffer(new byte[net.stateLength()]), 0);
    machine.begin();
    events.clear();
  }

  private void feed(final int input) {
    assertThat(machine.start(2 + input)).isTrue();
    machine.complete(2 + input, Exit.NORMAL);
  }

  private int starts() {
    return (int) events.stream().filter("started join"::equals).count();
  }

  private void completeJoin() {
    assertThat(machine.complete(JOIN, Exit.NORMAL)).isTrue();
  }

  @Test
  @DisplayName("WCP-09: the first branch wins, the others are swallowed, and then it starts again")
  void shouldSwallowTheOtherBranchesWhenStructured() {
    begin(3, 1, Reset.STRUCTURED);
    for (int round = 1; round <= 3; round++) {
      feed(1);
      assertThat(starts()).isEqualTo(round);
      completeJoin();
      feed(0);
      feed(1); // a second token of a branch that has arrived counts for nothing
      assertThat(starts()).as("until all have come once").isEqualTo(round);
      feed(2);
      assertThat(starts()).isEqualTo(round);
    }
  }

  @Test
  @DisplayName("WCP-28: a second token of a branch is held until all branches have come once")
  void shouldHoldASecondTokenWhenBlocking() {
    begin(3, 1, Reset.BLOCKING);
    feed(1);
    completeJoin();
    feed(1);
    feed(1);
    feed(0);
    assertThat(starts()).isEqualTo(1);

    feed(2); // the round is over: one of the tokens held begins the next

    assertThat(starts()).isEqualTo(2);
    completeJoin();
    feed(0);
    feed(2);
    assertThat(starts()).as("and the other the one after").isEqualTo(3);
  }

  @Test
  @DisplayName("WCP-29: it starts again at once, and what the others brought is cancelled")
  void shouldStartAgainAtOnceWhenCancelling() {
    begin(3, 1, Reset.CANCELLING);
    feed(1);
    feed(0); // while the join is busy
    completeJoin();
    assertThat(starts()).as("its completion emptied the other branch").isEqualTo(1);

    feed(1);
    assertThat(starts()).isEqualTo(2);
  }

  @Test
  @DisplayName("WCP-30, WCP-31, WCP-32: two of three")
  void shouldWaitForTheThreshold() {
    for (final Reset reset : Reset.values()) {
      events.clear();
      begin(3, 2, reset);
      feed(1);
      feed(1);
      assertThat(starts()).as("%s counts a branch once", reset).isZero();
      feed(2);
      assertThat(starts()).isEqualTo(1);
      completeJoin();
      feed(0);
      feed(2);
      final int expected =
          switch (reset) {
            case STRUCTURED -> 1; // 0 ended the round, 2 began the next
            case BLOCKING ->
                2; // the second token of 1 was held, and 2 is the second of the next round
            case CANCELLING -> 2; // 0 and 2 are a round of their own
          };
      assertThat(starts()).as(reset.toString()).isEqualTo(expected);
    }
  }

  @Test
  void shouldNotForgetThatABranchWaitsForOthersInVain() {
    begin(2, 2, Reset.STRUCTURED);
    feed(0);

    assertThat(machine.tokens(3)).as("it has arrived").isZero();
    machine.cancelAll();
    assertThat(machine.isComplete()).isFalse();
  }

  @Test
  @DisplayName("WCP-18: the work item is withdrawn when the milestone's token goes")
  void shouldOfferOnlyWhileTheMilestoneIsReached() {
    final NetBuilder builder = new NetBuilder("milestone");
    builder.safeByConstruction();
    builder.input(builder.condition("in"));
    builder.output(builder.condition("out"));
    final int fork = builder.task("fork", StartMode.ROUTING, Join.XOR, Split.AND);
    final int open = builder.task("open", StartMode.OFFERED, Join.XOR, Split.AND);
    final int close = builder.task("close", StartMode.OFFERED, Join.XOR, Split.AND);
    final int bid = builder.task("bid", StartMode.OFFERED, Join.XOR, Split.AND);
    final int end = builder.task("end", StartMode.ROUTING, Join.AND, Split.AND);
    final int[] c = new int[4];
    for (int i = 0; i < c.length; i++) {
      c[i] = builder.condition("c" + i);
    }
    final int opened = builder.condition("opened");
    builder.flowIn(0, fork, 1);
    builder.flowOut(fork, c[0], 1, Net.NONE);
    builder.flowOut(fork, c[1], 1, Net.NONE);
    builder.flowIn(c[0], open, 1);
    builder.flowOut(open, opened, 1, Net.NONE);
    builder.flowIn(opened, close, 1);
    builder.flowOut(close, c[2], 1, Net.NONE);
    builder.flowIn(c[1], bid, 1);
    builder.readFlow(opened, bid);
    builder.flowOut(bid, c[3], 1, Net.NONE);
    builder.flowIn(c[2], end, 1);
    builder.flowIn(c[3], end, 1);
    builder.flowOut(end, 1, 1, Net.NONE);
    net = builder.build();
    machine.wrap(net, new UnsafeBuffer(new byte[net.stateLength()]), 0);
    machine.begin();

    assertThat(machine.start(bid)).as("too early").isFalse();
    machine.start(open);
    machine.complete(open, Exit.NORMAL);
    assertThat(machine.isOffered(bid)).isTrue();
    machine.start(close);
    assertThat(machine.isOffered(bid)).as("too late").isFalse();
    assertThat(events).endsWith("withdrawn bid");
    assertThat(machine.start(bid)).isFalse();
  }

  @Test
  void shouldRefuseAThresholdThatNoInputsCanReach() {
    assertThatThrownBy(() -> begin(2, 3, Reset.STRUCTURED))
        .isInstanceOf(InvalidNetException.class)
        .hasMessageContaining("threshold=3, inputs=2");
  }

  @Override
  public boolean guard(final int guard) {
    return false;
  }

  @Override
  public void started(final int task) {
    events.add("started " + net.taskName(task));
  }

  @Override
  public void offered(final int task) {}

  @Override
  public void withdrawn(final int task) {
    events.add("withdrawn " + net.taskName(task));
  }

  @Override
  public void cancelled(final int task) {}

  @Override
  public void routed(final int task) {}

  @Override
  public void noBranch(final int task) {}
}
