package io.penstock.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The token game by itself, on masks and on counters. */
class MachineTest {
  private final Recorder recorder = new Recorder();
  private final Machine machine = new Machine(recorder);

  private Machine on(final Net net) {
    recorder.net = net;
    return machine.wrap(net, new UnsafeBuffer(new byte[net.stateLength()]), 0);
  }

  private static NetBuilder builder(final boolean safe) {
    final NetBuilder net = new NetBuilder("test");
    if (safe) {
      net.safeByConstruction();
    }
    net.input(net.condition("in"));
    net.output(net.condition("out"));
    return net;
  }

  private static int flow(final NetBuilder net, final int from, final int to) {
    final int between = net.condition("c" + from + "_" + to);
    net.flowOut(from, between, 1, Net.NONE);
    net.flowIn(between, to, 1);
    return between;
  }

  private static Net diamond(final boolean safe, final Join join) {
    final NetBuilder net = builder(safe);
    final int fork = net.task("fork", StartMode.ROUTING, Join.XOR, Split.AND);
    final int a = net.task("a", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int b = net.task("b", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int last = net.task("last", StartMode.AUTOMATIC, join, Split.AND);
    net.flowIn(0, fork, 1);
    flow(net, fork, a);
    flow(net, fork, b);
    flow(net, a, last);
    flow(net, b, last);
    net.flowOut(last, 1, 1, Net.NONE);
    return net.build();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldStartAnAndJoinOnlyWhenBothBranchesAreThere(final boolean safe) {
    on(diamond(safe, Join.AND)).begin();
    assertThat(recorder.events).containsExactly("routed fork", "started a", "started b");
    recorder.events.clear();

    assertThat(machine.complete(1, Exit.NORMAL)).isTrue();
    assertThat(recorder.events).isEmpty();
    assertThat(machine.complete(1, Exit.NORMAL)).as("completed twice").isFalse();
    assertThat(machine.complete(2, Exit.NORMAL)).isTrue();
    assertThat(recorder.events).containsExactly("started last");
    assertThat(machine.isComplete()).isFalse();
    assertThat(machine.complete(3, Exit.NORMAL)).isTrue();

    assertThat(machine.isComplete()).isTrue();
  }

  @Test
  void shouldRunAnXorJoinForEachTokenWhenBranchesMeet() {
    on(diamond(false, Join.XOR)).begin();
    machine.complete(1, Exit.NORMAL);
    machine.complete(2, Exit.NORMAL);
    assertThat(recorder.events)
        .containsExactly("routed fork", "started a", "started b", "started last");

    machine.complete(3, Exit.NORMAL);
    assertThat(recorder.events).hasSize(5).endsWith("started last");
    machine.complete(3, Exit.NORMAL);

    assertThat(machine.tokens(1)).isEqualTo(2);
    assertThat(machine.isComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldWithdrawWhatLosesItsTokenToAnother(final boolean safe) {
    final NetBuilder net = builder(safe);
    final int one = net.task("one", StartMode.OFFERED, Join.XOR, Split.AND);
    final int other = net.task("other", StartMode.OFFERED, Join.XOR, Split.AND);
    for (final int task : new int[] {one, other}) {
      net.flowIn(0, task, 1);
      net.flowOut(task, 1, 1, Net.NONE);
    }
    on(net.build()).begin();
    assertThat(recorder.events).containsExactly("offered one", "offered other");
    recorder.events.clear();

    assertThat(machine.start(other)).isTrue();
    assertThat(recorder.events).containsExactly("withdrawn one");
    assertThat(machine.start(one)).isFalse();
    machine.complete(other, Exit.NORMAL);

    assertThat(machine.isComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldKeepATokenBeforeATaskWhoseMutexAnotherHolds(final boolean safe) {
    final NetBuilder net = builder(safe);
    final int fork = net.task("fork", StartMode.ROUTING, Join.XOR, Split.AND);
    final int a = net.task("a", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int b = net.task("b", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int other = net.task("other", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int last = net.task("last", StartMode.AUTOMATIC, Join.AND, Split.AND);
    net.flowIn(0, fork, 1);
    flow(net, fork, a);
    flow(net, fork, other);
    flow(net, a, b);
    flow(net, b, last);
    flow(net, other, last);
    net.flowOut(last, 1, 1, Net.NONE);
    final int mutex = net.mutex("counter");
    net.criticalSection(mutex, Set.of(b));
    net.criticalSection(mutex, Set.of(other));

    on(net.build()).begin();
    machine.complete(a, Exit.NORMAL);
    assertThat(recorder.events).containsExactly("routed fork", "started a", "started other");
    recorder.events.clear();
    machine.complete(other, Exit.NORMAL);
    assertThat(recorder.events).containsExactly("started b");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldCancelARegionOfTasksAlone(final boolean safe) {
    final NetBuilder net = builder(safe);
    final int fork = net.task("fork", StartMode.ROUTING, Join.XOR, Split.AND);
    final int slow = net.task("slow", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int stop = net.task("stop", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int last = net.task("last", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    net.flowIn(0, fork, 1);
    flow(net, fork, slow);
    flow(net, fork, stop);
    flow(net, slow, last);
    flow(net, stop, last);
    net.flowOut(last, 1, 1, Net.NONE);
    net.cancelsTask(stop, slow);

    on(net.build()).begin();
    recorder.events.clear();
    machine.complete(stop, Exit.NORMAL);
    assertThat(recorder.events).containsExactly("cancelled slow", "started last");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldCancelTheRegionBeforeItProduces(final boolean safe) {
    final NetBuilder net = builder(safe);
    final int fork = net.task("fork", StartMode.ROUTING, Join.XOR, Split.AND);
    final int slow = net.task("slow", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int stop = net.task("stop", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    net.flowIn(0, fork, 1);
    final int beforeSlow = flow(net, fork, slow);
    flow(net, fork, stop);
    net.flowOut(slow, 1, 1, Net.NONE);
    net.flowOut(stop, 1, 1, Net.NONE);
    net.cancelsTask(stop, slow);
    net.cancelsCondition(stop, beforeSlow);
    net.cancelsCondition(stop, 1); // its own output: emptied before it produces, not after
    on(net.build()).begin();
    recorder.events.clear();

    machine.complete(stop, Exit.NORMAL);

    assertThat(recorder.events).containsExactly("cancelled slow");
    assertThat(machine.tokens(1)).isEqualTo(1);
    assertThat(machine.complete(slow, Exit.NORMAL)).as("late result").isFalse();
    assertThat(machine.isComplete()).isTrue();
  }

  @Test
  void shouldJudgeEveryGuardOfAnOrSplitBeforeATokenMoves() {
    final NetBuilder net = builder(true);
    final int choose = net.task("choose", StartMode.ROUTING, Join.XOR, Split.OR);
    final int join = net.task("join", StartMode.ROUTING, Join.AND, Split.AND);
    net.flowIn(0, choose, 1);
    for (int guard = 0; guard < 2; guard++) {
      final int branch = net.condition("branch" + guard);
      final int end = net.condition("end" + guard);
      final int task = net.task("task" + guard, StartMode.AUTOMATIC, Join.XOR, Split.AND);
      net.complementFlowOut(choose, end, net.flowOut(choose, branch, 1, guard));
      net.flowIn(branch, task, 1);
      net.flowOut(task, end, 1, Net.NONE);
      net.flowIn(end, join, 1);
    }
    final int otherwise = net.condition("otherwise");
    final int flow = net.flowOut(choose, otherwise, 1, Net.NONE);
    net.defaultFlow(choose, flow);
    final int last = net.condition("last");
    net.complementFlowOut(choose, last, flow);
    final int none = net.task("none", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    net.flowIn(otherwise, none, 1);
    net.flowOut(none, last, 1, Net.NONE);
    net.flowIn(last, join, 1);
    net.flowOut(join, 1, 1, Net.NONE);
    final Net built = net.build();

    recorder.trueGuards.add(1);
    on(built).begin();
    assertThat(recorder.events)
        .containsExactly("guard 0", "guard 1", "routed choose", "started task1");
    machine.complete(3, Exit.NORMAL);
    assertThat(machine.isComplete()).isTrue();

    recorder.events.clear();
    recorder.trueGuards.clear();
    on(built).begin();
    assertThat(recorder.events).contains("started none");
  }

  @Test
  void shouldLeaveByTheFailureFlow() {
    final NetBuilder net = builder(true);
    final int task = net.task("task", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int repair = net.task("repair", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    final int failed = net.condition("failed");
    net.flowIn(0, task, 1);
    net.flowOut(task, 1, 1, Net.NONE);
    net.failureFlow(task, failed);
    net.flowIn(failed, repair, 1);
    net.flowOut(repair, 1, 1, Net.NONE);
    final Net built = net.build();
    on(built).begin();

    assertThat(built.handles(task, Exit.FAILURE)).isTrue();
    assertThat(built.handles(task, Exit.TIMEOUT)).isFalse();
    machine.complete(task, Exit.FAILURE);

    assertThat(recorder.events).containsExactly("started task", "started repair");
    assertThat(machine.tokens(1)).isZero();
  }

  @Test
  void shouldKeepStateInOneWordEachWhenTheNetIsSafeAndSmall() {
    assertThat(diamond(true, Join.AND).isMasked()).isTrue();
    assertThat(diamond(true, Join.AND).stateLength()).isEqualTo(24);
    assertThat(diamond(false, Join.AND).isMasked()).isFalse();
  }

  @Test
  void shouldNameEveryFaultOfStructure() {
    final NetBuilder net = builder(false);
    final int a = net.task("a", StartMode.AUTOMATIC, Join.XOR, Split.AND);
    net.flowIn(0, a, 1);
    net.flowOut(a, 0, 1, Net.NONE);
    net.flowIn(1, a, 1);
    net.task("lonely", StartMode.AUTOMATIC, Join.XOR, Split.XOR);

    assertThatThrownBy(net::build)
        .isInstanceOfSatisfying(
            InvalidNetException.class,
            invalid ->
                assertThat(invalid.faults())
                    .containsExactlyInAnyOrder(
                        "no flow may lead into the input condition: task=a",
                        "no flow may lead out of the output condition: task=a",
                        "task must have a flow into it: task=lonely",
                        "task must have a flow out of it: task=lonely",
                        "split must have a default for when no guard holds: task=lonely",
                        "element must lead to the output: condition=in",
                        "element must be reachable from the input: condition=out",
                        "element must lead to the output: task=a"));
  }

  @Test
  void shouldRefuseACycleThatWouldTurnForEver() {
    final NetBuilder net = builder(false);
    final int enter = net.task("enter", StartMode.ROUTING, Join.XOR, Split.AND);
    final int turn = net.task("turn", StartMode.ROUTING, Join.XOR, Split.XOR);
    final int leave = net.task("leave", StartMode.ROUTING, Join.XOR, Split.AND);
    net.flowIn(0, enter, 1);
    final int head = flow(net, enter, turn);
    net.flowOut(turn, head, 1, 0);
    final int after = net.condition("after");
    net.defaultFlow(turn, net.flowOut(turn, after, 1, Net.NONE));
    net.flowIn(after, leave, 1);
    net.flowOut(leave, 1, 1, Net.NONE);

    assertThatThrownBy(net::build)
        .isInstanceOfSatisfying(
            InvalidNetException.class,
            invalid ->
                assertThat(invalid.faults())
                    .containsExactly("cycle must hold a task that does something: task=turn"));
  }

  /** Notes what the machine says. */
  private static final class Recorder implements MachineSink {
    final List<String> events = new ArrayList<>();
    final Set<Integer> trueGuards = new HashSet<>();
    Net net;

    @Override
    public boolean guard(final int guard) {
      events.add("guard " + guard);
      return trueGuards.contains(guard);
    }

    @Override
    public void started(final int task) {
      events.add("started " + net.taskName(task));
    }

    @Override
    public void offered(final int task) {
      events.add("offered " + net.taskName(task));
    }

    @Override
    public void withdrawn(final int task) {
      events.add("withdrawn " + net.taskName(task));
    }

    @Override
    public void cancelled(final int task) {
      events.add("cancelled " + net.taskName(task));
    }

    @Override
    public void routed(final int task) {
      events.add("routed " + net.taskName(task));
    }

    @Override
    public void noBranch(final int task) {
      events.add("no branch " + net.taskName(task));
    }
  }
}
