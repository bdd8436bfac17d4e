package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.Durability;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Kills a process that runs an engine under load, again and again on one directory: every command
 * that it acknowledged is there afterwards, every case comes to its end, and no work item is lost.
 */
class ProcessCrashTest {
  /** For each view and durability: twenty-four in all. */
  private static final int ROUNDS = 6;

  /** A hundred for each durability. */
  private static final int MANY_ROUNDS = 50;

  private static final int CALLERS = 4;
  private static final Set<String> COMMANDS = Set.of("started", "signed", "cancelled");

  @ParameterizedTest
  @CsvSource({
    "CHRONICLE, PROCESS_CRASH",
    "CHRONICLE, POWER_LOSS",
    "SLAB, PROCESS_CRASH",
    "SLAB, POWER_LOSS"
  })
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void shouldKeepEveryAcknowledgedCommandWhenTheProcessIsKilled(
      final StorageOptions.View view, final Durability durability, @TempDir final Path directory)
      throws Exception {
    killAndVerify(view, durability, directory, ROUNDS);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "CHRONICLE, PROCESS_CRASH",
    "CHRONICLE, POWER_LOSS",
    "SLAB, PROCESS_CRASH",
    "SLAB, POWER_LOSS"
  })
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void shouldKeepEveryAcknowledgedCommandWhenTheProcessIsKilledManyTimes(
      final StorageOptions.View view, final Durability durability, @TempDir final Path directory)
      throws Exception {
    killAndVerify(view, durability, directory, MANY_ROUNDS);
  }

  private static void killAndVerify(
      final StorageOptions.View view,
      final Durability durability,
      final Path directory,
      final int rounds)
      throws Exception {
    final long seed = ThreadLocalRandom.current().nextLong();
    final Random random = new Random(seed);
    final Map<String, String> acknowledged = new HashMap<>();
    for (int round = 0; round < rounds; round++) {
      final int commands = 1 + random.nextInt(1_500);
      killAfter(commands, round, view, durability, directory, acknowledged);
      verify(view, durability, directory, acknowledged, "seed=" + seed + ", round=" + round);
    }
    assertThat(acknowledged).as("load was put on the engine").hasSizeGreaterThan(rounds);
  }

  /**
   * Runs the load in a process of its own until it has acknowledged so many commands, and kills it.
   */
  private static void killAfter(
      final int commands,
      final int round,
      final StorageOptions.View view,
      final Durability durability,
      final Path directory,
      final Map<String, String> acknowledged)
      throws IOException, InterruptedException {
    final Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Load.class.getName(),
                directory.toString(),
                Integer.toString(round),
                view.name(),
                durability.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = process.inputReader()) {
      int seen = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        final String[] fields = line.split(" ", -1);
        if (fields.length == 2 && COMMANDS.contains(fields[1])) { // the last line may be cut short
          acknowledged.put(fields[0], fields[1]);
        }
        if (++seen == commands) {
          process
              .toHandle()
              .destroyForcibly(); // leaves the pipe: what it had said is read to the end
        }
      }
    }
    assertThat(process.waitFor()).as("it was killed, it did not fail").isEqualTo(137);
  }

  private static void verify(
      final StorageOptions.View view,
      final Durability durability,
      final Path directory,
      final Map<String, String> acknowledged,
      final String description) {
    final Work work = new Work();
    try (Engine engine = Engine.open(directory, options(view, durability)).deploy(work.workflow)) {
      final List<CaseHandle> cases = new ArrayList<>();
      acknowledged.forEach(
          (key, command) -> {
            final CaseHandle handle =
                engine
                    .find(work.workflow, key)
                    .orElseThrow(() -> new AssertionError("lost: " + key + ", " + description));
            cases.add(handle);
            if (command.equals("signed")) {
              assertThat(handle.get(Work.SIGNED_BY)).as(key + ", " + description).isEqualTo("load");
            } else if (command.equals("cancelled")) {
              assertThat(handle.status())
                  .as(key + ", " + description)
                  .isEqualTo(CaseStatus.CANCELLED);
            } else if (handle.status() == CaseStatus.RUNNING) {
              sign(handle);
            }
          });
      for (final CaseHandle handle : cases) {
        final Outcome outcome = handle.join();
        if (outcome == Outcome.COMPLETED) {
          assertThat(handle.get(Work.STEPS)).as(description).isEqualTo(3);
        } else {
          assertThat(outcome).as(description).isEqualTo(Outcome.CANCELLED);
        }
      }
    }
  }

  /** Signs a case that was not signed, or whose signature was not acknowledged. */
  private static void sign(final CaseHandle handle) {
    while (handle.status() == CaseStatus.RUNNING && handle.find(Work.SIGNED_BY).isEmpty()) {
      if (handle.workItems().isEmpty()) {
        Thread.onSpinWait(); // its worker task runs again first
      } else {
        handle.complete("sign", in -> in.set(Work.SIGNED_BY, "verifier"));
      }
    }
  }

  private static EngineOptions options(
      final StorageOptions.View view, final Durability durability) {
    return EngineOptions.defaults()
        .shards(2)
        .durability(durability)
        .endedCasesKept(1_000_000)
        .store(new StorageProvider(StorageOptions.defaults().withView(view)));
  }

  /** A case with work of every kind: inline, on a worker, by hand. */
  private static final class Work {
    static final Variable<Long> STEPS = Variable.ofLong("steps");
    static final Variable<String> SIGNED_BY = Variable.ofString("signed-by");

    final Workflow workflow =
        Workflow.define("load")
            .variables(STEPS, SIGNED_BY)
            .inlineTask("first", work -> work.set(STEPS, 1L))
            .task("second", work -> work.set(STEPS, work.get(STEPS) + 1))
            .manual("sign")
            .task("third", work -> work.set(STEPS, work.get(STEPS) + 1))
            .build();
  }

  /**
   * The process that is killed: starts, signs and cancels cases, and says so once each is
   * acknowledged.
   */
  public static final class Load {
    private Load() {}

    /**
     * Puts load on an engine until it is killed.
     *
     * @param args directory, number of the round, view, durability
     */
    public static void main(final String[] args) {
      final Work work = new Work();
      final Engine engine =
          Engine.open(
                  Path.of(args[0]),
                  options(StorageOptions.View.valueOf(args[2]), Durability.valueOf(args[3])))
              .deploy(work.workflow);
      for (int caller = 0; caller < CALLERS; caller++) {
        final String prefix = args[1] + "-" + caller + "-";
        new Thread(() -> loadForEver(engine, work.workflow, prefix)).start();
      }
    }

    private static void loadForEver(
        final Engine engine, final Workflow workflow, final String prefix) {
      for (int i = 0; ; i++) {
        final String key = prefix + i;
        final CaseHandle handle = engine.start(workflow, key, in -> {});
        say(key, "started");
        if (i % 3 == 0) {
          while (handle.workItems().isEmpty()) {
            Thread.onSpinWait();
          }
          handle.complete("sign", in -> in.set(Work.SIGNED_BY, "load"));
          say(key, "signed");
        } else if (i % 3 == 1) {
          handle.cancel();
          say(key, "cancelled");
        }
      }
    }

    private static void say(final String key, final String command) {
      synchronized (System.out) {
        System.out.println(key + " " + command);
        System.out.flush();
      }
    }
  }
}
