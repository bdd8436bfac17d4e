package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.spi.Durability;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Random batches against a plain map, in both views, across openings. */
final class StoreProperties {
  @Property(tries = 60)
  void storeEqualsAPlainMapAfterEachOpening(
      @ForAll final View view,
      @ForAll @Size(min = 1, max = 4) final List<@IntRange(max = 120) Integer> batchesPerOpening,
      @ForAll final long seed)
      throws IOException {
    final Path directory = Files.createTempDirectory("penstock-properties");
    try {
      final Random random = new Random(seed);
      final Map<Long, String> model = new HashMap<>();
      for (final int batches : batchesPerOpening) {
        try (Store store = open(directory, view)) {
          assertThat(Records.all(store.shard(0))).isEqualTo(model);
          for (int i = 0; i < batches; i++) {
            append(store.shard(0), random, model);
          }
          model.forEach(
              (recordId, text) ->
                  assertThat(Records.read(store.shard(0), recordId)).isEqualTo(text));
        }
      }
      try (Store store = open(directory, view)) {
        assertThat(Records.all(store.shard(0))).isEqualTo(model);
      }
    } finally {
      delete(directory);
    }
  }

  private static Store open(final Path directory, final View view) {
    final StorageOptions options =
        StorageOptions.defaults().withView(view).withSegmentLengths(4096, 16 * 1024);
    return new StorageProvider(options).open(directory, Durability.PROCESS_CRASH, 1);
  }

  private static void append(
      final ShardStore shard, final Random random, final Map<Long, String> model) {
    final RecordBatch batch =
        Records.batch(
            entries -> {
              for (int i = random.nextInt(5); i >= 0; i--) {
                final long recordId = random.nextInt(40);
                if (random.nextInt(4) == 0) {
                  entries.removal(recordId);
                  model.remove(recordId);
                } else {
                  final int length =
                      random.nextInt(20) == 0 ? random.nextInt(9_000) : random.nextInt(200);
                  final String text = Integer.toHexString(random.nextInt()).repeat(length / 8 + 1);
                  entries.image(recordId, text).events(recordId, "event");
                  model.put(recordId, text);
                }
              }
            });
    shard.append(batch);
    shard.sync();
  }

  private static void delete(final Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (final Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }
}
