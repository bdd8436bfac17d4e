package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Rejection;
import io.penstock.spi.Durability;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the system refuses: room on a real disk, writing, files, forces. */
@Timeout(120)
class EnvironmentTest {
  private static final Variable<byte[]> DOCUMENT = Variable.ofBytes("document");
  private static final Workflow SIGNED =
      Workflow.define("signed").variables(DOCUMENT).manual("sign").build();

  @TempDir private Path directory;

  private static EngineOptions options(final Durability durability) {
    return EngineOptions.defaults()
        .shards(1)
        .durability(durability)
        .store(new StorageProvider(StorageOptions.defaults().withView(StorageOptions.View.SLAB)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldRefuseWhatADiskHasNoRoomForAndGoOnWhenThereIs(final Durability durability)
      throws Exception {
    try (TemporaryFileSystem disk = TemporaryFileSystem.mount(directory, 8 * 1024)) {
      final Path ballast = Files.write(disk.root().resolve("ballast"), new byte[3 * 1024 * 1024]);
      final Path data = disk.root().resolve("data");
      final List<String> started = new ArrayList<>();
      try (Engine engine = Engine.open(data, options(durability)).deploy(SIGNED)) {
        assertThat(startUntilFull(engine, started)).isEqualTo(Rejection.STORE_FULL);
        assertThat(started).hasSizeGreaterThan(20);
        assertAllThere(engine, started);

        Files.delete(ballast);
        startWhenThereIsRoom(engine, "with room");
        started.add("with room");
        engine.find(SIGNED, started.get(0)).orElseThrow().complete("sign", in -> {});
        assertThat(startUntilFull(engine, started)).isEqualTo(Rejection.STORE_FULL);
        assertAllThere(engine, started);
      }
      assertThatThrownBy(() -> Engine.open(disk.root().resolve("another"), options(durability)))
          .isInstanceOf(StoreException.class);
      try (Engine engine = Engine.open(data, options(durability)).deploy(SIGNED)) {
        assertAllThere(engine, started);
      }
    }
  }

  private static byte[] document() {
    return new byte[50_000];
  }

  /** The shard looks for room with each command and ten times a second. */
  private static void startWhenThereIsRoom(final Engine engine, final String key) {
    while (true) {
      try {
        engine.start(SIGNED, key, in -> in.set(DOCUMENT, document()));
        return;
      } catch (final CommandRejectedException e) {
        assertThat(e.rejection()).isEqualTo(Rejection.STORE_FULL);
        Thread.onSpinWait();
      }
    }
  }

  private static Rejection startUntilFull(final Engine engine, final List<String> started) {
    while (true) {
      final String key = "case-" + started.size();
      try {
        engine.start(SIGNED, key, in -> in.set(DOCUMENT, document()));
      } catch (final CommandRejectedException e) {
        return e.rejection();
      }
      started.add(key);
    }
  }

  private static void assertAllThere(final Engine engine, final List<String> started) {
    for (final String key : started) {
      assertThat(engine.find(SIGNED, key).orElseThrow().get(DOCUMENT)).isEqualTo(document());
    }
  }

  @Test
  void shouldSayWhatIsWrongWithADirectoryThatCannotBeWritten() throws Exception {
    try (TemporaryFileSystem disk = TemporaryFileSystem.mount(directory, 8 * 1024)) {
      final Path data = disk.root().resolve("data");
      Engine.open(data, options(Durability.PROCESS_CRASH)).close();
      disk.makeReadOnly();

      for (final Path path : List.of(data, disk.root().resolve("new"))) {
        assertThatThrownBy(() -> Engine.open(path, options(Durability.PROCESS_CRASH)))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining(path.toString());
      }
    }
  }

  @Test
  void shouldGoOnWithTheEnginesThatAreOpenWhenTooManyFilesAre() throws Exception {
    final List<String> said =
        run(
            List.of("bash", "-c", "ulimit -n 128 && exec \"$@\"", "limited"),
            TooManyFiles.class,
            directory.toString());

    assertThat(said).contains("refused StoreException", "went on", "opened again");
  }

  /** Opens engines until the system refuses a file. */
  public static final class TooManyFiles {
    private TooManyFiles() {}

    /**
     * Opens engines, and says what happens.
     *
     * @param args directory for theirs
     */
    public static void main(final String[] args) {
      final Path directory = Path.of(args[0]);
      final Deque<Engine> engines = new ArrayDeque<>();
      final EngineOptions options = options(Durability.PROCESS_CRASH);
      try (Engine rehearsal = Engine.open(directory.resolve("rehearsal"), options)) {
        rehearsal.deploy(SIGNED).start(SIGNED, "a", in -> {}).complete("sign", in -> {});
      }
      try {
        Engine.open(Path.of("/dev/null/no-directory"), options); // loads what a failure needs
      } catch (final StoreException e) {
        System.out.println("rehearsed");
      }
      try {
        while (engines.size() < 1_000) {
          engines.add(
              Engine.open(directory.resolve("engine-" + engines.size()), options).deploy(SIGNED));
        }
      } catch (final StoreException e) {
        System.out.println("refused StoreException");
      }
      int done = 0;
      for (final Engine engine : engines) {
        for (int i = 0; i < 50; i++) {
          final CaseHandle handle = engine.start(SIGNED, "case-" + i, in -> {});
          handle.complete("sign", in -> {});
          handle.join();
          done++;
        }
      }
      System.out.println(done == 50 * engines.size() && done > 0 ? "went on" : "stopped: " + done);
      engines.poll().close();
      engines.poll().close();
      Engine.open(directory.resolve("engine-0"), options).close();
      System.out.println("opened again");
      engines.forEach(Engine::close);
    }
  }

  @Test
  void shouldStopTheShardWhenTheSystemFailsToForce() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace must be there");
    final Path data = directory.resolve("data");
    final List<String> said =
        run(
            List.of(
                "strace",
                "-f",
                "-qq",
                "-o",
                directory.resolve("trace").toString(),
                "-e",
                "trace=msync,fsync,fdatasync",
                "-e",
                "inject=msync,fsync,fdatasync:error=EIO:when=100"),
            ForceFailure.class,
            data.toString());
    Assumptions.assumeFalse(said.isEmpty(), "strace must be allowed to trace");

    assertThat(said).endsWith("stopped", "stopped for good");
    try (Engine engine = Engine.open(data, options(Durability.POWER_LOSS)).deploy(SIGNED)) {
      for (final String key : said.subList(0, said.size() - 2)) {
        assertThat(engine.find(SIGNED, key)).as(key).isPresent();
      }
      assertThat(said).hasSizeGreaterThan(50);
    }
  }

  /** Starts cases until its shard stops, and says which were acknowledged. */
  public static final class ForceFailure {
    private ForceFailure() {}

    /**
     * Starts cases.
     *
     * @param args the directory
     */
    public static void main(final String[] args) {
      final Engine engine =
          Engine.open(Path.of(args[0]), options(Durability.POWER_LOSS)).deploy(SIGNED);
      int count = 0;
      while (start(engine, "case-" + count)) {
        System.out.println("case-" + count);
        count++;
      }
      System.out.println("stopped");
      System.out.println(start(engine, "after") ? "went on" : "stopped for good");
      Runtime.getRuntime().halt(0);
    }

    private static boolean start(final Engine engine, final String key) {
      try {
        engine.start(SIGNED, key, in -> {});
        return true;
      } catch (final CommandRejectedException e) {
        return e.rejection() != Rejection.SHARD_STOPPED;
      }
    }
  }

  /** Runs a class in a process of its own, under a program before it, and gives what it says. */
  private static List<String> run(
      final List<String> before, final Class<?> main, final String argument)
      throws IOException, InterruptedException {
    final List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            argument));
    final Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader lines = process.inputReader()) {
      final List<String> said = lines.lines().toList();
      process.waitFor();
      return said;
    }
  }
}
