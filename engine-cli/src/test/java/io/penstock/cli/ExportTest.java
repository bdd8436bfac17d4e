package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is exported is what the engine itself says of its cases. */
@Timeout(60)
class ExportTest {
  @TempDir private Path root;
  private Map<String, Long> ids;

  @BeforeEach
  void make() {
    ids = Sample.make(root.resolve("data"));
  }

  private List<Map<String, Object>> export(final Object... options) {
    final List<Object> args = new ArrayList<>(List.of("export", root.resolve("data")));
    args.addAll(List.of(options));
    final Cli cli = Cli.run(args.toArray());
    assertThat(cli.code()).as(cli.err()).isZero();
    return Json.lines(cli.out());
  }

  @SuppressWarnings("unchecked") // as the writer writes it
  private static Object javaValue(final Object typed) {
    final Map<String, Object> value = (Map<String, Object>) typed;
    final Object written = value.get("value");
    return switch ((String) value.get("type")) {
      case "LONG" -> Long.valueOf((String) written);
      case "DECIMAL" -> new BigDecimal((String) written);
      case "INSTANT" -> Instant.parse((String) written);
      case "DURATION" -> Duration.parse((String) written);
      case "BYTES" -> Base64.getDecoder().decode((String) written);
      case "DOUBLE", "BOOLEAN", "STRING" -> written;
      default -> throw new IllegalArgumentException("type: " + value.get("type"));
    };
  }

  @Test
  void shouldMakeAFileThatItsOwnerAloneMayRead() throws IOException {
    final Path out = root.resolve("all.jsonl");

    assertThat(Cli.run("export", root.resolve("data"), "--out", out).code()).isZero();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rw-------");
  }

  @Test
  @SuppressWarnings("unchecked") // as the writer writes it
  void shouldTellOfEachCaseWhatTheEngineTells() {
    final List<Map<String, Object>> cases = export("--cases");
    assertThat(cases).hasSize(8).allMatch(line -> line.get("type").equals("case"));

    try (Engine engine = Engine.open(root.resolve("data"), Sample.options())) {
      engine.deploy(Sample.ORDER).deploy(Sample.VOTE).deploy(Sample.BROKEN);
      for (final Map<String, Object> line : cases) {
        final CaseHandle handle = engine.handle(Long.parseLong((String) line.get("id")));
        assertThat(line.get("status")).isEqualTo(handle.status().name());
        assertThat(line.get("key")).isEqualTo(handle.key().orElse(null));
        assertThat(line.get("failure")).isEqualTo(handle.failure().orElse(null));
        final Map<String, Object> variables = new HashMap<>();
        ((Map<String, Object>) line.get("variables"))
            .forEach((name, value) -> variables.put(name, javaValue(value)));
        assertThat(variables).usingRecursiveComparison().isEqualTo(handle.variables());
        final List<String> open = new ArrayList<>();
        if (handle.status() == CaseStatus.RUNNING) {
          handle.workItems().forEach(item -> open.add(item.task() + " " + item.claimed()));
        }
        final List<String> exported = new ArrayList<>();
        for (final Map<String, Object> item : (List<Map<String, Object>>) line.get("workItems")) {
          exported.add(item.get("task") + " " + item.get("claimed"));
        }
        if (!line.get("id").equals(ids.get("v-1").toString())) { // which shows those inside it
          assertThat(exported).isEqualTo(open);
        }
      }
    }
  }

  @Test
  void shouldTellTheHistoryThatTheEngineTells() {
    final List<Map<String, Object>> events = export("--history");
    final Map<String, List<String>> exported = new HashMap<>();
    for (final Map<String, Object> line : events) {
      exported
          .computeIfAbsent((String) line.get("outermost"), id -> new ArrayList<>())
          .add(
              line.get("time")
                  + " "
                  + line.get("case")
                  + " "
                  + line.get("event")
                  + " "
                  + line.get("task")
                  + " "
                  + line.get("who")
                  + " "
                  + line.get("detail"));
    }

    try (Engine engine = Engine.open(root.resolve("data"), Sample.options())) {
      engine.deploy(Sample.ORDER).deploy(Sample.VOTE).deploy(Sample.BROKEN);
      for (final long id : ids.values()) {
        final List<String> told = new ArrayList<>();
        engine
            .handle(id)
            .history()
            .forEach(
                event ->
                    told.add(
                        JsonLines.text(event.time())
                            + " "
                            + event.caseId()
                            + " "
                            + event.type()
                            + " "
                            + event.task().orElse(null)
                            + " "
                            + event.who().orElse(null)
                            + " "
                            + event.detail().orElse(null)));
        assertThat(exported.remove(Long.toString(id))).isEqualTo(told);
      }
    }
    assertThat(exported).isEmpty();
  }

  @Test
  void shouldKeepTheFieldsAndTheirOrderInEveryLine() {
    final List<Map<String, Object>> lines = export();

    assertThat(lines.stream().map(line -> line.get("type") + ": " + line.keySet()).distinct())
        .containsExactly(
            "case: [type, id, key, workflow, version, net, status, changes, started, ended, deadline,"
                + " parent, instance, failure, workItems, variables]",
            "event: [type, time, case, outermost, instance, event, task, who, detail]");
  }

  @Test
  void shouldTakeOnlyWhatIsAskedFor() {
    final String vote = ids.get("v-1").toString();

    assertThat(export("--workflow", "order", "--cases"))
        .hasSize(3)
        .allMatch(line -> line.get("workflow").equals("order"));
    assertThat(export("--case", vote))
        .hasSize(4 + 8)
        .allMatch(
            line ->
                vote.equals(line.get("id"))
                    || vote.equals(line.get("parent"))
                    || vote.equals(line.get("outermost")));
    assertThat(export("--workflow", "order", "--case", vote)).isEmpty();
    assertThat(export("--workflow", "broken", "--history"))
        .hasSize(5)
        .allMatch(line -> line.get("outermost").equals(ids.get("b-1").toString()));
  }

  @Test
  void shouldWriteTheSameToAFile() throws IOException {
    final Path file = root.resolve("out.jsonl");

    final Cli cli = Cli.run("export", root.resolve("data"), "--out", file);

    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).contains("lines=36");
    assertThat(Files.readString(file)).isEqualTo(Cli.run("export", root.resolve("data")).out());
    assertThat(Cli.run("export", root.resolve("data"), "--out", root.resolve("no/such")).code())
        .isEqualTo(ExitCode.FAILED);
  }

  @Test
  void shouldWriteAValueThatStandsInARecordOfItsOwn() {
    final String note = "0123456789".repeat(50_000);
    final long id;
    try (Engine engine = Engine.open(root.resolve("data"), Sample.options())) {
      engine.deploy(Sample.ORDER).deploy(Sample.VOTE).deploy(Sample.BROKEN);
      id = engine.start(Sample.ORDER, "large", in -> in.set(Sample.NOTE, note)).caseId();
    }

    assertThat(Cli.run("verify", root.resolve("data")).out()).contains("is sound");
    assertThat(export("--cases", "--case", id))
        .singleElement()
        .extracting("variables")
        .extracting("note")
        .satisfies(value -> assertThat(javaValue(value)).isEqualTo(note));
  }
}
