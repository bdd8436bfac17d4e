package io.penstock.engine;

import io.penstock.objective.EventCounts;
import io.penstock.objective.GateControl;
import io.penstock.objective.GateReport;
import io.penstock.objective.GateRules;
import io.penstock.objective.GateState;
import io.penstock.objective.GateTransition;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.EngineClock;
import io.penstock.spi.GateLevels;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a share of keys through to something new, and more of them as long as what is let through
 * keeps an objective; none for a while when it does not. It always finds a way back: after a
 * cool-down a share is let through again.
 *
 * <p>A key is on the same side each time as long as the share stays, and stays let through when the
 * share grows. The state survives a restart of the engine; the evidence of the step in hand does
 * not.
 *
 * <p>{@link #admits} and {@link #record} are safe for any thread and lock-free.
 */
public final class Gate implements GateLevels {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final int TRANSITIONS_KEPT = 64;
  private static final long PARTS = 1L << 32;

  private final String name;
  private final EngineClock clock;
  private final GateControl control;
  private final Arms arms;
  private final BiConsumer<String, byte[]> journal;
  private final List<GateTransition> transitions = new ArrayList<>();
  private volatile long admitted;
  private volatile GateState state = GateState.CANARY;

  /** The events of both sides. */
  interface Arms {
    /** The objective that what is let through is held to. */
    Objective objective();

    /** Counts of what is let through, by shard. */
    List<EventCounts> candidate();

    /** Counts of the rest, by shard. */
    List<EventCounts> baseline();

    /** Counts an event that the user reports. */
    void record(boolean isAdmitted, long durationNs, long nowNs);
  }

  /** Arms whose events the user reports. */
  static final class ReportedArms implements Arms {
    private final EventCounts candidate;
    private final EventCounts baseline;

    ReportedArms(final Objective objective, final long nowNs) {
      candidate = new EventCounts(objective, nowNs);
      baseline = new EventCounts(objective, nowNs);
    }

    @Override
    public Objective objective() {
      return candidate.objective();
    }

    @Override
    public List<EventCounts> candidate() {
      return List.of(candidate);
    }

    @Override
    public List<EventCounts> baseline() {
      return List.of(baseline);
    }

    @Override
    public void record(final boolean isAdmitted, final long durationNs, final long nowNs) {
      (isAdmitted ? candidate : baseline).countShared(durationNs, nowNs);
    }
  }

  /**
   * Makes a gate.
   *
   * @param note what a gate of this name has noted before, or nothing
   * @param journal keeps a note under the gate's name
   */
  Gate(
      final String name,
      final GateRules rules,
      final Arms arms,
      final EngineClock clock,
      final byte[] note,
      final BiConsumer<String, byte[]> journal) {
    this.name = name;
    this.arms = arms;
    this.clock = clock;
    this.journal = journal;
    final long nowNs = clock.monotonicNs();
    control = new GateControl(name, rules, arms.objective(), nowNs);
    if (note.length > 0) {
      final GateNote before = GateNote.decode(note);
      control.restore(before.memory(clock.epochNs()), nowNs);
      transitions.addAll(before.transitions());
    }
    publish();
  }

  private void publish() {
    admitted = (long) (control.share() * PARTS);
    state = control.state();
  }

  /**
   * The name.
   *
   * @return the name that the gate was made with
   */
  @Override
  public String name() {
    return name;
  }

  /**
   * Whether a key is let through; one volatile read and a hash.
   *
   * @param key names what is decided on: a customer, an account, the key of a case
   * @return true for the new way, false for the old
   */
  public boolean admits(final String key) {
    return Integer.toUnsignedLong(hash(31 * name.hashCode() + key.hashCode())) < admitted;
  }

  /** Spreads the bits (finalizer of MurmurHash3). */
  private static int hash(final int value) {
    int hash = value;
    hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
    hash = (hash ^ hash >>> 13) * 0xC2B2AE35;
    return hash ^ hash >>> 16;
  }

  /**
   * Reports how long one event of a feature took, on whichever way; of the versions of a workflow
   * the engine knows by itself.
   *
   * @param isAdmitted what {@link #admits} said
   * @param duration how long it took
   * @throws IllegalStateException when the gate is that of a {@link Rollout}
   */
  public void record(final boolean isAdmitted, final Duration duration) {
    arms.record(isAdmitted, Nanos.of(duration), clock.monotonicNs());
  }

  /**
   * The state.
   *
   * @return how much it lets through
   */
  @Override
  public GateState state() {
    return state;
  }

  @Override
  public double share() {
    return (double) admitted / PARTS;
  }

  /**
   * Where the gate stands, and the numbers that decide where it goes.
   *
   * @return the report, which prints as a line
   */
  @Override
  public synchronized GateReport explain() {
    return control.explain(clock.monotonicNs(), tally());
  }

  /**
   * The last transitions, those before a restart too.
   *
   * @return at most 64, oldest first
   */
  public synchronized List<GateTransition> transitions() {
    return List.copyOf(transitions);
  }

  /**
   * Decides now; by the engine, about once a second, on one thread at a time.
   *
   * <p>A move is journaled after the lock is given back: a task that asks the gate to explain
   * itself on the shard's thread must not wait for whoever waits for that thread.
   *
   * @param telemetry is told when it moves
   */
  void decide(final Telemetry telemetry) {
    final GateNote note = move(telemetry);
    if (note != null) {
      try {
        journal.accept(name, note.encode());
      } catch (final EngineException e) {
        LOG.warn("gate has moved and that could not be kept: gate={}", name, e);
      }
    }
  }

  /** Moves if the rules say so. */
  private synchronized @Nullable GateNote move(final Telemetry telemetry) {
    final long nowNs = clock.monotonicNs();
    final GateControl.Tally tally = tally();
    final GateState from = control.state();
    final GateReport before = control.explain(nowNs, tally);
    final ObjectiveStatus status = ObjectiveStatus.of(arms.objective(), arms.candidate(), nowNs);
    if (!control.decide(nowNs, tally, status)) {
      return null;
    }
    publish();
    final GateReport after = control.explain(nowNs, tally);
    final GateTransition transition =
        new GateTransition(
            Instant.ofEpochSecond(0, clock.epochNs()),
            from,
            after.state(),
            after.share(),
            before.good(),
            before.bad(),
            after.reason());
    transitions.add(transition);
    if (transitions.size() > TRANSITIONS_KEPT) {
      transitions.remove(0);
    }
    LOG.info("gate has moved: {}", after);
    telemetry.gateMoved(name, transition);
    return new GateNote(control.memory(nowNs), clock.epochNs(), transitions);
  }

  private GateControl.Tally tally() {
    long good = 0;
    long bad = 0;
    long baselineGood = 0;
    long baselineBad = 0;
    for (final EventCounts counts : arms.candidate()) {
      good += counts.good();
      bad += counts.bad();
    }
    for (final EventCounts counts : arms.baseline()) {
      baselineGood += counts.good();
      baselineBad += counts.bad();
    }
    return new GateControl.Tally(good, bad, baselineGood, baselineBad);
  }

  @Override
  public String toString() {
    return explain().toString();
  }
}
