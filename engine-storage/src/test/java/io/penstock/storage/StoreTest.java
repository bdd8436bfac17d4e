package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import io.penstock.spi.StoreProvider;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening, owning and closing a directory. */
final class StoreTest {
  @TempDir Path directory;

  @Test
  void shouldBeFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(StoreProvider.class))
        .hasAtLeastOneElementOfType(StorageProvider.class);
  }

  @ParameterizedTest
  @EnumSource(View.class)
  void shouldHaveEveryRecordWhenOpenedAgain(final View view) {
    try (Store store = open(view)) {
      assertThat(store.description())
          .contains(
              "PROCESS_CRASH",
              "view=" + view.name().toLowerCase(Locale.ROOT),
              directory.toString());
      Records.append(store.shard(0), batch -> batch.image(1, "one").image(2, "two"));
      Records.append(
          store.shard(0),
          batch -> batch.image(1, "uno").removal(2).image(3, "tre").events(3, "made"));
      Records.append(store.shard(1), batch -> batch.image(1, "other shard"));
    }

    try (Store store = open(view)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(Map.of(1L, "uno", 3L, "tre"));
      assertThat(Records.all(store.shard(1))).isEqualTo(Map.of(1L, "other shard"));
      assertThat(Records.read(store.shard(0), 2)).isNull();
    }
  }

  @Test
  void shouldKeepTheNumberOfShardsWhenOpenedWithAnother() {
    open(View.SLAB).close();

    try (Store store = new StorageProvider().open(directory, Durability.PROCESS_CRASH, 7)) {
      assertThat(store.shardCount()).isEqualTo(2);
    }
  }

  @Test
  void shouldNameTheHolderWhenOpenedTwiceInThisJvm() throws IOException {
    final Path alias = Files.createSymbolicLink(directory.resolve("alias"), directory);
    try (Store store = open(View.SLAB)) {
      Records.append(store.shard(0), batch -> batch.image(1, "one"));
      for (final Path path : new Path[] {directory, alias}) {
        assertThatThrownBy(() -> new StorageProvider().open(path, Durability.PROCESS_CRASH, 2))
            .isInstanceOfSatisfying(
                DirectoryInUseException.class, e -> assertThat(e.sameJvm()).isTrue())
            .hasMessageContaining("pid=" + ProcessHandle.current().pid())
            .hasMessageContaining("opened=");
      }
      assertThat(Records.read(store.shard(0), 1)).isEqualTo("one");
    }
    open(View.SLAB).close();
  }

  @Test
  void shouldGiveTheDirectoryBackWhenOpeningFails() throws IOException {
    open(View.SLAB).close();
    final Path manifest = directory.resolve(EngineManifest.FILE_NAME);
    final String good = Files.readString(manifest);
    Files.writeString(manifest, "nonsense");
    assertThatThrownBy(() -> open(View.SLAB))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("file=" + manifest);
    Files.writeString(manifest, good);

    open(View.SLAB).close();
  }

  @Test
  void shouldRefuseWhenTheManifestCountsFewerShardsThanThereAre() throws IOException {
    open(View.SLAB).close();
    final Path manifest = directory.resolve(EngineManifest.FILE_NAME);
    Files.writeString(manifest, Files.readString(manifest).replace("shardCount=2", "shardCount=1"));

    assertThatThrownBy(() -> open(View.SLAB))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("shardCount=1")
        .hasMessageContaining("shard-1");
  }

  @Test
  void shouldRefuseWhenTheManifestIsOfANewerVersion() throws IOException {
    open(View.SLAB).close();
    final Path manifest = directory.resolve(EngineManifest.FILE_NAME);
    Files.writeString(
        manifest, Files.readString(manifest).replace("formatVersion=1", "formatVersion=2"));

    assertThatThrownBy(() -> open(View.SLAB))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("expected=1, actual=2");
  }

  @Test
  void shouldRefuseAndChangeNothingWhenAJournalLacksItsManifest() throws IOException {
    try (Store store = open(View.SLAB)) {
      Records.append(store.shard(1), batch -> batch.image(1, "one"));
    }
    Files.delete(directory.resolve(EngineManifest.FILE_NAME));
    final Map<Path, Long> before = Trees.fingerprint(directory);

    assertThatThrownBy(() -> open(View.SLAB))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("missing=" + directory.resolve(EngineManifest.FILE_NAME));
    assertThat(Trees.fingerprint(directory)).isEqualTo(before);
  }

  @Test
  void shouldBeginAnewWhenTheFirstOpeningWasCutShort() throws IOException {
    open(View.SLAB).close();
    Files.delete(directory.resolve(EngineManifest.FILE_NAME));
    Files.write(SegmentFiles.path(directory.resolve("shard-1"), 0), new byte[0]);

    try (Store store = open(View.SLAB)) {
      Records.append(store.shard(1), batch -> batch.image(1, "one"));
    }
    try (Store store = open(View.SLAB)) {
      assertThat(Records.all(store.shard(1))).isEqualTo(Map.of(1L, "one"));
    }
  }

  @Test
  void shouldRefuseWhenThePathIsAFileOrCannotBeMade() throws IOException {
    final Path file = Files.writeString(directory.resolve("file"), "text");

    for (final Path path : new Path[] {file, file.resolve("below"), Path.of("/proc/penstock")}) {
      assertThatThrownBy(() -> new StorageProvider().open(path, Durability.PROCESS_CRASH, 1))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("directory=" + path);
    }
    assertThat(file).hasContent("text");
  }

  @Test
  void shouldOpenAndRollAndCloseWhenTheThreadIsInterrupted() {
    final StorageOptions options = StorageOptions.defaults().withSegmentLengths(4096, 4096);
    Thread.currentThread().interrupt();
    try (Store store = new StorageProvider(options).open(directory, Durability.PROCESS_CRASH, 2)) {
      for (int i = 0; i < 100; i++) {
        Records.append(store.shard(0), batch -> batch.image(1, "r".repeat(200)));
      }
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }

    try (Store store = open(View.SLAB)) {
      assertThat(Records.read(store.shard(0), 1)).isEqualTo("r".repeat(200));
    }
  }

  @Test
  void shouldRefuseToAppendWhenClosed() {
    final Store store = open(View.SLAB);
    store.close();
    store.close();

    assertThatThrownBy(() -> Records.append(store.shard(0), batch -> batch.image(1, "one")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("must be open");
    assertThat(Records.read(store.shard(0), 1)).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1025})
  void shouldRefuseANumberOfShardsThatCannotBe(final int shardCount) {
    assertThatThrownBy(
            () -> new StorageProvider().open(directory, Durability.PROCESS_CRASH, shardCount))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shardCount=" + shardCount);
  }

  private Store open(final View view) {
    return new StorageProvider(StorageOptions.defaults().withView(view))
        .open(directory, Durability.PROCESS_CRASH, 2);
  }
}
