package io.penstock.telemetry.counters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.objective.GateReport;
import io.penstock.objective.GateState;
import io.penstock.objective.ObjectiveState;
import io.penstock.workflow.Objective;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

  private static GateReport gate(final String name, final long number) {
    final double share = 1.0 / (1 + number);
    return new GateReport(
        name,
        GateState.CANARY,
        share,
        number,
        number,
        number,
        number,
        number,
        share,
        share,
        share,
        "waits for events: " + number);
  }

  private void damage(final int offset, final int value) throws IOException {
    final Path file = directory.resolve("objectives.counters");
    final byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
    Files.write(file, bytes);
  }

  private void write(final List<ObjectiveCounters> rows) throws IOException {
    try (CountersWriter writer = CountersWriter.create(directory, "penstock-data", OPENED_NS)) {
      writer.write(rows, List.of(gate("g", 1)), OPENED_NS + 5);
    }
  }

  @ParameterizedTest
  @EnumSource(ObjectiveState.class)
  void shouldGiveBackWhatWasWritten(final ObjectiveState state) throws IOException {
    final ObjectiveCounters row =
        new ObjectiveCounters(
            "pay v1 / prüfen (wait)", state, OBJECTIVE, 7, 8, -0.25, 14.5, 1.5, 2.5, 15);
    try (CountersWriter writer = CountersWriter.create(directory, "penstock-data", OPENED_NS)) {
      writer.write(List.of(row, row("W1", 3)), List.of(), OPENED_NS + 5);

      final EngineCounters read = CountersReader.read(directory);

      assertThat(read.engine()).isEqualTo("penstock-data");
      assertThat(read.processId()).isEqualTo(ProcessHandle.current().pid());
      assertThat(read.opened()).isEqualTo(Instant.ofEpochSecond(0, OPENED_NS));
      assertThat(read.heartbeat()).isEqualTo(Instant.ofEpochSecond(0, OPENED_NS + 5));
      assertThat(read.closed()).isFalse();
      assertThat(read.objectives()).containsExactly(row, row("W1", 3));
      assertThat(read.gates()).isEmpty();
      writer.write(List.of(row("W1", 4)), List.of(), OPENED_NS + 6);
      assertThat(CountersReader.read(directory).objectives()).containsExactly(row("W1", 4));
    }
  }

  @Test
  void shouldFollowNoLinkInThePlaceOfTheFile() throws IOException {
    final Path victim = Files.writeString(directory.resolve("victim"), "text");
    for (final String name : List.of("objectives.counters.tmp", "objectives.counters")) {
      final Path link = Files.createSymbolicLink(directory.resolve(name), victim);

      assertThatThrownBy(() -> CountersWriter.create(directory, "engine", OPENED_NS))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(link + ": must not be a symbolic link");
      Files.delete(link);
    }
    assertThat(victim).hasContent("text");
  }

  @Test
  void shouldBeReadableByTheOwnerAloneOrByWhoeverMayReadTheManifest() throws IOException {
    final Path counters = CountersLayout.file(directory);
    final Path manifest = directory.resolve("engine.properties");

    CountersWriter.create(directory, "engine", OPENED_NS).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(counters)))
        .isEqualTo("rw-------");

    Files.writeString(manifest, "");
    Files.setPosixFilePermissions(manifest, PosixFilePermissions.fromString("rw-r-----"));
    CountersWriter.create(directory, "engine", OPENED_NS).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(counters)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void shouldSayWhenAnEngineIsClosedOrSilent() throws IOException {
    final CountersWriter writer = CountersWriter.create(directory, "e", OPENED_NS);
    writer.write(List.of(row("W1", 1)), List.of(), OPENED_NS);
    final Instant heartbeat = Instant.ofEpochSecond(0, OPENED_NS);

    final EngineCounters open = CountersReader.read(directory);
    assertThat(open.isAlive(heartbeat.plusSeconds(5))).isTrue();
    assertThat(open.isAlive(heartbeat.plusSeconds(5).plusNanos(1))).isFalse();

    writer.close();
    writer.close();
    writer.write(List.of(), List.of(), OPENED_NS + 1); // after it was closed: nothing happens
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
      writer.write(rows.subList(0, 10), List.of(), OPENED_NS);
      writer.write(rows, List.of(gate("g", 1)), OPENED_NS + 1);

      final EngineCounters read = CountersReader.read(directory);

      assertThat(read.engine()).isEqualTo("é".repeat(32));
      assertThat(read.objectives().subList(0, 500)).isEqualTo(rows.subList(0, 500));
      assertThat(read.objectives().get(500).name()).isEqualTo("ü".repeat(68));
      assertThat(read.gates()).containsExactly(gate("g", 1));
    }
  }

  @ParameterizedTest
  @EnumSource(GateState.class)
  void shouldGiveBackGatesWithTheNumbersThatDecide(final GateState state) throws IOException {
    final GateReport gate =
        new GateReport(
            "roll-out zahlung für v2",
            state,
            0.05,
            90_000_000_000L,
            1_200,
            3,
            22_000,
            21,
            0.001,
            0.005,
            0.01,
            "waits for proof: up to 0.5 % may be bad, 1 % are allowed");
    try (CountersWriter writer = CountersWriter.create(directory, "e", OPENED_NS)) {
      writer.write(List.of(row("W1", 1)), List.of(gate, gate("second", 7)), OPENED_NS);

      final EngineCounters read = CountersReader.read(directory);

      assertThat(read.gates()).containsExactly(gate, gate("second", 7));
      assertThat(read.objectives()).containsExactly(row("W1", 1));
      assertThat(read.untold()).isZero();
      writer.write(List.of(), List.of(gate("second", 8)), OPENED_NS + 1);
      assertThat(CountersReader.read(directory).gates()).containsExactly(gate("second", 8));
    }
  }

  @Test
  void shouldMakeRoomForMoreGatesAndCutLongNamesAndReasons() throws IOException {
    final List<GateReport> gates = new ArrayList<>();
    IntStream.range(0, 40).forEach(i -> gates.add(gate("gate " + i, i)));
    final GateReport wordy =
        new GateReport(
            "x" + "🚧".repeat(50), GateState.OPEN, 1, 0, 0, 0, 0, 0, 0, 1, 0.01, "ü".repeat(1_000));
    gates.add(wordy);
    gates.add(gate("x".repeat(135) + "🚧", 1)); // would be cut in the middle of a pair
    try (CountersWriter writer = CountersWriter.create(directory, "e", OPENED_NS)) {
      writer.write(List.of(row("W1", 1)), gates.subList(0, 3), OPENED_NS);
      writer.write(List.of(row("W1", 2)), gates, OPENED_NS);

      final EngineCounters read = CountersReader.read(directory);

      assertThat(read.objectives()).containsExactly(row("W1", 2));
      assertThat(read.gates().subList(0, 40)).isEqualTo(gates.subList(0, 40));
      assertThat(read.gates().get(40).name()).isEqualTo("x" + "🚧".repeat(33));
      assertThat(read.gates().get(41).name()).isEqualTo("x".repeat(135));
      assertThat(read.gates().get(40).reason()).isEqualTo("ü".repeat(144));
    }
  }

  @Test
  void shouldSayHowManyMoreThereAreThanItHasRoomFor() throws IOException {
    final List<ObjectiveCounters> rows = Collections.nCopies(16_386, row("w", 1));
    final List<GateReport> gates = Collections.nCopies(1_027, gate("g", 1));
    try (CountersWriter writer = CountersWriter.create(directory, "e", OPENED_NS)) {
      writer.write(rows, gates, OPENED_NS);

      final EngineCounters read = CountersReader.read(directory);

      assertThat(read.objectives()).hasSize(16_384);
      assertThat(read.gates()).hasSize(1_024).contains(gate("g", 1));
      assertThat(read.untold()).isEqualTo(5);
      writer.write(rows.subList(0, 1), gates.subList(0, 1), OPENED_NS);
      assertThat(CountersReader.read(directory).untold()).isZero();
    }
  }

  @Test
  void shouldNeverShowHalfOfOneStateAndHalfOfAnother() throws IOException {
    final AtomicBoolean stop = new AtomicBoolean();
    try (CountersWriter writer = CountersWriter.create(directory, "e", OPENED_NS)) {
      writer.write(List.of(row("a", 0), row("b", 0)), List.of(gate("g", 0)), OPENED_NS);
      final CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                for (long i = 1; !stop.get(); i++) {
                  try {
                    writer.write(
                        List.of(row("a", i), row("b", i)), List.of(gate("g", i)), OPENED_NS + i);
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
        assertThat(read.gates()).containsExactly(gate("g", number));
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
    "8, 1, 'version=1, known=2; the engine is of an older Penstock'",
    "8, 3, 'version=3, known=2; the engine is of a newer Penstock'",
    "12, 128, rowLength=128",
    "16, 63, rows=63",
    "16, -1, rows=-1",
    "16, 2147483647, rows=2147483647",
    "20, 63, rows=63",
    "48, 1, must not be half written",
    "60, 65, textLength=65",
    "128, 256, gateLength=256",
    "132, 17, gates=17",
    "132, -1, gates=-1",
    "132, 2147483647, gates=2147483647",
    "136, 17, gates=17",
    "136, -1, gates=-1",
    "140, -1, untold=-1",
    "192, 9, state=9",
    "196, 137, textLength=137",
    "340, 2147483647, must hold objectives",
    "16064, 0, gateState=0",
    "16064, 4, gateState=4",
    "16068, -1, textLength=-1",
    "16280, 289, textLength=289"
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

  @Test
  void shouldReadNoMoreOfALongFileThanAnEngineWrites() throws IOException {
    write(List.of(row("W1", 1)));
    try (RandomAccessFile file =
        new RandomAccessFile(directory.resolve("objectives.counters").toFile(), "rw")) {
      file.setLength(3L << 30); // sparse, and longer than can be mapped
    }

    assertThat(CountersReader.read(directory).objectives()).containsExactly(row("W1", 1));
  }

  @ParameterizedTest
  @CsvSource({"0", "191", "192", "5000", "16064", "24255"})
  void shouldRefuseAFileThatWasCut(final int length) throws IOException {
    write(List.of(row("W1", 1)));
    final Path file = directory.resolve("objectives.counters");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));

    assertThatThrownBy(() -> CountersReader.read(directory))
        .isInstanceOf(CountersException.class)
        .hasMessageContaining("length=" + length);
  }
}
