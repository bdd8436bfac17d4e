package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A journal stays in proportion to what lives in it, and recovery tells dropped from lost. */
final class CompactionTest {
  private static final int SEGMENT_LENGTH = 4096;
  private static final int SEGMENT_LENGTH_MAX = 16 * 1024;

  @TempDir Path directory;

  private final FaultyFiles files = new FaultyFiles();
  private final Map<Long, String> model = new HashMap<>();
  private final SplittableRandom random = new SplittableRandom(7);

  @ParameterizedTest
  @CsvSource({
    "SLAB, PROCESS_CRASH, 1",
    "SLAB, PROCESS_CRASH, 100",
    "SLAB, POWER_LOSS, 1000",
    "SLAB, PROCESS_CRASH, 2000",
    "CHRONICLE, PROCESS_CRASH, 1000"
  })
  void shouldTakeNoMoreThanThreeTimesWhatLivesAndTwoSegments(
      final View view, final Durability durability, final int records) throws IOException {
    try (Store store = open(view, durability)) {
      for (long recordId = 0; recordId < records; recordId++) {
        put(store.shard(0), recordId);
      }
      for (int i = 0; i < 20 * Math.max(records, 200); i++) {
        put(store.shard(0), random.nextInt(records));
        if (i % 100 == 0) {
          store.flush();
          assertThat(segmentBytes())
              .as("append %d", i)
              .isLessThanOrEqualTo(3 * liveBytes() + 2L * SEGMENT_LENGTH_MAX);
        }
      }
    }

    try (Store store = open(view, durability)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
    }
  }

  @Test
  void shouldCopyWhatRestsBehindWhatChanges() throws IOException {
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      for (long recordId = 0; recordId < 500; recordId++) {
        put(store.shard(0), recordId);
      }
      for (int i = 0; i < 20_000; i++) {
        put(store.shard(0), 500 + i % 3);
      }
      store.flush();
      assertThat(segmentBytes()).isLessThan(3 * liveBytes() + 2L * SEGMENT_LENGTH_MAX);
    }

    assertRecovered();
  }

  @Test
  void shouldDropEverythingWhenEveryRecordIsRemoved() throws IOException {
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      for (long recordId = 0; recordId < 1_000; recordId++) {
        put(store.shard(0), recordId);
      }
      for (long recordId = 0; recordId < 1_000; recordId++) {
        final long id = recordId;
        Records.append(store.shard(0), batch -> batch.removal(id));
      }
      model.clear();
      store.flush();
      assertThat(segmentBytes()).isLessThanOrEqualTo(2L * SEGMENT_LENGTH_MAX);
    }

    assertRecovered();
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      put(store.shard(0), 1);
    }
    assertRecovered();
  }

  @Test
  void shouldDoNothingWhenTheShardRests() throws IOException {
    try (Store store = open(View.SLAB, Durability.POWER_LOSS)) {
      churn(store.shard(0));
      store.flush();
      final long forces = files.forces();
      final Map<Path, Long> before = Trees.fingerprint(directory);

      for (int i = 0; i < 1_000; i++) {
        store.shard(0).sync();
      }

      assertThat(files.forces()).isEqualTo(forces);
      assertThat(Trees.fingerprint(directory)).isEqualTo(before);
    }
  }

  @Test
  void shouldRefuseWhenASegmentIsLostThatWasNotDropped() throws IOException {
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      for (long recordId = 100; recordId < 400; recordId++) {
        put(store.shard(0), recordId);
      }
      churn(store.shard(0));
    }
    final List<SegmentFiles.Found> segments = segments();
    assertThat(segments.get(0).number()).as("some were dropped").isPositive();
    assertThat(segments).hasSizeGreaterThan(2);

    for (final SegmentFiles.Found lost : segments) {
      final byte[] bytes = Files.readAllBytes(lost.path());
      Files.delete(lost.path());
      assertThatThrownBy(() -> open(View.SLAB, Durability.PROCESS_CRASH))
          .as("segment %d", lost.number())
          .isInstanceOf(JournalCorruptedException.class);
      Files.write(lost.path(), bytes);
    }
    assertRecovered();
  }

  @Test
  void shouldForgetASegmentWhenACrashCameBeforeItWasDeleted() throws IOException {
    final byte[] first;
    final Path path;
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      put(store.shard(0), 1);
      path = segments().get(0).path();
      first = Files.readAllBytes(path);
      churn(store.shard(0));
    }
    assertThat(path).doesNotExist();
    Files.write(path, first);

    assertRecovered();
    assertThat(path).doesNotExist();
  }

  @Test
  void shouldRefuseWhenTheNoteOfWhatWasDroppedIsDamaged() throws IOException {
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      churn(store.shard(0));
    }
    for (final SegmentFiles.Found segment : segments()) {
      final byte[] bytes = Files.readAllBytes(segment.path());
      for (int position = 56; position < 64; position++) {
        final byte[] damaged = bytes.clone();
        damaged[position] ^= 0x01;
        Files.write(segment.path(), damaged);
        assertThatThrownBy(() -> open(View.SLAB, Durability.PROCESS_CRASH))
            .isInstanceOf(JournalCorruptedException.class)
            .hasMessageContaining("checksum of the begin")
            .hasMessageContaining("file=" + segment.path());
      }
      Files.write(segment.path(), bytes);
    }
    assertRecovered();
  }

  @Test
  void shouldGoOnWhenSegmentsCannotBeDeleted() throws IOException {
    files.failDeletes(true);
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      churn(store.shard(0));
      store.flush();
      assertThat(segments().get(0).number()).isZero();
      files.failDeletes(false);
    }

    assertRecovered();
    assertThat(segments().get(0).number()).isPositive();
    assertThat(segmentBytes()).isLessThanOrEqualTo(3 * liveBytes() + 2L * SEGMENT_LENGTH_MAX);
  }

  @Test
  void shouldRefuseAndGoOnLaterWhenTheDiskIsFull() {
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      churn(store.shard(0));
      files.failCreates(true);
      assertThatThrownBy(() -> churn(store.shard(0)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("make room");
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
      files.failCreates(false);

      churn(store.shard(0));
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
    }
    assertRecovered();
  }

  private void churn(final ShardStore shard) {
    for (int i = 0; i < 3_000; i++) {
      put(shard, random.nextInt(100));
    }
  }

  private void put(final ShardStore shard, final long recordId) {
    final String text = "r".repeat(20 + random.nextInt(200)) + random.nextInt();
    Records.append(shard, batch -> batch.image(recordId, text).events(recordId, "what happened"));
    model.put(recordId, text);
  }

  private long liveBytes() {
    return model.values().stream()
        .mapToLong(text -> SegmentFormat.FRAME_HEADER_LENGTH + 16 + ((text.length() + 7) & ~7))
        .sum();
  }

  private long segmentBytes() throws IOException {
    long bytes = 0;
    for (final SegmentFiles.Found segment : segments()) {
      bytes += Files.size(segment.path());
    }
    return bytes;
  }

  private List<SegmentFiles.Found> segments() throws IOException {
    return SegmentFiles.list(directory.resolve("shard-0"));
  }

  private void assertRecovered() {
    try (Store store = open(View.SLAB, Durability.PROCESS_CRASH)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
    }
  }

  private Store open(final View view, final Durability durability) {
    final StorageOptions options =
        StorageOptions.defaults()
            .withView(view)
            .withSegmentLengths(SEGMENT_LENGTH, SEGMENT_LENGTH_MAX)
            .withHistoryLengthMax(0);
    return new StoreOpening(options, durability, files).inDirectory(directory, 1);
  }
}
