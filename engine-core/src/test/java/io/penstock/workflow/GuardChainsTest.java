package io.penstock.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Long chains of guards, and numbers that are none. */
@Timeout(60)
class GuardChainsTest {
  private static final Variable<Boolean> FLAG = Variable.ofBoolean("flag");
  private static final Variable<Double> RATE = Variable.ofDouble("rate");

  private final Map<Variable<?>, Object> held = new HashMap<>();
  private int reads;
  private final Values values =
      new Values() {
        @Override
        @SuppressWarnings("unchecked") // put under a variable of its type
        public <T> Optional<T> find(final Variable<T> variable) {
          reads++;
          return Optional.ofNullable((T) held.get(variable));
        }
      };

  @Test
  void shouldJudgePrintAndCompareAChainOfFourThousandOnASmallStack() throws Exception {
    held.put(FLAG, true);
    final Throwable[] failure = new Throwable[1];
    final Thread small =
        new Thread(
            null,
            () -> {
              Guard left = FLAG.isTrue();
              Guard right = FLAG.isTrue();
              for (int i = 1; i < 4_000; i++) {
                left = left.and(FLAG.isTrue());
                right = FLAG.isTrue().and(right);
              }
              assertThat(left.test(values)).isTrue();
              assertThat(left).isEqualTo(right).hasSameHashCodeAs(right);
              assertThat(left.toString()).isEqualTo(right.toString());
              assertThat(left.expression()).isEqualTo(right.expression()).isPresent();
              assertThat(left.variables()).containsExactly(FLAG);
            },
            "small stack",
            200_000);
    small.setUncaughtExceptionHandler((thread, thrown) -> failure[0] = thrown);
    small.start();
    small.join();
    assertThat(failure[0]).isNull();
    assertThat(reads).as("what was read is remembered").isLessThan(10);
  }

  @Test
  void shouldRefuseChainsAndNestingBeyondTheLimits() {
    assertThatThrownBy(
            () -> {
              Guard guard = FLAG.isTrue();
              for (int i = 0; i < 5_000; i++) {
                guard = guard.or(FLAG.isTrue());
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("guardsMax=4096");
    assertThatThrownBy(
            () -> {
              Guard guard = FLAG.isTrue();
              for (int i = 0; i < 101; i++) {
                guard = guard.not();
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("depthMax=100");
    assertThatThrownBy(
            () -> {
              Guard guard = FLAG.isTrue();
              for (int i = 0; i < 40; i++) {
                guard = guard.and(guard.not()).or(guard); // twice as many with each
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("guardsMax=4096");
  }

  @Test
  void shouldJudgeAsPairsOfGuardsDo() {
    final Random random = new Random(7);
    for (int run = 0; run < 500; run++) {
      Guard guard = values1 -> true;
      boolean expected = true;
      for (int i = 0; i < 20; i++) {
        final boolean next = random.nextBoolean();
        switch (random.nextInt(3)) {
          case 0 -> {
            guard = guard.and(values1 -> next);
            expected = expected && next;
          }
          case 1 -> {
            guard = guard.or(values1 -> next);
            expected = expected || next;
          }
          default -> {
            guard = guard.not();
            expected = !expected;
          }
        }
      }
      assertThat(guard.test(values)).isEqualTo(expected);
    }
  }

  @Test
  void shouldCompareFloatingPointNumbersAsTheStandardSays() {
    held.put(RATE, Double.NaN);
    assertThat(RATE.is(Double.NaN).test(values)).isFalse();
    assertThat(RATE.isGreaterThan(1.0).test(values)).isFalse();
    assertThat(RATE.isAtLeast(1.0).test(values)).isFalse();
    assertThat(RATE.isLessThan(1.0).test(values)).isFalse();
    held.put(RATE, -0.0);
    assertThat(RATE.is(0.0).test(values)).isTrue();
    assertThat(RATE.isLessThan(0.0).test(values)).isFalse();
    held.put(RATE, Double.POSITIVE_INFINITY);
    assertThat(RATE.isGreaterThan(1.0).test(values)).isTrue();
    assertThat(RATE.is(Double.POSITIVE_INFINITY).test(values)).isTrue();
  }
}
