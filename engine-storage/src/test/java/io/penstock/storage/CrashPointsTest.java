package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.spi.RecordBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shard that is cut off at every step of its work: appends, forces, rolls, compaction, opening
 * and closing. What is found is a state that it had, and none before the last that was
 * acknowledged; and a ledger with the receipts of what led to that state, on whose chain every head
 * lies that was taken of what was acknowledged.
 *
 * <p>The flusher's work is done by the test between commands, so that a run is the same each time.
 */
final class CrashPointsTest {
  private static final ShardIdentity IDENTITY = new ShardIdentity(0x5EED_CAFEL, 0);
  private static final int COMMANDS = 200;
  private static final int RECORDS = 25;

  /** Its image is the number of the last command, which tells states apart. */
  private static final long COUNTER = -2;

  @TempDir Path directory;

  @Test
  void shouldFindEveryAcknowledgedCommandWhenTheProcessEndsAtAnyStep() {
    assertThat(processCrashes(1, false)).isGreaterThan(500);
    assertThat(processCrashes(2, true)).isGreaterThan(500);
  }

  @Test
  @Tag("slow")
  void shouldFindEveryAcknowledgedCommandWhenTheProcessEndsAtAnyStepOfManyRuns() {
    long points = 0;
    for (int seed = 100; points < 10_000; seed++) {
      points += processCrashes(seed, seed % 2 == 0);
    }
  }

  @Test
  void shouldFindEveryForcedCommandWhenThePowerFails() {
    powerLosses(60, true);
    powerLosses(60, false);
  }

  @Test
  @Tag("slow")
  void shouldFindEveryForcedCommandWhenThePowerFailsAThousandTimes() {
    powerLosses(1_000, true);
    powerLosses(1_000, false);
  }

  /** One run; verifies what the next process finds at each of its steps. */
  private long processCrashes(final int seed, final boolean forcedBySync) {
    final Path image = directory.resolve("image-" + seed);
    final SplittableRandom random = new SplittableRandom(seed);
    final long[] points = {0};
    final Run run =
        new Run(directory.resolve("run-" + seed), forcedBySync, new SplittableRandom(seed)) {
          @Override
          void onStep() {
            verify(files().afterProcessCrash(), states.get(states.size() - 1));
          }

          @Override
          void onAppended() {
            verify(after, states.get(states.size() - 1));
            for (int i = 0; i < 2; i++) {
              final Map<Path, byte[]> torn = ForgetfulFiles.between(before, after, true, random);
              if (torn != null) {
                verify(torn, states.get(states.size() - 2));
              }
            }
            final Map<Path, byte[]> torn = ForgetfulFiles.between(before, after, false, random);
            if (torn != null) {
              verify(torn, states.get(states.size() - 1));
            }
          }

          private void verify(final Map<Path, byte[]> files, final Map<Long, String> expected) {
            points[0]++;
            ForgetfulFiles.restore(files, image);
            assertThat(recovered(image, forcedBySync, events, heads))
                .as("seed %d, point %d", seed, points[0])
                .isEqualTo(expected);
          }
        };
    for (int opening = 0; opening < 4; opening++) {
      run.open();
      run.commands(COMMANDS / 4);
      run.close();
    }
    assertThat(run.hasCompacted()).as("some segments were dropped").isTrue();
    return points[0];
  }

  /** Many runs, each on what the power failure in the one before it left. */
  private void powerLosses(final int rounds, final boolean forcedBySync) {
    final SplittableRandom random = new SplittableRandom(rounds + (forcedBySync ? 1 : 0));
    Path shard = directory.resolve("power-" + forcedBySync + "-0");
    Map<Long, String> state = Map.of();
    final List<List<String>> events = new ArrayList<>();
    final List<LedgerHead> heads = new ArrayList<>();
    boolean compacted = false;
    for (int round = 1; round <= rounds; round++) {
      final int crash = random.nextInt(60);
      final Run run =
          new Run(shard, forcedBySync, random.split()) {
            private int step;

            @Override
            void onStep() {
              if (step++ == crash) {
                lose();
              }
            }
          };
      run.states.set(0, state);
      run.events.addAll(events);
      run.heads.addAll(heads);
      run.open();
      run.commands(1 + random.nextInt(60));
      if (random.nextBoolean()) {
        run.close();
      }
      if (run.left == null) {
        run.lose();
      }
      run.abandon();
      compacted |= run.hasCompacted();
      shard = directory.resolve("power-" + forcedBySync + "-" + round);
      ForgetfulFiles.restore(run.left, shard);
      heads.clear();
      heads.addAll(run.headsKept);
      state = recovered(shard, forcedBySync, run.events, heads);
      assertThat(run.allowed).as("round %d, forcedBySync %s", round, forcedBySync).contains(state);
      events.clear();
      events.addAll(run.events.subList(0, count(state)));
      ForgetfulFiles.restore(run.left, shard); // the next round opens it as it was left
    }
    assertThat(compacted).as("some segments were dropped").isTrue();
  }

