package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.Store;
import io.penstock.storage.StorageOptions.View;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What survives {@code kill -9}: everything acknowledged. */
final class ProcessCrashTest {
  private static final int ROUNDS = 6;
  private static final int RECORDS = 200;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldLoseNothingAcknowledgedWhenTheProcessIsKilled(final Durability durability)
      throws Exception {
    final SplittableRandom random = new SplittableRandom(1);
    final Map<Long, Long> acknowledged = new HashMap<>();
    long version = 0;
    for (int round = 0; round < ROUNDS; round++) {
      final Process child =
          new ChildJvm().start(directory, Appender.class, "store", version, durability);
      final BufferedReader lines = ChildJvm.lines(child);
      final int linesToSee =
          durability == Durability.POWER_LOSS
              ? 100 + random.nextInt(2_000)
              : 1_000 + random.nextInt(20_000);
      for (int seen = 0; seen < linesToSee; seen++) {
        version = acknowledge(lines.readLine(), acknowledged);
      }
      child
          .toHandle()
          .destroyForcibly(); // the process' own method would close the pipe with what was
      // acknowledged last
      for (String line = lines.readLine();
          line != null && line.endsWith(".");
          line = lines.readLine()) {
        version = acknowledge(line, acknowledged);
      }
      child.waitFor();

      version = Math.max(version, recovered(acknowledged));
    }
  }

  @Test
  void shouldNameTheOtherProcessWhenItHoldsTheDirectory() throws Exception {
    final Process child =
        new ChildJvm().start(directory, Appender.class, "store", 0, Durability.PROCESS_CRASH);
    try {
      final BufferedReader lines = ChildJvm.lines(child);
      while (!lines.readLine().endsWith(".")) {}

      assertThatThrownBy(this::open)
          .isInstanceOfSatisfying(
              DirectoryInUseException.class, e -> assertThat(e.sameJvm()).isFalse())
          .hasMessageContaining("pid=" + child.pid());
    } finally {
      child.destroyForcibly().waitFor();
    }
    open().close();
  }

  private Store open() {
    final StorageOptions options = StorageOptions.defaults().withView(View.SLAB);
    return new StorageProvider(options)
        .open(directory.resolve("store"), Durability.PROCESS_CRASH, 1);
  }

  /**
   * Every record must be there in the version acknowledged last or, if the kill hit between append
   * and answer, a later one.
   */
  private long recovered(final Map<Long, Long> acknowledged) {
    final long[] latest = {0};
    try (Store store = open()) {
      final Map<Long, Long> found = new HashMap<>();
      store
          .shard(0)
          .forEach(
              (recordId, image, offset, length) -> {
                final UnsafeBuffer record = new UnsafeBuffer(image, offset, length);
                Patterns.check(recordId, record, length);
                found.put(recordId, record.getLong(8));
              });
      acknowledged.forEach(
          (recordId, version) ->
              assertThat(found.get(recordId))
                  .as("record %d", recordId)
                  .isGreaterThanOrEqualTo(version));
      found.values().forEach(version -> latest[0] = Math.max(latest[0], version));
    }
    return latest[0];
  }

  private static long acknowledge(final String line, final Map<Long, Long> acknowledged) {
    final String[] words = line.split("[ .]", -1);
    if (words[0].equals("ack")) {
      acknowledged.put(Long.parseLong(words[1]), Long.parseLong(words[2]));
      return Long.parseLong(words[2]);
    }
    return 0;
  }

  /** Appends without end and says so after each append. */
  static final class Appender {
    private Appender() {}

    /**
     * Runs until killed.
     *
     * @param arguments directory, the version to go on from, durability
     */
    public static void main(final String[] arguments) throws IOException {
      final StorageOptions options =
          StorageOptions.defaults().withView(View.SLAB).withSegmentLengths(16 * 1024, 256 * 1024);
      final Store store =
          new StorageProvider(options)
              .open(Path.of(arguments[0]), Durability.valueOf(arguments[2]), 1);
      final RecordBatch batch = new RecordBatch(1024);
      final UnsafeBuffer record = new UnsafeBuffer(0, 0);
      for (long version = Long.parseLong(arguments[1]) + 1; ; version++) {
        final long recordId = version % RECORDS;
        record.wrap(Patterns.of(recordId, version, Patterns.LENGTH_MIN + (int) (version % 700)));
        batch.begin(version);
        batch.image(recordId, record, 0, record.capacity());
        store.shard(0).append(batch);
        store.shard(0).sync();
        System.out.println("ack " + recordId + " " + version + ".");
      }
    }
  }
}
