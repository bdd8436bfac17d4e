package io.penstock.net.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.net.Exit;
import io.penstock.net.Machine;
import io.penstock.net.MachineSink;
import io.penstock.net.Net;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.agrona.concurrent.UnsafeBuffer;

/** The machine by names, on a state that lies between bytes that it must not touch. */
final class MachineUnderTest implements MachineSink {
  private static final int MARGIN = 16;
  private static final byte UNTOUCHED = 0x5A;

  final List<String> events = new ArrayList<>();
  private final List<String> conditions;
  private final List<String> tasks;
  private final Net net;
  private final byte[] bytes;
  private final Machine machine = new Machine(this);
  private final IntPredicate guards;

  MachineUnderTest(final ReferenceNet model, final boolean safe, final IntPredicate guards) {
    this.guards = guards;
    conditions = List.copyOf(model.conditions);
    tasks = List.copyOf(model.tasks.keySet());
    net = model.compile(safe);
    bytes = new byte[MARGIN + net.stateLength() + MARGIN];
    Arrays.fill(bytes, UNTOUCHED);
    Arrays.fill(bytes, MARGIN, bytes.length - MARGIN, (byte) 0);
    machine.wrap(net, new UnsafeBuffer(bytes), MARGIN);
  }

  void begin() {
    machine.begin();
  }

  boolean start(final String task) {
    return machine.start(tasks.indexOf(task));
  }

  boolean complete(final String task, final Exit exit) {
    return machine.complete(tasks.indexOf(task), exit);
  }

  void cancelAll() {
    machine.cancelAll();
  }

  int tokens(final String condition) {
    return machine.tokens(conditions.indexOf(condition));
  }

  boolean isBusy(final String task) {
    return machine.isBusy(tasks.indexOf(task));
  }

  boolean isOffered(final String task) {
    return machine.isOffered(tasks.indexOf(task));
  }

  boolean isAtRest() {
    return machine.isAtRest();
  }

  boolean isComplete() {
    return machine.isComplete();
  }

  /** The bytes of the state; those around it are checked on the way. */
  byte[] state() {
    for (int i = 0; i < MARGIN; i++) {
      assertThat(bytes[i]).as("byte before the state").isEqualTo(UNTOUCHED);
      assertThat(bytes[bytes.length - 1 - i]).as("byte after the state").isEqualTo(UNTOUCHED);
    }
    return Arrays.copyOfRange(bytes, MARGIN, bytes.length - MARGIN);
  }

  boolean isEmpty() {
    return Arrays.equals(state(), new byte[net.stateLength()]);
  }

  @Override
  public boolean guard(final int guard) {
    final boolean holds = guards.test(guard);
    events.add("guard " + guard + " " + holds);
    return holds;
  }

  @Override
  public void started(final int task) {
    events.add("started " + tasks.get(task));
  }

  @Override
  public void offered(final int task) {
    events.add("offered " + tasks.get(task));
  }

  @Override
  public void withdrawn(final int task) {
    events.add("withdrawn " + tasks.get(task));
  }

  @Override
  public void cancelled(final int task) {
    events.add("cancelled " + tasks.get(task));
  }

  @Override
  public void routed(final int task) {
    events.add("routed " + tasks.get(task));
  }

  @Override
  public void noBranch(final int task) {
    events.add("no branch " + tasks.get(task));
  }

  @Override
  public void undecided(final int task) {
    events.add("undecided " + tasks.get(task));
  }

  @Override
  public String toString() {
    return net.isMasked() ? "masks" : "counters";
  }
}
