package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stores take from the system, and give back. */
final class ResourcesTest {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  @TempDir Path directory;

  @BeforeEach
  void warmUp() {
    openAndUse(View.CHRONICLE, "warm-up");
    openAndUse(View.SLAB, "warm-up");
  }

  @ParameterizedTest
  @EnumSource(View.class)
  void shouldGiveBackDescriptorsAndMappingsWhenClosed(final View view) throws IOException {
    assumeThat(DESCRIPTORS).exists();
    final long descriptors = descriptors();

    for (int i = 0; i < 100; i++) {
      openAndUse(view, "store-" + i % 5);
    }

    assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
    assertThat(journalMappings()).isZero();
  }

  @ParameterizedTest
  @EnumSource(View.class)
  void shouldOpenFiftyEnginesAtOnce(final View view) throws Exception {
    final ExecutorService openers = Executors.newFixedThreadPool(8);
    final List<Future<Store>> opening = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      final Path store = directory.resolve("engine-" + i);
      opening.add(openers.submit(() -> open(view, store)));
    }
    final List<Store> stores = new ArrayList<>();
    for (final Future<Store> store : opening) {
      stores.add(store.get());
    }
    openers.shutdown();

    for (final Store store : stores) {
      final String own = store.description();
      Records.append(store.shard(1), batch -> batch.image(1, own));
    }
    for (final Store store : stores) {
      assertThat(Records.read(store.shard(1), 1)).isEqualTo(store.description());
      store.close();
    }
  }

  @Test
  void shouldWriteNoFileWhenTheStoreIsInMemory() {
    try (Store store =
        new StorageProvider().open(directory.resolve("none"), Durability.MEMORY, 2)) {
      Records.append(store.shard(0), batch -> batch.image(1, "one").image(2, "two").removal(2));

      assertThat(Records.read(store.shard(0), 1)).isEqualTo("one");
      assertThat(Records.read(store.shard(0), 2)).isNull();
      assertThat(directory.resolve("none")).doesNotExist();
    }
    assertThat(new StorageProvider().open(null, Durability.MEMORY, 1).shardCount()).isEqualTo(1);
  }

  private void openAndUse(final View view, final String name) {
    try (Store store = open(view, directory.resolve(name))) {
      for (long recordId = 0; recordId < 300; recordId++) {
        final long id = recordId;
        Records.append(store.shard(1), batch -> batch.image(id, "r".repeat(300)));
      }
    }
  }

  private static Store open(final View view, final Path store) {
    final StorageOptions options =
        StorageOptions.defaults().withView(view).withSegmentLengths(4096, 64 * 1024);
    return new StorageProvider(options).open(store, Durability.PROCESS_CRASH, 2);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(DESCRIPTORS)) {
      return entries.count();
    }
  }

  private static long journalMappings() throws IOException {
    try (Stream<String> lines = Files.lines(MAPPINGS)) {
      return lines.filter(line -> line.contains("/journal-")).count();
    }
  }
}
