package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** When a journal is forced to the disk, and what follows when the disk does not take it. */
final class ForceTest {
  @TempDir Path directory;

  private final FaultyFiles files = new FaultyFiles();
  private final StorageOptions options =
      StorageOptions.defaults()
          .withView(View.SLAB)
          .withSegmentLengths(4096, 8192)
          .withForceInterval(Duration.ofHours(1));

  @Test
  void shouldForceOnceForAllOfARoundWhenItIsToSurviveAPowerLoss() {
    try (Store store = open(Durability.POWER_LOSS)) {
      final ShardStore shard = store.shard(0);
      final long before = files.forces();
      for (long recordId = 0; recordId < 10; recordId++) {
        final long id = recordId;
        shard.append(Records.batch(batch -> batch.image(id, "record")));
      }
      assertThat(files.forces()).isEqualTo(before);

      shard.sync();
      assertThat(files.forces()).isEqualTo(before + 1);

      shard.sync();
      assertThat(files.forces()).as("nothing was appended since").isEqualTo(before + 1);
    }
  }

  @Test
  void shouldForceNothingBeforeTheIntervalWhenItIsToSurviveTheProcessOnly() {
    try (Store store = open(Durability.PROCESS_CRASH)) {
      Records.append(store.shard(0), batch -> batch.image(1, "one"));
      assertThat(files.forces()).isZero();

      store.flush();
      assertThat(files.forces()).isEqualTo(1);

      store.flush();
      assertThat(files.forces()).as("nothing was appended since").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldTakeNoMoreWhenAForceHasFailed(final Durability durability) {
    try (Store store = open(durability)) {
      Records.append(store.shard(0), batch -> batch.image(1, "one"));
      store.flush();
    }

    final Store failing = open(durability);
    files.failForces(true);
    assertThatThrownBy(
            () -> {
              Records.append(failing.shard(0), batch -> batch.image(2, "two"));
              failing.flush();
            })
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("journal must reach the disk");
    files.failForces(false);
    assertThatThrownBy(() -> Records.append(failing.shard(0), batch -> batch.image(3, "three")))
        .as("it is not tried again, though it would work")
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("journal must reach the disk");
    assertThatThrownBy(failing::flush).isInstanceOf(StoreException.class);
    Records.append(failing.shard(1), batch -> batch.image(4, "other shard"));
    assertThatThrownBy(failing::close).isInstanceOf(StoreException.class);

    try (Store store = open(durability)) {
      assertThat(Records.all(store.shard(0))).containsEntry(1L, "one").doesNotContainKey(3L);
      assertThat(Records.all(store.shard(1))).isEqualTo(Map.of(4L, "other shard"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldWriteAgainWhatMayNotBeOnTheDiskWhenOpenedAfterAFailedForce(
      final Durability durability) {
    final Store failing = open(durability);
    files.failForces(true);
    assertThatThrownBy(
            () -> {
              Records.append(failing.shard(0), batch -> batch.image(1, "one"));
              failing.flush();
            })
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(failing::close).isInstanceOf(StoreException.class);
    files.failForces(false);
    final long before = files.forces();

    try (Store store = open(durability)) {
      assertThat(files.forces()).isGreaterThan(before);
      assertThat(Records.all(store.shard(0))).isEqualTo(Map.of(1L, "one"));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ALL, names = ".*")
  void shouldHaveNothingToForceWhenNothingWasAppended(final Durability durability) {
    try (Store store = open(durability)) {
      final long before = files.forces();
      store.flush();
      assertThat(files.forces()).isEqualTo(before);
    }
  }

  @Test
  void shouldRefuseToFlushWhenClosed() {
    final Store store = open(Durability.PROCESS_CRASH);
    Records.append(store.shard(0), batch -> batch.image(1, "one"));
    store.close();

    assertThatThrownBy(store::flush)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("must be open");
  }

  @Test
  void shouldForceEachSegmentWhenARoundFillsSeveral() {
    try (Store store = open(Durability.POWER_LOSS)) {
      final long before = files.forces();
      for (long recordId = 0; recordId < 100; recordId++) {
        final long id = recordId;
        store.shard(0).append(Records.batch(batch -> batch.image(id, "r".repeat(200))));
      }
      store.shard(0).sync();
      assertThat(files.forces()).isGreaterThan(before + 3);
    }
    try (Store store = open(Durability.POWER_LOSS)) {
      assertThat(Records.all(store.shard(0))).hasSize(100);
    }
  }

  /** A disk slower than the writer: each force lets the journal go on by a segment and more. */
  @Test
  void shouldForceNoMoreThanWasAppendedBeforeWhenTheWriterOutrunsTheDisk() {
    try (Store store = open(Durability.PROCESS_CRASH)) {
      final AtomicLong recordIds = new AtomicLong();
      final Runnable appendSegment =
          () -> {
            for (int i = 0; i < 100; i++) {
              final long id = recordIds.getAndIncrement();
              Records.append(store.shard(0), batch -> batch.image(id, "r".repeat(200)));
            }
          };
      appendSegment.run();
      final int full = 4; // of 8 KiB at most, with 100 frames of 248 bytes
      files.duringForce(
          () -> {
            if (recordIds.get() < 5_000) {
              appendSegment.run();
            }
          });

      store.flush();

      assertThat(files.forces()).isBetween(2L, full + 1L);
      files.duringForce(() -> {});
    }
    try (Store store = open(Durability.PROCESS_CRASH)) {
      assertThat(Records.all(store.shard(0)).size()).isBetween(200, 5_000);
    }
  }

  @Test
  void shouldRefuseAForceIntervalThatCannotBe() {
    for (final Duration interval :
        new Duration[] {Duration.ZERO, Duration.ofHours(2), Duration.ofSeconds(-1)}) {
      assertThatThrownBy(() -> options.withForceInterval(interval))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("forceInterval=" + interval);
    }
    assertThat(StorageOptions.defaults().forceInterval()).isEqualTo(Duration.ofSeconds(1));
  }

  private Store open(final Durability durability) {
    final StoreOpening opening = new StoreOpening(options, durability, files);
    return durability == Durability.MEMORY
        ? opening.inMemory(2)
        : opening.inDirectory(directory, 2);
  }
}
