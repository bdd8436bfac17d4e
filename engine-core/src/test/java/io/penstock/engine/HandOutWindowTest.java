package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HandOutWindowTest {
  private final HandOutWindow window = new HandOutWindow(4, 1_000);

  @Test
  void shouldGrowWithEveryResultThatIsTakenInTime() {
    for (int i = 0; i < 100; i++) {
      window.begin();
      window.onResult(HandOutWindow.WAIT_MAX_NS, 4);
    }
    assertThat(window.size()).isEqualTo(104);
    for (int i = 0; i < 10_000; i++) {
      window.onResult(0, 4);
    }
    assertThat(window.size()).as("no more than there are").isEqualTo(1_000);
  }

  @Test
  void shouldShrinkOnceARoundWhenResultsWait() {
    for (int i = 0; i < 96; i++) {
      window.onResult(0, 4);
    }
    window.begin();
    for (int i = 0; i < 50; i++) {
      window.onResult(HandOutWindow.WAIT_MAX_NS + 1, 80);
    }
    assertThat(window.size()).as("three quarters of what is under way").isEqualTo(60);
    for (int round = 0; round < 100; round++) {
      window.begin();
      window.onResult(1_000_000_000, 80);
    }
    assertThat(window.size()).isEqualTo(4);
  }

  @Test
  void shouldDoubleAsLongAsNoResultComes() {
    long nowNs = 5;
    window.onFull(nowNs);
    for (int i = 1; i <= 8; i++) {
      nowNs += HandOutWindow.SILENCE_NS;
      window.onFull(nowNs - 1);
      window.onFull(nowNs);
      assertThat(window.size()).isEqualTo(Math.min(1_000, 4 << i));
    }
  }
}
