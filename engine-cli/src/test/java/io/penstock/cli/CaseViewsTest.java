package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.form.WorkflowForm;
import io.penstock.interchange.log.XesWriter;
import io.penstock.storage.DirectoryReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases of a directory as event logs and as pictures. */
class CaseViewsTest {
  @TempDir private Path root;

  private Path data() {
    return root.resolve("data");
  }

  @Test
  void shouldWriteTheHistoryOfEachCaseAsATrace() {
    final Map<String, Long> ids = Sample.make(data());
    final String log = Cli.run("export", data(), "--xes").out();
    assertThat(log.split("<trace>", -1)).hasSize(6);
    assertThat(log)
        .contains("<string key=\"concept:name\" value=\"o-1\"/>")
        .contains("<string key=\"outcome\" value=\"COMPLETED\"/>")
        .contains("<string key=\"workflow\" value=\"vote\"/>")
        .contains("<string key=\"org:resource\" value=\"ann\"/>")
        .contains("no line&#10;to the &quot;bank&quot;");
    final String one = Cli.run("history", data(), ids.get("o-1"), "--xes").out();
    assertThat(one.split("<trace>", -1)).hasSize(2);
  }

  @Test
  void shouldWriteOnlyTheCasesThatAreAskedFor() {
    final Map<String, Long> ids = Sample.make(data());
    assertThat(Cli.run("export", data(), "--xes", "--workflow", "order").out().split("<trace>", -1))
        .hasSize(4);
    assertThat(Cli.run("export", data(), "--xes", "--case", ids.get("v-1")).out())
        .contains("value=\"v-1\"")
        .doesNotContain("value=\"o-1\"");
    assertThat(Cli.run("export", data(), "--xes", "--cases").code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void shouldWriteTheSameLogHoweverFewEventsAreHeldAtATime() throws IOException {
    Sample.make(data());
    assertThat(log(1)).isEqualTo(log(100_000)).contains("<trace>");
  }

  private String log(final int eventsAtATime) throws IOException {
    final StringWriter text = new StringWriter();
    try (XesWriter xes = new XesWriter(text, "test")) {
      final EventLog log = new EventLog(xes, null, null, eventsAtATime);
      Shards.forEach(DirectoryReader.of(data()), log::write);
    }
    return text.toString();
  }

  @Test
  void shouldDrawHowFarACaseHasCome() throws IOException {
    Sample.make(data());
    final Path model =
        Files.writeString(
            root.resolve("order.yaml"),
            WorkflowForm.write(Sample.ORDER, WorkflowForm.Notation.YAML));
    assertThat(
            Cli.run("draw", model, "--data", data(), "--case", "order/o-1", "--format", "dot")
                .out())
        .contains("approve, done")
        .contains("#dcfce7")
        .doesNotContain("#fde68a");
    assertThat(
            Cli.run("draw", model, "--data", data(), "--case", "order/o-2", "--format", "dot")
                .out())
        .contains("approve, open")
        .contains("#fde68a");
    final Path broken =
        Files.writeString(
            root.resolve("broken.json"),
            WorkflowForm.write(Sample.BROKEN, WorkflowForm.Notation.JSON));
    assertThat(Cli.run("draw", broken, "--data", data(), "--case", "broken/b-1").out())
        .contains(">failed</text>")
        .contains("class=\"b f\"");
  }

  @Test
  void shouldSayWhichCaseIsNotThere() throws IOException {
    Sample.make(data());
    final Path model =
        Files.writeString(
            root.resolve("order.json"),
            WorkflowForm.write(Sample.ORDER, WorkflowForm.Notation.JSON));
    assertThat(Cli.run("draw", model, "--data", data(), "--case", "order/none").err())
        .contains("case must be there: case=order/none");
    assertThat(Cli.run("draw", model, "--data", data()).err())
        .contains("--data and --case must be given together");
  }
}
