package io.penstock.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The calendar in nanoseconds, on clocks that are moved by hand. */
final class SystemClockTest {
  private static final long MILLI_NS = 1_000_000;
  private static final long START_NS = 1_700_000_000_000_250_000L;

  private final AtomicLong calendarNs = new AtomicLong(START_NS);
  private final AtomicLong monotonicNs = new AtomicLong(-77);
  private final AtomicInteger exactReadings = new AtomicInteger();
  private final SystemClock clock =
      new SystemClock(
          () -> Math.floorDiv(calendarNs.get(), MILLI_NS),
          monotonicNs::get,
          () -> {
            exactReadings.incrementAndGet();
            return calendarNs.get();
          });

  private void pass(final long ns) {
    calendarNs.addAndGet(ns);
    monotonicNs.addAndGet(ns);
  }

  @Test
  void shouldTellTheCalendarToTheNanosecondWithoutReadingTheExactOneAgain() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(clock.epochNs()).isEqualTo(calendarNs.get());
      pass(12_345);
    }
    assertThat(exactReadings).hasValue(1);
  }

  @Test
  void shouldNeedOneReadingOfTheMonotonicClockForBoth() {
    pass(300);
    final long nowNs = clock.monotonicNs();
    final long epochNs = calendarNs.get();
    monotonicNs.addAndGet(40_000); // what is read again says so

    assertThat(clock.epochNs(nowNs)).isEqualTo(epochNs);
  }

  @Test
  void shouldFollowAtOnceWhenTheCalendarIsSetOrTheMachineSlept() {
    for (final long jumpNs : new long[] {3_600_000 * MILLI_NS, -7_200_000 * MILLI_NS, 5_400_000}) {
      calendarNs.addAndGet(jumpNs);
      assertThat(clock.epochNs()).isEqualTo(calendarNs.get());
      pass(400);
      assertThat(clock.epochNs()).isEqualTo(calendarNs.get());
    }
  }

  @Test
  void shouldNeverLeaveTheCalendarsMillisecondNorGoBackWhileTheClocksDriftApart() {
    long lastNs = 0;
    for (int i = 0; i < 200_000; i++) {
      calendarNs.addAndGet(10_001); // 100 parts in a million: 2 ms in all
      monotonicNs.addAndGet(10_000);
      final long toldNs = clock.epochNs();
      assertThat(Math.floorDiv(toldNs, MILLI_NS))
          .isEqualTo(Math.floorDiv(calendarNs.get(), MILLI_NS));
      assertThat(toldNs).isGreaterThanOrEqualTo(lastNs);
      lastNs = toldNs;
    }
    assertThat(exactReadings.get()).isBetween(2, 200);
  }

  @Test
  void shouldNotBeEarlierThanTheCalendarByMoreThanTheSlackWhenItIsSlowedDown() {
    for (int i = 0; i < 200_000; i++) {
      calendarNs.addAndGet(9_999);
      monotonicNs.addAndGet(10_000);
      assertThat(clock.epochNs() - calendarNs.get())
          .as("ahead, so that a timer would fire too soon")
          .isLessThanOrEqualTo(SystemClock.SLACK_NS + 10_000);
    }
  }

  @Test
  void shouldTakeTheReadingThatWasLeastHeldUp() {
    final AtomicInteger tries = new AtomicInteger();
    final SystemClock heldUp =
        new SystemClock(
            () -> Math.floorDiv(calendarNs.get(), MILLI_NS),
            monotonicNs::get,
            () -> {
              final long readNs = calendarNs.get();
              pass(tries.incrementAndGet() < 4 ? 50 * MILLI_NS : 20);
              return readNs;
            });
    assertThat(tries).hasValue(4);
    assertThat(calendarNs.get() - heldUp.epochNs()).isBetween(0L, 20L);
  }
}
