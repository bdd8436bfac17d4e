package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.Backup;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineClosedException;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.engine.Outcome;
import io.penstock.spi.BackupException;
import io.penstock.spi.Durability;
import io.penstock.storage.DirectoryReader;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageOptions.View;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backup of a running engine is one point of all its shards. */
@Timeout(60)
class BackupTest {
  private static final int RUNGS = 400;
  private static final int PAIRS = 4;

  @TempDir private Path root;

  private EngineOptions options(final Durability durability) {
    return Engines.options()
        .durability(durability)
        .history(History.WORK_ITEMS)
        .store(
            new StorageProvider(
                StorageOptions.defaults()
                    .withView(View.SLAB)
                    .withSegmentLengths(8 * 1024, 64 * 1024)));
  }

  /** A case that is taken from rung to rung: the one that is open says how far it came. */
  private static Workflow ladder() {
    final var definition = Workflow.define("ladder");
    for (int rung = 0; rung <= RUNGS; rung++) {
      definition.manual("rung-" + rung);
    }
    return definition.build();
  }

  private static int rung(final CaseHandle handle) {
    return Integer.parseInt(handle.workItems().get(0).task().substring("rung-".length()));
  }

  /** A case on each of the two shards, and how far each was acknowledged to have come. */
  private static final class Pair {
    final CaseHandle left;
    final CaseHandle right;
    final AtomicInteger leftRung = new AtomicInteger();
    final AtomicInteger rightRung = new AtomicInteger();

    Pair(final CaseHandle left, final CaseHandle right) {
      this.left = left;
      this.right = right;
    }

    /** Each step on the right is asked for once that on the left has been acknowledged. */
    void climb() {
      for (int rung = 0; rung < RUNGS; rung++) {
        left.complete("rung-" + rung, "ann", in -> {});
        leftRung.set(rung + 1);
        right.complete("rung-" + rung, "bob", in -> {});
        rightRung.set(rung + 1);
      }
    }
  }

  private static CaseHandle startOn(
      final Engine engine, final Workflow workflow, final String key, final int shard) {
    for (int i = 0; ; i++) {
      final CaseHandle handle = engine.start(workflow, key + "-" + i, in -> {});
      if ((handle.caseId() >>> 53) % 2 == shard) {
        return handle;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldHoldNoEffectWithoutItsCauseAndAllThatWasAcknowledgedBefore(final Durability durability)
      throws Exception {
    final Workflow workflow = ladder();
    final List<Path> backups = new ArrayList<>();
    final List<int[]> acknowledged = new ArrayList<>();
    final List<Pair> pairs = new ArrayList<>();
    final List<long[]> ids = new ArrayList<>();
    try (Engine engine = Engine.open(root.resolve("data"), options(durability))) {
      engine.deploy(workflow);
      final List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        final Pair pair =
            new Pair(
                startOn(engine, workflow, "left-" + i, 0),
                startOn(engine, workflow, "right-" + i, 1));
        pairs.add(pair);
        ids.add(new long[] {pair.left.caseId(), pair.right.caseId()});
        threads.add(new Thread(pair::climb));
      }
      threads.forEach(Thread::start);
      while (threads.stream().anyMatch(Thread::isAlive) || backups.isEmpty()) {
        final int[] before = new int[2 * PAIRS];
        for (int i = 0; i < PAIRS; i++) {
          before[2 * i] = pairs.get(i).leftRung.get();
          before[2 * i + 1] = pairs.get(i).rightRung.get();
        }
        final Path target = root.resolve("backup-" + backups.size());
        final Backup backup = engine.backup(target);
        assertThat(backup.length()).isPositive();
        backups.add(target);
        acknowledged.add(before);
      }
      for (final Thread thread : threads) {
        thread.join();
      }
      assertThat(pairs).allMatch(pair -> pair.rightRung.get() == RUNGS);
    }

    for (int b = 0; b < backups.size(); b++) {
      assertThat(DirectoryReader.of(backups.get(b)).verify()).isEmpty();
      try (Engine engine = Engine.open(backups.get(b), options(durability))) {
        engine.deploy(workflow);
        for (int i = 0; i < PAIRS; i++) {
          final int left = rung(engine.handle(ids.get(i)[0]));
          final int right = rung(engine.handle(ids.get(i)[1]));
          assertThat(left - right).as("backup %d, pair %d", b, i).isIn(0, 1);
          assertThat(left).isGreaterThanOrEqualTo(acknowledged.get(b)[2 * i]);
          assertThat(right).isGreaterThanOrEqualTo(acknowledged.get(b)[2 * i + 1]);
          assertThat(engine.handle(ids.get(i)[0]).history())
              .filteredOn(event -> event.who().isPresent())
              .hasSize(left);
        }
        engine.handle(ids.get(0)[0]).cancel();
        assertThat(engine.handle(ids.get(0)[0]).join()).isEqualTo(Outcome.CANCELLED);
      }
    }
  }

  @Test
  void shouldLetTheOtherShardWorkWhileOneIsTooBusyToPause() throws Exception {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);
    final Workflow busy =
        Workflow.define("busy")
            .inlineTask(
                "hold",
                work -> {
                  entered.countDown();
                  released.await();
                })
            .build();
    final Workflow workflow = ladder();
    try (Engine engine = Engine.open(root.resolve("data"), options(Durability.PROCESS_CRASH))) {
      engine.deploy(busy).deploy(workflow);
      final CaseHandle[] others = {
        startOn(engine, workflow, "left", 0), startOn(engine, workflow, "right", 1)
      };
      final var started = engine.startAsync(busy, "key", in -> {});
      entered.await();
      // Of the two, the shard that is not held answers; the other does once it is released.
      final List<Thread> askers = new ArrayList<>();
      for (final CaseHandle other : others) {
        askers.add(
            new Thread(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    assertThat(other.workItems()).hasSize(1);
                  }
                  released.countDown();
                }));
      }
      askers.forEach(Thread::start);

      engine.backup(root.resolve("backup"));

      for (final Thread asker : askers) {
        asker.join();
      }
      assertThat(started.get().join()).isEqualTo(Outcome.COMPLETED);
    }
    assertThat(DirectoryReader.of(root.resolve("backup")).verify()).isEmpty();
  }

  @Test
  void shouldRefuseTheDirectoryOfTheEngineItself() {
    try (Engine engine = Engine.open(root.resolve("data"), options(Durability.PROCESS_CRASH))) {
      assertThatThrownBy(() -> engine.backup(root.resolve("data/backup")))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("must lie outside");
    }
  }

  @Test
  void shouldRefuseAnEngineThatIsClosedOrKeepsNothing() {
    final Engine engine = Engine.open(root.resolve("data"), options(Durability.PROCESS_CRASH));
    engine.close();
    assertThatThrownBy(() -> engine.backup(root.resolve("backup")))
        .isInstanceOf(EngineClosedException.class);

    try (Engine memory = Engines.inMemory()) {
      assertThatThrownBy(() -> memory.backup(root.resolve("backup")))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("MEMORY");
    }
    assertThat(root.resolve("backup")).doesNotExist();
  }
}
