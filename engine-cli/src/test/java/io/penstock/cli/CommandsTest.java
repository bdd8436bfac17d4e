package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each command prints, and with which code it ends. */
@Timeout(60)
class CommandsTest {
  private static final int FIRST_FRAME = 64;

  @TempDir private Path root;

  private Path data() {
    return root.resolve("data");
  }

  private Path segment() {
    return data().resolve("shard-1/journal-0000000000000000000.seg");
  }

  private static String golden(final String name) throws IOException {
    try (InputStream in = CommandsTest.class.getResourceAsStream("/golden/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** What differs from run to run is put aside. */
  private String stable(final String text) {
    return text.replace(data().toString(), "DIR")
        .replaceAll("(engine +|\"engineId\":\")[0-9a-f]+", "$1ID")
        .replace(System.lineSeparator(), "\n");
  }

  private void assertPrints(final String golden, final Object... args) throws IOException {
    final Cli cli = Cli.run(args);
    assertThat(cli.err()).isEmpty();
    assertThat(stable(cli.out())).isEqualTo(golden(golden));
    assertThat(cli.code()).isZero();
  }

  private static void assertFails(final int code, final Cli cli, final String... words) {
    assertThat(cli.code()).as(cli.err() + cli.out()).isEqualTo(code);
    assertThat(cli.err() + cli.out()).contains(words).doesNotContain("\tat ");
  }

  @Test
  void shouldPrintASmallDirectoryAsBefore() throws IOException {
    Sample.make(data());

    assertPrints("verify.txt", "verify", data());
    assertPrints("stats.txt", "stats", data());
    assertPrints("stats.json", "stats", data(), "--json");
    assertPrints("history.txt", "history", data(), "vote/v-1");
    assertPrints("history.json", "history", data(), "broken/b-1", "--json");
    assertPrints("export.jsonl", "export", data());
  }

  @Test
  void shouldReadBesideARunningEngineAndLeaveBackupToIt() {
    try (Engine engine = Engine.open(data(), Sample.options())) {
      final Map<String, Long> ids = Sample.run(engine);

      assertThat(Cli.run("verify", data()).out()).contains("is sound", "events=28");
      assertThat(Cli.run("stats", data()).out())
          .contains("open in       pid=" + ProcessHandle.current().pid());
      assertThat(Cli.run("history", data(), ids.get("o-1")).out()).contains("ann");
      assertThat(Cli.run("export", data(), "--cases").out().lines()).hasSize(8);
      assertFails(
          ExitCode.IN_USE,
          Cli.run("backup", data(), root.resolve("backup")),
          "call Engine.backup(path) there",
          "pid=" + ProcessHandle.current().pid());
      assertThat(root.resolve("backup")).doesNotExist();

      engine.handle(ids.get("o-2")).release("approve", "bob");
      assertThat(Cli.run("history", data(), "order/o-2").out()).contains("WORK_ITEM_RELEASED");
    }
  }

  @Test
  void shouldBackUpAClosedDirectory() {
    Sample.make(data());
    final Path target = root.resolve("backup");

    assertThat(Cli.run("backup", data(), target).code()).isZero();

    assertThat(Cli.run("export", target).out()).isEqualTo(Cli.run("export", data()).out());
    assertFails(ExitCode.FAILED, Cli.run("backup", data(), target), "must be empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "stats", "export"})
  void shouldSayWhichFileIsDamagedAndWhere(final String command) throws IOException {
    Sample.make(data());
    flip(segment(), FIRST_FRAME + 20);

    assertFails(
        ExitCode.DAMAGED,
        Cli.run(command, data()),
        "file=" + segment(),
        "position=" + FIRST_FRAME,
        "must be whole",
        "restore");
  }

  @Test
  void shouldListTheDamageOfEachShard() throws IOException {
    Sample.make(data());
    flip(segment(), FIRST_FRAME + 20);
    flip(data().resolve("shard-0/journal-0000000000000000000.seg"), 30);

    final Cli cli = Cli.run("verify", data());

    assertFails(ExitCode.DAMAGED, cli, "2 damages", "shard-0", "position=36", "shard-1");
  }

  @Test
  void shouldNotCopyADamagedDirectory() throws IOException {
    Sample.make(data());
    flip(segment(), FIRST_FRAME + 20);

    assertFails(ExitCode.DAMAGED, Cli.run("backup", data(), root.resolve("b")), "position=64");
    assertThat(root.resolve("b")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "stats", "export"})
  void shouldSayWhatIsWrongWithThePath(final String command) throws IOException {
    assertFails(ExitCode.FAILED, Cli.run(command, data()), "must be there", data().toString());
    Files.createDirectories(data());
    assertFails(ExitCode.FAILED, Cli.run(command, data()), "missing=engine.properties");
    final Path file = Files.writeString(root.resolve("file"), "x");
    assertFails(ExitCode.FAILED, Cli.run(command, file), "must be there");
    assertFails(ExitCode.FAILED, Cli.run(command), "Missing required parameter", "--help");
    assertFails(ExitCode.FAILED, Cli.run(command, data(), "--nonsense"), "--nonsense");
  }

  @Test
  void shouldRefuseANewerVersionByItsNumber() throws IOException {
    Sample.make(data());
    final Path manifest = data().resolve("engine.properties");
    Files.writeString(manifest, Files.readString(manifest).replace("Version=1", "Version=2"));

    assertFails(ExitCode.FAILED, Cli.run("verify", data()), "expected=1", "actual=2");
  }

  @Test
  void shouldSayWhichFilesCannotBeRead() throws IOException {
    Sample.make(data());
    Files.delete(segment());
    Files.createDirectory(segment());

    assertFails(ExitCode.FAILED, Cli.run("verify", data()), "shard-1", "must be readable");
  }

  @Test
  void shouldSayThatASegmentIsMissing() throws IOException {
    Sample.make(data());
    Files.delete(segment());

    assertFails(ExitCode.DAMAGED, Cli.run("verify", data()), "expected: segment 0", "none");
  }

  @Test
  void shouldSayThatThereIsNoSuchCaseOrNoHistory() {
    Sample.make(data());

    assertFails(ExitCode.FAILED, Cli.run("history", data(), "order/none"), "case=order/none");
    assertFails(ExitCode.FAILED, Cli.run("history", data(), "17"), "case=17");
    assertFails(ExitCode.OK, Cli.run("history", data(), 1L << 53 | 1L << 24), "none is kept");
  }

  @Test
  void shouldShowWhereAFailureCameUpWhenAskedTo() {
    assertThat(Cli.run("verify", data(), "--verbose").err()).contains("\tat io.penstock.");
    assertThat(Cli.run("--verbose", "verify", data()).err()).contains("\tat io.penstock.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "stats", "export", "history", "backup"})
  void shouldHelpWithExamplesAndExitCodes(final String command) {
    final Cli cli = Cli.run(command, "--help");

    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("Examples:", "  penstock " + command, "3   an engine has");
    assertThat(cli.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void shouldSayWhatThereIsToDoWhenNothingIsAsked() {
    assertFails(ExitCode.FAILED, Cli.run(), "Usage: penstock", "verify", "backup");
    assertThat(Cli.run("--help").code()).isZero();
    assertThat(Cli.run("--version").out()).startsWith("penstock ");
  }

  private static void flip(final Path file, final int position) throws IOException {
    final byte[] bytes = Files.readAllBytes(file);
    bytes[position] ^= 1;
    Files.write(file, bytes);
  }
}
