package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.engine.Outcome;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process under mixed load again and again on one directory, which ages: cases end and go,
 * segments are compacted, keys are remembered. What was acknowledged is written down outside the
 * process and must hold after each kill.
 */
class AgeingDirectoryTest {
  private static final Variable<Long> COUNT = Variable.ofLong("count");
  private static final Variable<Boolean> LAST = Variable.ofBoolean("last");
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final Variable<Long> ITEM = Variable.ofLong("item");
  private static final Variable<Long> SUM = Variable.ofLong("sum");
  private static final int MESSAGES = 6;
  private static final int ITEMS = 70;

  /** What is known of a case from the acknowledgements. */
  private static final class Known {
    long id;
    int messages;
    boolean ended;
  }

  private final Map<String, Known> model = new TreeMap<>();

  private static Workflow workflow() {
    return Workflow.define("ageing")
        .variables(COUNT, LAST, TEXT, ITEM, SUM)
        .inlineTask("begin", work -> work.set(COUNT, 0L).set(SUM, 0L).set(LAST, false))
        .repeatUntil(
            LAST.isTrue(),
            round ->
                round
                    .awaitMessage("line")
                    .inlineTask("count", work -> work.set(COUNT, work.get(COUNT) + 1)))
        .forEach(
            "each",
            ITEM,
            work -> java.util.stream.LongStream.range(0, ITEMS).boxed().toList(),
            each -> each.task("work", work -> work.set(ITEM, work.get(ITEM))))
        .reduce(ITEM, SUM, Long::sum)
        .delay("rest", Duration.ofMillis(1))
        .build();
  }

  private static EngineOptions options() {
    return EngineOptions.defaults()
        .shards(2)
        .workerThreads(4)
        .history(History.CASES)
        .endedCasesKept(50);
  }

  private static String text(final int number) {
    return "x".repeat(number * 977 % 9_000); // some of them large values
  }

  @Test
  @Timeout(300)
  void shouldKeepWhatWasAcknowledgedOverFortyKills(@TempDir final Path directory) throws Exception {
    killAgainAndAgain(directory, 40);
  }

  @Test
  @Tag("slow")
  @Timeout(3_600)
  void shouldKeepWhatWasAcknowledgedOverThreeHundredKills(@TempDir final Path directory)
      throws Exception {
    killAgainAndAgain(directory, 300);
  }

  private void killAgainAndAgain(final Path directory, final int rounds) throws Exception {
    final long seed = ThreadLocalRandom.current().nextLong();
    final Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      killAfter(1 + random.nextInt(600), round, directory);
      verify(directory, "seed=" + seed + ", round=" + round);
    }
    assertThat(model.values().stream().filter(known -> known.ended).count())
        .as("cases that ended")
        .isGreaterThan(rounds);
  }

  private void killAfter(final int lines, final int round, final Path directory) throws Exception {
    final Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Load.class.getName(),
                directory.toString(),
                Integer.toString(round))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = process.inputReader()) {
      int seen = 0;
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        note(line.split(" ", -1));
        if (++seen == lines) {
          process.toHandle().destroyForcibly(); // what it had said is read to the end
        }
      }
    }
    assertThat(process.waitFor()).as("it was killed, it did not fail").isEqualTo(137);
  }

  private void note(final String[] fields) {
    if (fields.length != 3 || !fields[2].equals(".")) {
      return; // the last line may be cut short
    }
    final String[] what = fields[1].split("=", -1);
    final Known known = model.computeIfAbsent(fields[0], none -> new Known());
    switch (what[0]) {
      case "started" -> known.id = Long.parseLong(what[1]);
      case "sent" -> known.messages = Integer.parseInt(what[1]) + 1;
      case "ended" -> known.ended = true;
      default -> throw new AssertionError(fields[1]);
    }
  }

  private void verify(final Path directory, final String description) {
    final Workflow workflow = workflow();
    try (Engine engine = Engine.open(directory, options()).deploy(workflow)) {
      model.forEach(
          (key, known) -> {
            final String what = key + ", " + description;
            final CaseHandle handle =
                engine.find(workflow, key).orElseThrow(() -> new AssertionError("lost: " + what));
            assertThat(handle.caseId()).as(what).isEqualTo(known.id);
            if (known.ended) {
              assertThat(handle.status()).as(what).isIn(CaseStatus.COMPLETED, CaseStatus.UNKNOWN);
            } else {
              finish(handle, known, what);
            }
          });
    }
  }

  /** Every message counts once, whether its acknowledgement was heard or not. */
  private static void finish(final CaseHandle handle, final Known known, final String what) {
    if (handle.status() == CaseStatus.RUNNING) {
      assertThat(handle.get(COUNT)).as(what).isBetween((long) known.messages, known.messages + 1L);
      for (int i = 0; i < MESSAGES; i++) {
        send(handle, i);
      }
    }
    assertThat(handle.join()).as(what).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(COUNT)).as(what).isEqualTo(MESSAGES);
    assertThat(handle.get(SUM)).as(what).isEqualTo(ITEMS * (ITEMS - 1L) / 2);
    assertThat(handle.get(TEXT)).as(what).isEqualTo(text(MESSAGES - 1));
    known.ended = true;
  }

  /** Sends a message unless the case has ended by those before it. */
  private static void send(final CaseHandle handle, final int number) {
    try {
      handle.send(
          "line",
          "message " + number,
          in -> in.set(TEXT, text(number)).set(LAST, number == MESSAGES - 1));
    } catch (final io.penstock.engine.CommandRejectedException refused) {
      assertThat(refused.rejection()).isEqualTo(io.penstock.engine.Rejection.CASE_ENDED);
    }
  }

  /** The process that is killed. */
  public static final class Load {
    private Load() {}

    /**
     * Puts load on an engine until it is killed.
     *
     * @param args directory, number of the round
     */
    public static void main(final String[] args) {
      final Workflow workflow = workflow();
      final Engine engine = Engine.open(Path.of(args[0]), options()).deploy(workflow);
      for (final int caller : List.of(0, 1, 2)) {
        final String prefix = args[1] + "-" + caller + "-";
        new Thread(
                () -> {
                  for (int i = 0; ; i++) {
                    playCase(engine, workflow, prefix + i);
                  }
                })
            .start();
      }
    }

    private static void playCase(final Engine engine, final Workflow workflow, final String key) {
      final CaseHandle handle = engine.start(workflow, key, in -> {});
      say(key, "started=" + handle.caseId());
      for (int i = 0; i < MESSAGES; i++) {
        send(handle, i);
        say(key, "sent=" + i);
      }
      handle.join();
      say(key, "ended=1");
    }

    private static void say(final String key, final String what) {
      synchronized (System.out) {
        System.out.println(key + " " + what + " .");
        System.out.flush();
      }
    }
  }
}
