package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can be read of a directory from outside, beside its owner and without changing it. */
@Timeout(60)
final class DirectoryReaderTest {
  private static final int SEGMENT_LENGTH = 4096;

  @TempDir Path directory;

  private Store open() {
    final StorageOptions options =
        StorageOptions.defaults()
            .withView(View.SLAB)
            .withSegmentLengths(SEGMENT_LENGTH, 2 * SEGMENT_LENGTH);
    return new StorageProvider(options).open(directory, Durability.PROCESS_CRASH, 1);
  }

  private static Map<Long, String> all(final ShardSnapshot snapshot) {
    final Map<Long, String> records = new HashMap<>();
    snapshot.forEach(
        (id, image, offset, length) -> records.put(id, Records.text(image, offset, length)));
    return records;
  }

  private Map<Path, FileTime> times() throws IOException {
    final Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path path : (Iterable<Path>) files::iterator) {
        times.put(path, Files.getLastModifiedTime(path));
      }
    }
    return times;
  }

  private Path segment() throws IOException {
    return SegmentFiles.list(directory.resolve("shard-0")).get(0).path();
  }

  @Test
  void shouldShowLiveRecordsAndEventsOfAClosedDirectoryAndChangeNothing() throws IOException {
    try (Store store = open()) {
      Records.append(store.shard(0), batch -> batch.image(1, "one").image(2, "two").events(1, "a"));
      Records.append(store.shard(0), batch -> batch.image(1, "uno").removal(2).events(2, "b"));
      Records.append(store.shard(0), batch -> batch.image(3, "three").events(1, "c"));
    }
    final Map<Path, FileTime> before = times();

    final DirectoryReader reader = DirectoryReader.of(directory);
    assertThat(reader.verify()).isEmpty();
    assertThat(reader.owner()).isEmpty();
    try (ShardSnapshot snapshot = reader.snapshot(0)) {
      assertThat(all(snapshot)).isEqualTo(Map.of(1L, "uno", 3L, "three"));
      final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
      assertThat(snapshot.read(3, target, 1)).isEqualTo(5);
      assertThat(Records.text(target, 1, 5)).isEqualTo("three");
      assertThat(snapshot.read(2, target, 0)).isEqualTo(-1);
      final List<String> events = new ArrayList<>();
      snapshot.readEvents(
          1, (time, buffer, at, length) -> events.add(Records.text(buffer, at, length)));
      assertThat(events).containsExactly("a", "c");
      final ShardStatistics statistics = snapshot.statistics();
      assertThat(statistics.segments()).isEqualTo(1);
      assertThat(statistics.length()).isEqualTo(SEGMENT_LENGTH);
      assertThat(statistics.frames()).isEqualTo(3);
      assertThat(statistics.lastPosition()).isEqualTo(3);
      assertThat(statistics.records()).isEqualTo(2);
      assertThat(statistics.events()).isEqualTo(3);
      assertThat(statistics.torn()).isFalse();
    }
    assertThat(times()).isEqualTo(before);
  }

  @Test
  void shouldNameTheOwnerWhileThereIsOneAndNotAfter() {
    try (Store store = open()) {
      assertThat(store.shardCount()).isEqualTo(1);
      assertThat(DirectoryReader.of(directory).owner())
          .hasValueSatisfying(
              owner -> assertThat(owner).contains("pid=" + ProcessHandle.current().pid()));
    }
    assertThat(DirectoryReader.of(directory).owner()).isEmpty();
  }

  @Test
  void shouldNameNoOwnerWhenItsProcessIsGone() throws IOException {
    open().close();
    final String host = System.getenv().getOrDefault("HOSTNAME", System.getenv("COMPUTERNAME"));
    final String here = host == null ? "unknown" : host;
    final Path lock = directory.resolve(DirectoryLock.FILE_NAME);

    Files.writeString(lock, "pid=99999999, host=" + here + ", processStarted=unknown, opened=x");
    assertThat(DirectoryReader.of(directory).owner()).isEmpty();
    Files.writeString(
        lock,
        "pid="
            + ProcessHandle.current().pid()
            + ", host="
            + here
            + ", processStarted=2001-01-01T00:00:00Z, opened=x");
    assertThat(DirectoryReader.of(directory).owner()).isEmpty();
    Files.writeString(lock, "pid=1, host=another-host, processStarted=unknown, opened=x");
    assertThat(DirectoryReader.of(directory).owner()).isPresent();
  }

  /**
   * Each record holds the number of the append: a snapshot is a prefix if the numbers are. The
   * writer keeps within a bound of the reader: with segments of a few kilobytes it would otherwise
   * pile up more of them, while the disk stalls, than a process may map.
   */
  @Test
  void shouldShowOnePointOfTheJournalWhileItIsWrittenAndCompacted() throws Exception {
    final AtomicLong appended = new AtomicLong();
    final AtomicBoolean done = new AtomicBoolean();
    final Semaphore ahead = new Semaphore(2_000);
    try (Store store = open()) {
      Records.append(store.shard(0), batch -> batch.image(0, "0"));
      final Thread writer =
          new Thread(
              () -> {
                for (long i = 1; !done.get(); i++) {
                  final long number = i;
                  ahead.acquireUninterruptibly();
                  Records.append(
                      store.shard(0), batch -> batch.image(number % 20, Long.toString(number)));
                  appended.set(number);
                }
              });
      writer.start();
      try {
        final DirectoryReader reader = DirectoryReader.of(directory);
        long last = 0;
        for (int i = 0; i < 150 || last < 5_000; i++) {
          final long atLeast = appended.get();
          try (ShardSnapshot snapshot = reader.snapshot(0)) {
            final Map<Long, String> records = all(snapshot);
            final long before = last;
            last = records.values().stream().mapToLong(Long::parseLong).max().orElse(-1);
            assertThat(last).isGreaterThanOrEqualTo(Math.max(before, atLeast));
            ahead.release(Math.toIntExact(last - before));
            final Map<Long, String> expected = new HashMap<>();
            for (long number = Math.max(0, last - 19); number <= last; number++) {
              expected.put(number % 20, Long.toString(number));
            }
            assertThat(records).isEqualTo(expected);
          }
        }
      } finally {
        done.set(true);
        ahead.release();
        writer.join();
      }
    }
    assertThat(DirectoryReader.of(directory).verify()).isEmpty();
  }

  @Test
  void shouldKeepASnapshotReadableWhenItsSegmentsAreDropped() {
    try (Store store = open()) {
      for (long id = 0; id < 100; id++) {
        final long number = id;
        Records.append(store.shard(0), batch -> batch.image(number, "then " + number));
      }
      try (ShardSnapshot snapshot = DirectoryReader.of(directory).snapshot(0)) {
        for (int i = 0; i < 5_000; i++) {
          final long number = i % 100;
          Records.append(store.shard(0), batch -> batch.image(number, "now"));
        }
        store.flush();
        assertThat(directory.resolve("shard-0/journal-0000000000000000000.seg")).doesNotExist();

        assertThat(all(snapshot)).hasSize(100).containsEntry(42L, "then 42");
      }
    }
  }

  @Test
  void shouldNameTheFirstDamageOfAJournalWithFilePositionAndExpectation() throws IOException {
    try (Store store = open()) {
      for (long id = 1; id <= 10; id++) {
        final long number = id;
        Records.append(store.shard(0), batch -> batch.image(number, "record"));
      }
    }
    final byte[] bytes = Files.readAllBytes(segment());
    final int frame = SegmentFormat.HEADER_LENGTH + 3 * 48; // the fourth of frames of 24 + 16 + 8
    bytes[frame + 30] ^= 4;
    Files.write(segment(), bytes);

    assertThat(DirectoryReader.of(directory).verify())
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.file()).isEqualTo(segment());
              assertThat(damage.position()).isEqualTo(frame);
              assertThat(damage.expected()).isEqualTo("frame 4");
              assertThat(damage.rule()).contains("must be whole");
            });
    assertThatThrownBy(() -> DirectoryReader.of(directory).snapshot(0))
        .isInstanceOf(JournalCorruptedException.class);
  }

  @Test
  void shouldNameDamageInASegmentThatIsKeptForHistory() throws IOException {
    try (Store store = open()) {
      for (int i = 0; i < 2_000; i++) {
        Records.append(store.shard(0), batch -> batch.image(1, "record").events(1, "event"));
      }
      store.flush();
    }
    final Path archived = SegmentFiles.list(directory.resolve("shard-0/history")).get(1).path();
    final byte[] bytes = Files.readAllBytes(archived);
    bytes[SegmentFormat.HEADER_LENGTH + 25] ^= 1;
    Files.write(archived, bytes);

    assertThat(DirectoryReader.of(directory).verify())
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.file()).isEqualTo(archived);
              assertThat(damage.position()).isEqualTo(SegmentFormat.HEADER_LENGTH);
            });
  }

  @Test
  void shouldRefuseWhatIsNoDirectoryOfPenstock() throws IOException {
    assertThatThrownBy(() -> DirectoryReader.of(directory.resolve("missing")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("must be there");
    assertThatThrownBy(() -> DirectoryReader.of(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("missing=engine.properties");
    Files.writeString(
        directory.resolve("engine.properties"), "formatVersion=9\nshardCount=1\nengineId=1\n");
    assertThatThrownBy(() -> DirectoryReader.of(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("actual=9");
  }
}