  /** What the next opening finds, also when it goes on and is opened once more. */
  private static Map<Long, String> recovered(
      final Path directory,
      final boolean forcedBySync,
      final List<List<String>> events,
      final List<LedgerHead> heads) {
    final Run run = new Run(directory, forcedBySync, new SplittableRandom(0));
    run.open();
    final Map<Long, String> found = Records.all(run.shard);
    final List<String> receipts = new ArrayList<>();
    events.subList(0, count(found)).forEach(receipts::addAll);
    assertThat(receipts(directory, heads)).isEqualTo(receipts);
    Records.append(run.shard, batch -> batch.image(-1, "one more").events(-1, "one more"));
    run.close();
    run.open();
    final Map<Long, String> again = Records.all(run.shard);
    run.close();
    assertThat(again.remove(-1L)).isEqualTo("one more");
    assertThat(again).isEqualTo(found);
    receipts.add("one more");
    assertThat(receipts(directory, heads)).isEqualTo(receipts);
    return found;
  }

  private static int count(final Map<Long, String> state) {
    return Integer.parseInt(state.getOrDefault(COUNTER, "0"));
  }

  /** The events that have receipts, without those that the journal has lost since. */
  private static List<String> receipts(final Path directory, final List<LedgerHead> heads) {
    final Path ledger = LedgerFiles.directory(directory);
    final LedgerVerifier verifier = new LedgerVerifier(ledger, IDENTITY, heads);
    try (ShardLedger reader = new ShardLedger(ledger, IDENTITY, LedgerFormat.sha256())) {
      verifier.verify();
      assertThat(verifier.fault()).isNull();
      final List<LedgerReceipt> events = new ArrayList<>();
      for (long sequence = 1; ; sequence++) {
        final LedgerReceipt receipt = reader.receipt(sequence);
        if (receipt == null) {
          break;
        }
        if (receipt.kind() == LedgerReceipt.Kind.JOURNAL_CUT) {
          events.removeIf(event -> event.position() > receipt.position());
        } else {
          assertThat(receipt.kind()).isEqualTo(LedgerReceipt.Kind.EVENT);
          events.add(receipt);
        }
      }
      return events.stream().map(event -> ModelLedger.Receipt.of(event).text()).toList();
    } catch (final IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A shard's store on a file system that forgets, without threads. */
  private static class Run {
    /** The states of this run, one more after each command. */
    final List<Map<Long, String>> states = new ArrayList<>(List.of(Map.of()));

    /** The events of each command. */
    final List<List<String>> events = new ArrayList<>();

    /** Heads of what was acknowledged. */
    final List<LedgerHead> heads = new ArrayList<>();

    /** The heads at the moment of the power failure. */
    List<LedgerHead> headsKept = List.of();

    /** What a power failure left, and the states that may be found there. */
    @Nullable Map<Path, byte[]> left;

    List<Map<Long, String>> allowed = List.of();

    /** The files before and after the last append. */
    Map<Path, byte[]> before = Map.of();

    Map<Path, byte[]> after = Map.of();

    ViewedShard shard;
    private final Path directory;
    private final boolean forcedBySync;
    private final SplittableRandom random;
    private final ForgetfulFiles files;
    private Journal journal;
    private Compaction compaction;
    private StateView view;
    private boolean compacted;
    private boolean closed = true;

    /** Index of the last state that cannot get lost. */
    private int safe;

    Run(final Path directory, final boolean forcedBySync, final SplittableRandom random) {
      this.directory = directory;
      this.forcedBySync = forcedBySync;
      this.random = random;
      try {
        Files.createDirectories(directory);
      } catch (final IOException e) {
        throw new AssertionError(e);
      }
      files = new ForgetfulFiles(directory, this::step);
    }

    private void step() {
      if (!closed) {
        onStep();
      }
    }

    void onStep() {}

    void onAppended() {}

    ForgetfulFiles files() {
      return files;
    }

    boolean hasCompacted() {
      return compacted;
    }

    void open() {
      view = new SlabView();
      final LiveImages live = new LiveImages();
      JournalRecovery.Tail tail = JournalRecovery.Tail.ofNothing(List.of());
      if (!ForgetfulFiles.image(directory).isEmpty()) {
        tail = JournalRecovery.recover(directory, IDENTITY, ViewedShard.applyTo(view), live);
        closed = false;
      }
      journal =
          Journal.open(
              files,
              directory,
              IDENTITY,
              tail,
              live,
              new JournalOptions(
                  4096,
                  8192,
                  0,
                  1,
                  forcedBySync,
                  new LedgerOptions(4096, 8192, RecoveryPolicy.STRICT, damage -> {})),
              new Flusher("none", 1));
      compaction = new Compaction(journal, view);
      shard = new ViewedShard(journal, compaction, view);
      closed = false;
    }

    void commands(final int count) {
      for (int i = 0; i < count; i++) {
        command();
        if (random.nextInt(3) == 0) {
          shard.sync();
          if (forcedBySync) {
            safe = states.size() - 1;
            keepHead();
          }
        }
        if (random.nextInt(4) == 0) {
          journal.force();
          if (!forcedBySync) {
            safe = states.size() - 1;
            keepHead();
          }
        }
        if (random.nextInt(3) == 0) {
          journal.tidy();
        }
        compacted |= journal.oldest() > 0;
      }
    }

    private void keepHead() {
      final LedgerVerifier verifier =
          new LedgerVerifier(LedgerFiles.directory(directory), IDENTITY, List.of());
      try {
        verifier.verify();
      } catch (final IOException e) {
        throw new AssertionError(e);
      }
      assertThat(verifier.fault()).isNull();
      heads.add(verifier.head());
    }

    private void command() {
      final String number = Integer.toString(count(states.get(states.size() - 1)) + 1);
      final List<String> happened = new ArrayList<>();
      final Map<Long, String> previous = states.get(states.size() - 1);
      final Map<Long, String> next = new HashMap<>(previous);
      final RecordBatch batch =
          Records.batch(
              entries -> {
                for (int i = random.nextInt(3); i >= 0; i--) {
                  final long recordId = random.nextInt(RECORDS);
                  if (random.nextInt(6) == 0) {
                    entries.removal(recordId);
                    next.remove(recordId);
                  } else {
                    final String text = random.nextInt() + "r".repeat(random.nextInt(300));
                    final String event = number + "." + i + "e".repeat(random.nextInt(100));
                    entries.image(recordId, text).events(recordId, event);
                    happened.add(event);
                    next.put(recordId, text);
                  }
                }
                entries.image(COUNTER, number);
                next.put(COUNTER, number);
              });
      before = files.afterProcessCrash();
      while (events.size() >= Integer.parseInt(number)) {
        events.remove(events.size() - 1);
      }
      events.add(happened);
      shard.append(batch);
      after = files.afterProcessCrash();
      states.add(next);
      onAppended();
    }

    void close() {
      try {
        compaction.close();
        journal.close();
        view.close();
      } catch (final IOException e) {
        throw new AssertionError(e);
      }
      closed = true;
    }

    /** The power fails. */
    void lose() {
      left = files.afterPowerLoss(random);
      headsKept = List.copyOf(heads);
      allowed = List.copyOf(states.subList(safe, states.size()));
    }

    /** Nobody asks what becomes of this process after the crash; its mappings are let go. */
    void abandon() {
      if (!closed) {
        left = left == null ? Map.of() : left;
        close();
      }
    }
  }
}
