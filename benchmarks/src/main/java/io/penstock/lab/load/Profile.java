package io.penstock.lab.load;

import java.util.ArrayList;
import java.util.List;

/**
 * How many arrive a second, over time: stretches one after another, in each of which the rate goes
 * straight from one value to another. Immutable.
 */
public final class Profile {
  private static final double NS_PER_S = 1e9;

  private final List<Stretch> stretches;

  private record Stretch(double beginS, double lengthS, double from, double to, double before) {
    /** Arrivals from its begin on, so many seconds into it. */
    double arrivals(final double s) {
      return from * s + (to - from) * s * s / (2 * lengthS);
    }

    double end() {
      return before + arrivals(lengthS);
    }

    /** When so many have arrived since its begin; the inverse of {@link #arrivals}. */
    double seconds(final double arrivals) {
      final double slope = (to - from) / lengthS;
      if (Math.abs(slope) * lengthS < 1e-9 * Math.max(from, to)) {
        return arrivals / from;
      }
      return 2 * arrivals / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * arrivals)));
    }
  }

  private Profile(final List<Stretch> stretches) {
    this.stretches = stretches;
  }

  /**
   * Nothing yet.
   *
   * @return an empty profile
   */
  public static Profile empty() {
    return new Profile(List.of());
  }

  /**
   * The same rate all the time.
   *
   * @param rate arrivals a second, positive
   * @param lengthS how long, in seconds
   * @return the profile
   */
  public static Profile steady(final double rate, final double lengthS) {
    return empty().then(rate, rate, lengthS);
  }

  /**
   * This profile, and then the same rate for a while.
   *
   * @param rate arrivals a second, not negative
   * @param lengthS how long, in seconds
   * @return the longer profile
   */
  public Profile then(final double rate, final double lengthS) {
    return then(rate, rate, lengthS);
  }

  /**
   * This profile, and then a rate that goes straight from one value to another.
   *
   * @param from arrivals a second at first, not negative
   * @param to arrivals a second at last, not negative
   * @param lengthS how long, in seconds, positive
   * @return the longer profile
   */
  public Profile then(final double from, final double to, final double lengthS) {
    if (!(from >= 0) || !(to >= 0) || !(lengthS > 0)) {
      throw new IllegalArgumentException(
          "rates must not be negative and a stretch must last: from="
              + from
              + ", to="
              + to
              + ", lengthS="
              + lengthS);
    }
    final List<Stretch> longer = new ArrayList<>(stretches);
    final boolean first = stretches.isEmpty();
    final double begin = first ? 0 : last().beginS + last().lengthS;
    longer.add(new Stretch(begin, lengthS, from, to, first ? 0 : last().end()));
    return new Profile(List.copyOf(longer));
  }

  /**
   * This profile again and again.
   *
   * @param times how often, at least 1
   * @return the longer profile
   */
  public Profile times(final int times) {
    Profile repeated = empty();
    for (int i = 0; i < times; i++) {
      for (final Stretch each : stretches) {
        repeated = repeated.then(each.from, each.to, each.lengthS);
      }
    }
    return repeated;
  }

  private Stretch last() {
    return stretches.get(stretches.size() - 1);
  }

  /**
   * How long it lasts.
   *
   * @return the length in nanoseconds
   */
  public long lengthNs() {
    return stretches.isEmpty() ? 0 : Math.round((last().beginS + last().lengthS) * NS_PER_S);
  }

  /**
   * How many arrive in all; the last may be a part of one.
   *
   * @return the number
   */
  public double arrivals() {
    return stretches.isEmpty() ? 0 : last().end();
  }

  /**
   * When so many have arrived.
   *
   * @param arrivals from 0 to {@link #arrivals()}; need not be whole
   * @return nanoseconds since the begin
   */
  public long timeNs(final double arrivals) {
    int i = 0;
    while (i < stretches.size() - 1 && stretches.get(i).end() <= arrivals) {
      i++;
    }
    final Stretch in = stretches.get(i);
    return Math.round((in.beginS + in.seconds(arrivals - in.before)) * NS_PER_S);
  }
}
