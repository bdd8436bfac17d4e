package io.penstock.net.reference;

import java.util.Random;
import java.util.function.IntPredicate;

/** Answers guards by chance, but two oracles of one seed that are asked the same say the same. */
final class GuardOracle implements IntPredicate {
  private final Random random;

  GuardOracle(final long seed) {
    random = new Random(seed);
  }

  @Override
  public boolean test(final int guard) {
    return random.nextInt(7 + guard) % 2 == 0;
  }
}
