package io.penstock.objective;

import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a gate decides: a function of its {@linkplain GateRules rules}, of exact counts, and of
 * time, which is an argument. Not thread safe.
 */
public final class GateControl {
  /** A step that is clearly bad ends before it has all its events; this many it takes. */
  private static final long EVENTS_MIN_TO_TRIP = 30;

  /** One-sided, for 99.9 %. */
  private static final double Z = 3.09;

  /** The pairs of windows that are urgent. */
  private static final int URGENT = 2;

  private final String name;
  private final GateRules rules;
  private final Objective objective;
  private GateState state = GateState.CANARY;
  private int step;
  private int trips;
  private long enteredNs;
  private Tally mark = Tally.NONE;
  private String cause = "has tripped before a restart";
  private String reason = "has just begun";

  /**
   * Events of both arms, in total.
   *
   * @param good good events of what was let through
   * @param bad bad events of what was let through
   * @param baselineGood good events of the rest
   * @param baselineBad bad events of the rest
   */
  public record Tally(long good, long bad, long baselineGood, long baselineBad) {
    /** No events. */
    public static final Tally NONE = new Tally(0, 0, 0, 0);

    private Tally since(final Tally earlier) {
      return new Tally(
          good - earlier.good,
          bad - earlier.bad,
          baselineGood - earlier.baselineGood,
          baselineBad - earlier.baselineBad);
    }
  }

  /**
   * What a gate remembers over restarts.
   *
   * @param state its state
   * @param step its step, from 0
   * @param trips how often it has tripped since it was last open
   * @param sinceNs how long it has been so
   */
  public record Memory(GateState state, int step, int trips, long sinceNs) {}

  /**
   * Creates a gate that lets its first share through.
   *
   * @param name its name
   * @param rules its rules
   * @param objective what is let through is held to it
   * @param nowNs monotonic time
   */
  public GateControl(
      final String name, final GateRules rules, final Objective objective, final long nowNs) {
    this.name = name;
    this.rules = rules;
    this.objective = objective;
    enteredNs = nowNs;
  }

  /**
   * Goes on where another gate of the name was; events are counted anew.
   *
   * @param memory what it remembered
   * @param nowNs monotonic time
   */
  public void restore(final Memory memory, final long nowNs) {
    state = memory.state;
    step = Math.min(memory.step, rules.shares().size() - 1);
    trips = memory.trips;
    enteredNs = nowNs - memory.sinceNs;
    reason = "goes on after a restart";
  }

  /**
   * What to remember.
   *
   * @param nowNs monotonic time
   * @return the state
   */
  public Memory memory(final long nowNs) {
    return new Memory(state, step, trips, nowNs - enteredNs);
  }

  /**
   * The state.
   *
   * @return how much it lets through
   */
  public GateState state() {
    return state;
  }

  /**
   * What it lets through.
   *
   * @return from 0 to 1
   */
  public double share() {
    return switch (state) {
      case CANARY -> rules.shares().get(step);
      case OPEN -> 1;
      case TRIPPED -> 0;
    };
  }

  /**
   * Decides; to be called now and then, about once a second.
   *
   * @param nowNs monotonic time
   * @param tally events so far
   * @param status how the objective of what is let through stands, for the burn rates, or null
   * @return whether state or share changed
   */
  public boolean decide(
      final long nowNs, final Tally tally, final @Nullable ObjectiveStatus status) {
    final Tally events = tally.since(mark);
    final long total = events.good + events.bad;
    final double lower = Proportion.lowerBound(events.bad, total, Z);
    if (state == GateState.TRIPPED) {
      if (nowNs - enteredNs < coolDownNs()) {
        reason = cause + "; cools down for " + Duration.ofNanos(coolDownNs());
        return false;
      }
      step = 0;
      return enter(GateState.CANARY, nowNs, tally, "probes again after its cool-down");
    }
    if (total >= EVENTS_MIN_TO_TRIP && lower > objective.errorBudget()) {
      return trip(
          nowNs,
          tally,
          String.format(
              Locale.ROOT,
              "at least %.4g %% are bad, %.4g %% may be",
              100 * lower,
              100 * objective.errorBudget()));
    }
    if (state == GateState.OPEN) {
      final BurnRate urgent = status == null ? null : urgent(status.burnRates());
      if (urgent != null && total >= EVENTS_MIN_TO_TRIP) {
        return trip(
            nowNs,
            tally,
            String.format(
                Locale.ROOT,
                "the budget burns %.1f times too fast over %s",
                urgent.longRate(),
                urgent.longWindow()));
      }
      reason = "keeps its objective";
      return false;
    }
    return goOn(nowNs, tally, total, Proportion.upperBound(events.bad, total, Z));
  }

  private static @Nullable BurnRate urgent(final List<BurnRate> rates) {
    return rates.stream().limit(URGENT).filter(BurnRate::isBurning).findFirst().orElse(null);
  }

  private boolean goOn(final long nowNs, final Tally tally, final long total, final double upper) {
    if (total < rules.eventsMin()) {
      reason = "waits for events: " + total + " of " + rules.eventsMin();
      return false;
    }
    if (upper > objective.errorBudget()) {
      reason =
          String.format(
              Locale.ROOT,
              "waits for proof: up to %.4g %% may be bad, %.4g %% are allowed",
              100 * upper,
              100 * objective.errorBudget());
      return false;
    }
    if (nowNs - enteredNs < rules.dwell().toNanos()) {
      reason = "waits out its dwell of " + rules.dwell();
      return false;
    }
    final String why =
        String.format(
            Locale.ROOT,
            "at most %.4g %% of %d events are bad, %.4g %% may be",
            100 * upper,
            total,
            100 * objective.errorBudget());
    if (step + 1 < rules.shares().size()) {
      step++;
      return enter(GateState.CANARY, nowNs, tally, why);
    }
    trips = 0;
    return enter(GateState.OPEN, nowNs, tally, why);
  }

  private boolean trip(final long nowNs, final Tally tally, final String why) {
    trips++;
    return enter(GateState.TRIPPED, nowNs, tally, why);
  }

  private boolean enter(
      final GateState next, final long nowNs, final Tally tally, final String why) {
    state = next;
    enteredNs = nowNs;
    mark = tally;
    cause = why;
    reason = why;
    return true;
  }

  private long coolDownNs() {
    final long firstNs = rules.coolDown().toNanos();
    final long maxNs = rules.coolDownMax().toNanos();
    final int doublings = Math.min(trips - 1, Long.numberOfLeadingZeros(firstNs) - 2);
    return Math.min(maxNs, firstNs << Math.max(0, doublings));
  }

  /**
   * Where the gate stands, and the numbers that decide.
   *
   * @param nowNs monotonic time
   * @param tally events so far
   * @return the report
   */
  public GateReport explain(final long nowNs, final Tally tally) {
    final Tally events = tally.since(mark);
    final long total = events.good + events.bad;
    return new GateReport(
        name,
        state,
        share(),
        nowNs - enteredNs,
        events.good,
        events.bad,
        events.baselineGood,
        events.baselineBad,
        Proportion.lowerBound(events.bad, total, Z),
        Proportion.upperBound(events.bad, total, Z),
        objective.errorBudget(),
        reason);
  }
}
