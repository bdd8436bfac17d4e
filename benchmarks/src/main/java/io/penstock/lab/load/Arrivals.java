package io.penstock.lab.load;

import java.util.SplittableRandom;

/** When each one arrives: ascending times, one after the other. Not thread safe, used once. */
public final class Arrivals {
  private final Profile profile;
  private final SplittableRandom random;
  private final boolean evenly;
  private double arrived;

  private Arrivals(final Profile profile, final boolean evenly, final long seed) {
    this.profile = profile;
    this.evenly = evenly;
    random = new SplittableRandom(seed);
  }

  /**
   * At the same distance from each other, as far as the rate stays the same.
   *
   * @param profile how many arrive when
   * @return the arrivals
   */
  public static Arrivals evenly(final Profile profile) {
    return new Arrivals(profile, true, 0);
  }

  /**
   * Each independent of the others, as callers are who do not know of each other (a Poisson process
   * with the profile's rate).
   *
   * @param profile how many arrive when, on average
   * @param seed the same seed gives the same times
   * @return the arrivals
   */
  public static Arrivals atRandom(final Profile profile, final long seed) {
    return new Arrivals(profile, false, seed);
  }

  /**
   * When the next one arrives.
   *
   * @return nanoseconds since the begin, not less than the one before; -1 when there is none
   */
  public long nextNs() {
    if (!evenly) {
      arrived -= Math.log1p(-random.nextDouble());
    }
    if (arrived >= profile.arrivals()) {
      return -1;
    }
    final long next = profile.timeNs(arrived);
    if (evenly) {
      arrived++;
    }
    return next;
  }
}
