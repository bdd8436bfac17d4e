package io.penstock.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Gate;
import io.penstock.engine.History;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.Outcome;
import io.penstock.engine.WorkItem;
import io.penstock.objective.GateRules;
import io.penstock.objective.GateState;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That docs/format.md is true, and that a directory of an earlier version still opens. */
@Timeout(120)
class FormatTest {
  /**
   * Directories made by {@link #fill} as it was at a time. Later versions must open all of them;
   * {@code mvn -pl penstock -am test -Dtest=FormatTest -Dgolden.rewrite} makes the newest anew: a
   * new format adds one instead.
   */
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private static final String NEWEST = "format-3.zip";

  private static final Variable<Long> COUNT = Variable.ofLong("count");
  private static final Variable<Double> RATE = Variable.ofDouble("rate");
  private static final Variable<Boolean> PAID = Variable.ofBoolean("paid");
  private static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  private static final Variable<BigDecimal> LARGE = Variable.ofDecimal("large amount");
  private static final Variable<String> NAME = Variable.ofString("name");
  private static final Variable<byte[]> SEAL = Variable.ofBytes("seal");
  private static final Variable<Instant> DUE = Variable.ofInstant("due");
  private static final Variable<Duration> TERM = Variable.ofDuration("term");

  private static final BigDecimal HUGE = new BigDecimal("123456789012345678901234567890.12");
  private static final Instant BEGUN = Instant.parse("2026-01-05T08:00:00Z");

  private static final Workflow INVOICE =
      Workflow.define("invoice")
          .variables(COUNT, RATE, PAID, AMOUNT, LARGE, NAME, SEAL, DUE, TERM)
          .inlineTask("register", work -> work.set(PAID, false))
          .parallel(
              both ->
                  both.branch(x -> x.manual("approve"))
                      .branch(x -> x.instances("count again", 2, each -> each.manual("count"))))
          .build();

  /** Since format 2: a value in a record of its own. */
  private static final Workflow LETTER =
      Workflow.define("letter").variables(NAME).manual("read").build();

  private static final String LONG_TEXT = "Zoë & Søn ".repeat(1_000);

  /** Since format 3: notes of gates and objectives. */
  private static Gate gate(final Engine engine) {
    return engine.gate("fast", Objective.p99(Duration.ofMillis(10)), GateRules.defaults());
  }

  @TempDir private Path directory;

  private static EngineOptions options() {
    return EngineOptions.defaults()
        .shards(2)
        .history(History.WORK_ITEMS)
        .clock(new VirtualClock(BEGUN));
  }

  /** Three cases: one done, one cancelled, one in the middle, which is returned. */
  private static long fill(final Path directory) {
    try (Engine engine = Engine.open(directory, options())) {
      engine.deploy(INVOICE).deploy(LETTER);
      for (int i = 0; i < 40; i++) {
        gate(engine).record(true, Duration.ofMillis(11));
      }
      engine.lookAtObjectives();
      engine.start(LETTER, "long", in -> in.set(NAME, LONG_TEXT));
      final CaseHandle done = engine.start(INVOICE, "done", in -> {});
      done.workItems().forEach(item -> done.complete(item, "ann", in -> {}));
      assertThat(done.join()).isEqualTo(Outcome.COMPLETED);
      engine.start(INVOICE, "cancelled", in -> {}).cancel();
      final CaseHandle open =
          engine.start(
              INVOICE,
              "open",
              in ->
                  in.set(COUNT, -42L)
                      .set(RATE, 0.25)
                      .set(AMOUNT, new BigDecimal("100.05"))
                      .set(LARGE, HUGE)
                      .set(NAME, "Zoë & Søn")
                      .set(SEAL, new byte[] {1, 2, 3})
                      .set(DUE, BEGUN.plusSeconds(1))
                      .set(TERM, Duration.ofDays(30)));
      open.claim("approve", "ann");
      return open.caseId();
    }
  }

