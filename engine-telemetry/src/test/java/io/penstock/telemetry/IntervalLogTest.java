package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.OpenTelemetry;
import io.penstock.spi.Operation;
import io.penstock.spi.Telemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log, read by HdrHistogram's own reader. */
class IntervalLogTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000 * MS;

  @TempDir private Path root;

  private final HandClock clock = new HandClock();

  private Telemetry open() {
    return new PenstockTelemetry(
            TelemetryOptions.defaults()
                .openTelemetry(OpenTelemetry.noop())
                .hlog(root.resolve("latencies.hlog"), Duration.ofSeconds(10)))
        .create(clock, 1);
  }

  private static void count(final Telemetry telemetry, final int events, final long durationNs) {
    for (int i = 0; i < events; i++) {
      telemetry.shard(0).acknowledged(Operation.SEND_MESSAGE, 0, durationNs);
    }
  }

  private List<Histogram> read(final String tag) throws IOException {
    final List<Histogram> found = new ArrayList<>();
    try (HistogramLogReader reader =
        new HistogramLogReader(root.resolve("latencies.hlog").toFile())) {
      while (reader.hasNext()) {
        if (reader.nextIntervalHistogram() instanceof Histogram each && tag.equals(each.getTag())) {
          found.add(each);
        }
      }
    }
    return found;
  }

  @Test
  void shouldHoldEachEventInTheIntervalOfItsCompletion() throws IOException {
    final Telemetry telemetry = open();
    count(telemetry, 3, 5 * MS);
    clock.advance(9 * SECOND);
    telemetry.looked(Map.of());
    count(telemetry, 4, 5 * MS);
    clock.advance(SECOND);
    telemetry.looked(Map.of());
    clock.advance(10 * SECOND);
    telemetry.looked(Map.of());
    count(telemetry, 2, 80 * MS);
    clock.advance(SECOND);
    telemetry.close();

    final List<Histogram> messages = read("send_message");

    assertThat(messages).extracting(Histogram::getTotalCount).containsExactly(7L, 2L);
    assertThat(messages.get(0).getMaxValue()).isBetween(4_950_000L, 5_050_000L);
    assertThat(messages.get(1).getMinValue()).isBetween(79_000_000L, 81_000_000L);
    final long openedMs = HandClock.EPOCH_NS / MS;
    assertThat(messages.get(0).getStartTimeStamp()).isEqualTo(openedMs);
    assertThat(messages.get(0).getEndTimeStamp()).isEqualTo(openedMs + 10_000);
    assertThat(messages.get(1).getStartTimeStamp()).isEqualTo(openedMs + 20_000);
    assertThat(messages.get(1).getEndTimeStamp()).isEqualTo(openedMs + 21_000);
    assertThat(read("W1")).extracting(Histogram::getTotalCount).containsExactly(7L, 2L);
  }

  @Test
  void shouldGoOnWithALogThatIsThere() throws IOException {
    for (int i = 1; i <= 2; i++) {
      final Telemetry telemetry = open();
      count(telemetry, i, MS);
      clock.advance(SECOND);
      telemetry.close();
    }

    assertThat(read("send_message")).extracting(Histogram::getTotalCount).containsExactly(1L, 2L);
    assertThat(read("send_message").get(1).getStartTimeStamp())
        .isEqualTo(HandClock.EPOCH_NS / MS + 1_000);
  }

  @Test
  void shouldMakeTagsOfNames() {
    assertThat(IntervalLog.tag("pay, all v1 / check (wait)"))
        .isEqualTo("pay_all_v1_/_check_(wait)");
  }

  @Test
  void shouldRefuseIntervalsShorterThanALook() {
    assertThatThrownBy(() -> TelemetryOptions.defaults().hlog(root, Duration.ofMillis(999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("interval=PT0.999S");
  }
}
