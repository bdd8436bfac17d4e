package io.penstock.telemetry.counters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.objective.ObjectiveState;
import io.penstock.workflow.Objective;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CountersFileTest {
  private static final Objective OBJECTIVE =
      new Objective(0.995, Duration.ofMillis(3), Duration.ofDays(30));
  private static final long OPENED_NS = 1_700_000_000_123_456_789L;

  @TempDir private Path directory;

  private static ObjectiveCounters row(final String name, final long number) {
    return new ObjectiveCounters(
        name,
        ObjectiveState.MET,
        OBJECTIVE,
        number,
        number,
        (double) number,
        (double) number,
        (double) number,
        (double) number,
        number);
  }

  private void damage(final int offset, final int value) throws IOException {
    final Path file = directory.resolve("objectives.counters");
    final byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
    Files.write(file, bytes);
  }

  private void write(final List<ObjectiveCounters> rows) throws IOException {
    try (CountersWriter writer = CountersWriter.create(directory, "penstock-data", OPENED_NS)) {
      writer.write(rows, OPENED_NS + 5);
    }
  }

  @ParameterizedTest
  @EnumSource(ObjectiveState.class)
  void shouldGiveBackWhatWasWritten(final ObjectiveState state) throws IOException {
    final ObjectiveCounters row =
        new ObjectiveCounters(
            "pay v1 / prüfen (wait)", state, OBJECTIVE, 7, 8, -0.25, 14.5, 1.5, 2.5, 15);
    try (CountersWriter writer = CountersWriter.create(directory, "penstock-data", OPENED_NS)) {
      writer.write(List.of(row, row("W1", 3)), OPENED_NS + 5);

      final EngineCounters read = CountersReader.read(directory);

      assertThat(read.engine()).isEqualTo("penstock-data");
      assertThat(read.processId()).isEqualTo(ProcessHandle.current().pid());
      assertThat(read.opened()).isEqualTo(Instant.ofEpochSecond(0, OPENED_NS));
      assertThat(read.heartbeat()).isEqualTo(Instant.ofEpochSecond(0, OPENED_NS + 5));
      assertThat(read.closed()).isFalse();
      assertThat(read.objectives()).containsExactly(row, row("W1", 3));
      writer.write(List.of(row("W1", 4)), OPENED_NS + 6);
      assertThat(CountersReader.read(directory).objectives()).containsExactly(row("W1", 4));
    }
  }

  @Test
  void shouldSayWhenAnEngineIsClosedOrSilent() throws IOException {
    final CountersWriter writer = CountersWriter.create(directory, "e", OPENED_NS);
    writer.write(List.of(row("W1", 1)), OPENED_NS);
    final Instant heartbeat = Instant.ofEpochSecond(0, OPENED_NS);

    final EngineCounters open = CountersReader.read(directory);
    assertThat(open.isAlive(heartbeat.plusSeconds(5))).isTrue();
    assertThat(open.isAlive(heartbeat.plusSeconds(5).plusNanos(1))).isFalse();

    writer.close();
    writer.close();
    writer.write(List.of(), OPENED_NS + 1); // after it was closed: nothing happens
    final EngineCounters closed = CountersReader.read(directory);
    assertThat(closed.closed()).isTrue();
    assertThat(closed.isAlive(heartbeat)).isFalse();
    assertThat(closed.objectives()).as("the last numbers stay").containsExactly(row("W1", 1));
  }

  @Test
  void shouldMakeRoomForMoreObjectivesAndCutLongNames() throws IOException {
    final List<ObjectiveCounters> rows = new ArrayList<>();
    IntStream.range(0, 500).forEach(i -> rows.add(row("workflow " + i, i)));
    rows.add(row("ü".repeat(100), 1));
    try (CountersWriter writer = CountersWriter.create(directory, "é".repeat(60), OPENED_NS)) {
      writer.write(rows.subList(0, 10), OPENED_NS);
      writer.write(rows, OPENED_NS + 1);

      final EngineCounters read = CountersReader.read(directory);

      assertThat(read.engine()).isEqualTo("é".repeat(32));
      assertThat(read.objectives().subList(0, 500)).isEqualTo(rows.subList(0, 500));
      assertThat(read.objectives().get(500).name()).isEqualTo("ü".repeat(68));
    }
  }

  @Test
  void shouldNeverShowHalfOfOneStateAndHalfOfAnother() throws IOException {
    final AtomicBoolean stop = new AtomicBoolean();
    try (CountersWriter writer = CountersWriter.create(directory, "e", OPENED_NS)) {
      writer.write(List.of(row("a", 0), row("b", 0)), OPENED_NS);
      final CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                for (long i = 1; !stop.get(); i++) {
                  try {
                    writer.write(List.of(row("a", i), row("b", i)), OPENED_NS + i);
                  } catch (final IOException e) {
                    throw new AssertionError(e);
                  }
                }
              });
      long seen = 0;
      for (int i = 0; i < 2_000; i++) {
        final EngineCounters read = CountersReader.read(directory);
        final long number = read.objectives().get(0).good();
        assertThat(read.objectives()).containsExactly(row("a", number), row("b", number));
        assertThat(read.heartbeat()).isEqualTo(Instant.ofEpochSecond(0, OPENED_NS + number));
        assertThat(number).isGreaterThanOrEqualTo(seen);
        seen = number;
      }
      stop.set(true);
      writing.join();
      assertThat(seen).as("the writer wrote meanwhile").isPositive();
    }
  }

  @Test
  void shouldRefuseWhatIsNotThere() {
    assertThatThrownBy(() -> CountersReader.read(directory))
        .isInstanceOf(CountersException.class)
        .hasMessageContaining("directory must have the counters of an engine")
        .hasMessageContaining("objectives.counters");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, must be one of Penstock's counters",
    "8, 2, 'version=2, known=1'",
    "12, 128, rowLength=128",
    "16, 63, rows=63",
    "16, -1, rows=-1",
    "16, 2147483647, rows=2147483647",
    "20, 63, rows=63",
    "48, 1, must not be half written",
    "60, 65, nameLength=65",
    "128, 9, state=9",
    "132, 137, nameLength=137",
    "276, 2147483647, must hold objectives"
  })
  void shouldRefuseWhatIsForeignOrDamaged(
      final int offset, final int value, final String explanation) throws IOException {
    write(List.of(row("W1", 1)));
    damage(offset, value);

    assertThatThrownBy(() -> CountersReader.read(directory))
        .isInstanceOf(CountersException.class)
        .hasMessageContaining(explanation)
        .hasMessageContaining("objectives.counters");
  }

  @ParameterizedTest
  @CsvSource({"0", "127", "128", "5000"})
  void shouldRefuseAFileThatWasCut(final int length) throws IOException {
    write(List.of(row("W1", 1)));
    final Path file = directory.resolve("objectives.counters");
    Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), length));

    assertThatThrownBy(() -> CountersReader.read(directory))
        .isInstanceOf(CountersException.class)
        .hasMessageContaining("length=" + length);
  }
}
