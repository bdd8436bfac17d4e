package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds a writer back that outruns the disk, when it is to survive the process only. The
 * interval is an hour: whatever is forced is forced because of what has gathered.
 */
@Timeout(60)
final class WriteStallTest {
  private static final int SEGMENT_LENGTH_MAX = 8192;
  private static final long UNFORCED_LENGTH_MAX = 64 * 1024;
  private static final String TEXT = "r".repeat(200);
  private static final int FRAME_LENGTH = 24 + 16 + 200;
  private static final int RECORDS = 1_000; // more than three times what may wait

  private static final Set<Thread.State> RESTING =
      EnumSet.of(Thread.State.TIMED_WAITING, Thread.State.WAITING, Thread.State.TERMINATED);

  @TempDir Path directory;

  private final FaultyFiles files = new FaultyFiles();
  private final StorageOptions options =
      StorageOptions.defaults()
          .withView(View.SLAB)
          .withSegmentLengths(4096, SEGMENT_LENGTH_MAX)
          .withUnforcedLengthMax(UNFORCED_LENGTH_MAX)
          .withForceInterval(Duration.ofHours(1));
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  @Test
  void shouldHoldTheWriterBackUntilTheDiskHasTakenWhatGathered() throws InterruptedException {
    final CountDownLatch diskGoesOn = new CountDownLatch(1);
    files.duringForce(() -> await(diskGoesOn));
    try (Store store = open(Durability.PROCESS_CRASH)) {
      final Thread writer = startWriter(store.shard(0));
      try {
        awaitStall(store.shard(0), writer);

        assertThat(store.shard(0).writeStalls()).isEqualTo(1);
        assertThat(acknowledged.get()).isEqualTo(UNFORCED_LENGTH_MAX / FRAME_LENGTH);
      } finally {
        diskGoesOn.countDown();
      }
      writer.join();
      assertThat(failure.get()).isNull();
    }
    try (Store store = open(Durability.PROCESS_CRASH)) {
      assertThat(Records.all(store.shard(0))).hasSize(RECORDS);
    }
  }

  /** In one segment, as the flusher is woken when another is wanted. */
  @Test
  void shouldForceBeforeTheIntervalAndHoldNobodyBackWhenHalfOfItHasGathered()
      throws InterruptedException {
    final CountDownLatch forced = new CountDownLatch(1);
    files.duringForce(forced::countDown);
    try (Store store =
        new StoreOpening(
                options.withSegmentLengths(1 << 20, 1 << 20), Durability.PROCESS_CRASH, files)
            .inDirectory(directory, 1)) {
      final long half = UNFORCED_LENGTH_MAX / 2 / FRAME_LENGTH;
      append(store.shard(0), 0);
      final Thread flusher = flusher();
      while (flusher.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait(); // until it waits for its interval
      }
      for (int record = 1; record < half; record++) {
        append(store.shard(0), record);
      }
      assertThat(files.forces()).isZero();

      append(store.shard(0), half);
      forced.await();

      assertThat(store.shard(0).writeStalls()).isZero();
    }
  }

  @Test
  void shouldRefuseTheWriterThatWaitsWhenTheForceFails() throws InterruptedException {
    final CountDownLatch diskFails = new CountDownLatch(1);
    files.duringForce(
        () -> {
          await(diskFails);
          throw new UncheckedIOException(new IOException("Input/output error"));
        });
    final Store store = open(Durability.PROCESS_CRASH);
    final Thread writer = startWriter(store.shard(0));
    awaitStall(store.shard(0), writer);
    final int before = acknowledged.get();

    diskFails.countDown();
    writer.join();

    assertThat(failure.get())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("journal must reach the disk");
    assertThat(acknowledged.get()).isEqualTo(before);
    files.duringForce(() -> {});
    assertThatThrownBy(store::close).isInstanceOf(StoreException.class);
    try (Store again = open(Durability.PROCESS_CRASH)) {
      assertThat(Records.all(again.shard(0))).hasSizeGreaterThanOrEqualTo(before);
    }
  }

  /** A disk on which every force lasts until the writer can do no more. */
  @Test
  void shouldKeepTheDirectoryInProportionWhenTheDiskIsAlwaysSlower() throws Exception {
    final int live = 40;
    final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();
    files.duringForce(() -> awaitRest(writer.get()));
    long longest = 0;
    try (Store store = open(Durability.PROCESS_CRASH)) {
      writer.set(Thread.currentThread());
      for (int i = 0; i < 10_000; i++) {
        append(store.shard(0), i % live);
        longest = i % 20 == 0 ? Math.max(longest, directoryLength()) : longest;
      }
      files.duringForce(() -> {});
      assertThat(store.shard(0).writeStalls()).isPositive();
    }
    assertThat(longest)
        .isLessThan(3L * live * FRAME_LENGTH + 2 * SEGMENT_LENGTH_MAX + 2 * UNFORCED_LENGTH_MAX);
  }

  @Test
  void shouldNotHoldBackWhoForcesBeforeHeAcknowledges() {
    try (Store store = open(Durability.POWER_LOSS)) {
      for (int record = 0; record < RECORDS; record++) {
        store.shard(0).append(batch(record));
      }
      store.shard(0).sync();
      assertThat(store.shard(0).writeStalls()).isZero();
    }
  }

  @Test
  void shouldRefuseALimitThatIsTooSmall() {
    assertThatThrownBy(() -> options.withUnforcedLengthMax(4095))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unforcedLengthMax=4095");
    assertThat(StorageOptions.defaults().unforcedLengthMax()).isEqualTo(64L * 1024 * 1024);
  }

  private Thread startWriter(final ShardStore shard) {
    final Thread writer =
        new Thread(
            () -> {
              try {
                for (int record = 0; record < RECORDS; record++) {
                  append(shard, record);
                  acknowledged.incrementAndGet();
                }
              } catch (final StoreException e) {
                failure.set(e);
              }
            });
    writer.start();
    return writer;
  }

  private Thread flusher() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("penstock-flusher-" + directory.getFileName()))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitStall(final ShardStore shard, final Thread writer) {
    while (shard.writeStalls() == 0 && writer.isAlive()) {
      Thread.onSpinWait();
    }
  }

  /** Until a thread waits for something, or has ended. */
  private static void awaitRest(final @Nullable Thread thread) {
    while (thread != null && !RESTING.contains(thread.getState())) {
      Thread.onSpinWait();
    }
  }

  private static void await(final CountDownLatch latch) {
    try {
      latch.await();
    } catch (final InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void append(final ShardStore shard, final long record) {
    shard.append(batch(record));
    shard.sync();
  }

  private static RecordBatch batch(final long record) {
    return Records.batch(batch -> batch.image(record, TEXT));
  }

  private long directoryLength() throws IOException {
    long length = 0;
    try (Stream<Path> segments = Files.list(directory.resolve("shard-0"))) {
      for (final Path segment : (Iterable<Path>) segments::iterator) {
        length += Files.exists(segment) ? segment.toFile().length() : 0;
      }
    }
    return length;
  }

  private Store open(final Durability durability) {
    return new StoreOpening(options, durability, files).inDirectory(directory, 1);
  }
}