  @Test
  void shouldBeReadableFromThePageAlone() throws IOException {
    final long openId = fill(directory);

    final StrangersReader read = new StrangersReader(directory);

    assertThat(read.frames).isGreaterThan(8);
    assertThat(read.objectives).containsOnlyKeys("R1", "W1", "C1");
    assertThat(read.objectives.get("W1")[0] + read.objectives.get("W1")[1])
        .as("4 starts, a cancellation, a claim, 3 work items")
        .isEqualTo(9);
    assertThat(read.gates).containsOnlyKeys("fast");
    assertThat(read.gates.get("fast"))
        .startsWith("1\tTRIPPED\t0\t1\t")
        .contains("\n" + BEGUN + "\tCANARY\tTRIPPED\t0.0\t0\t40\t");
    assertThat(read.cases.values())
        .filteredOn(found -> found.parentId() == 0)
        .extracting(StrangersReader.Case::key, StrangersReader.Case::status)
        .containsExactlyInAnyOrder(
            tuple("done", "COMPLETED"),
            tuple("cancelled", "CANCELLED"),
            tuple("open", "RUNNING"),
            tuple("long", "RUNNING"));
    assertThat(read.cases.values())
        .filteredOn(found -> found.key().equals("long"))
        .singleElement()
        .satisfies(found -> assertThat(found.variables()).containsOnly(entry("name", LONG_TEXT)));
    final StrangersReader.Case open = read.cases.get(openId);
    assertThat(open.workflow()).isEqualTo("invoice");
    assertThat(open.variables())
        .contains(
            entry("count", -42L),
            entry("rate", 0.25),
            entry("paid", false),
            entry("amount", new BigDecimal("100.05")),
            entry("large amount", HUGE),
            entry("name", "Zoë & Søn"),
            entry("due", BEGUN.plusSeconds(1)),
            entry("term", Duration.ofDays(30)))
        .hasEntrySatisfying("seal", seal -> assertThat(seal).isEqualTo(new byte[] {1, 2, 3}));
    assertThat(open.workItems()).containsOnly(entry("approve", 1), entry("count again", 4));
    assertThat(read.cases.values())
        .filteredOn(found -> found.parentId() == openId)
        .extracting(StrangersReader.Case::instance, StrangersReader.Case::workItems)
        .containsExactlyInAnyOrder(tuple(0, Map.of("count", 1)), tuple(1, Map.of("count", 1)));
    try (Engine engine = Engine.open(directory, options())) {
      engine.deploy(INVOICE);
      final List<HistoryEvent> history = engine.handle(openId).history();
      assertThat(read.events)
          .filteredOn(event -> event.contains(" " + openId + " "))
          .hasSameSizeAs(history)
          .contains(BEGUN + " " + openId + " " + openId + " -1 10 approve/ann/");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"format-1.zip", "format-2.zip", NEWEST})
  void shouldOpenADirectoryOfAnEarlierVersion(final String golden) throws IOException {
    if (System.getProperty("golden.rewrite") != null && golden.equals(NEWEST)) {
      zip(directory.resolve("made"));
    }
    unzip(GOLDEN.resolve(golden), directory.resolve("golden"));

    final StrangersReader read = new StrangersReader(directory.resolve("golden"));
    try (Engine engine = Engine.open(directory.resolve("golden"), options())) {
      engine.deploy(INVOICE).deploy(LETTER);

      assertThat(gate(engine).state())
          .isEqualTo(golden.equals(NEWEST) ? GateState.TRIPPED : GateState.CANARY);
      assertThat(engine.find(LETTER, "long").map(letter -> letter.get(NAME)))
          .isEqualTo(golden.equals("format-1.zip") ? Optional.empty() : Optional.of(LONG_TEXT));
      assertThat(engine.find(INVOICE, "done"))
          .map(CaseHandle::status)
          .hasValue(CaseStatus.COMPLETED);
      assertThat(engine.find(INVOICE, "cancelled"))
          .map(CaseHandle::status)
          .hasValue(CaseStatus.CANCELLED);
      final CaseHandle open = engine.find(INVOICE, "open").orElseThrow();
      assertThat(read.cases).containsKey(open.caseId());
      assertThat(open.get(LARGE)).isEqualTo(HUGE);
      assertThat(open.get(NAME)).isEqualTo("Zoë & Søn");
      assertThat(open.history()).hasSizeGreaterThan(5);
      for (final WorkItem item : open.workItems()) {
        open.complete(item, "ann", in -> {});
      }
      assertThat(open.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  private static void zip(final Path made) throws IOException {
    fill(made);
    Files.createDirectories(GOLDEN);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(GOLDEN.resolve(NEWEST)));
        var files = Files.walk(made)) {
      for (final Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.endsWith("penstock.lock")) {
          zip.putNextEntry(new ZipEntry(made.relativize(file).toString().replace('\\', '/')));
          Files.copy(file, zip);
          zip.closeEntry();
        }
      }
    }
  }

  private static void unzip(final Path archive, final Path target) throws IOException {
    try (InputStream in = Files.newInputStream(archive);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry file = zip.getNextEntry(); file != null; file = zip.getNextEntry()) {
        final Path path = target.resolve(file.getName());
        Files.createDirectories(path.getParent());
        Files.copy(zip, path);
      }
    }
  }
}
