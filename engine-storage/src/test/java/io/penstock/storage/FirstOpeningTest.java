package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.spi.StoreFullException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The making of a directory, cut off at every step: whatever is left, the next opening comes to a
 * directory that works, and once an opening has come back that directory cannot get lost.
 */
final class FirstOpeningTest {
  private static final int SHARDS = 2;

  @TempDir private Path root;
  private final SplittableRandom random = new SplittableRandom(1);

  @ParameterizedTest
  @CsvSource({
    "PROCESS_CRASH, false",
    "PROCESS_CRASH, true",
    "POWER_LOSS, false",
    "POWER_LOSS, true"
  })
  void shouldComeToADirectoryThatWorksWhenItsMakingWasCutOffAtAnyStep(
      final Durability durability, final boolean ledger) throws IOException {
    cutOff(durability, ledger, 1);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "PROCESS_CRASH, false",
    "PROCESS_CRASH, true",
    "POWER_LOSS, false",
    "POWER_LOSS, true"
  })
  void shouldComeToADirectoryThatWorksWhateverThePowerFailureLeft(
      final Durability durability, final boolean ledger) throws IOException {
    cutOff(durability, ledger, 40);
  }

  @Test
  void shouldForceTheNameOfEachNewDirectory() throws IOException {
    final Path directory = root.resolve("tree/deep/er/data");
    final ForcedFiles forced = new ForcedFiles();
    final StorageOptions options = StorageOptions.defaults().withView(View.SLAB).withLedger(true);
    try (Store store =
        new StoreOpening(options, Durability.POWER_LOSS, forced).inDirectory(directory, SHARDS)) {
      Records.append(store.shard(0), batch -> batch.image(1, "kept").events(1, "event"));
    }

    final Path left = root.resolve("left");
    forced.restore(root.resolve("tree"), left);

    assertThat(left.resolve("deep/er/data/shard-0/ledger")).isNotEmptyDirectory();
    assertThat(left.resolve("deep/er/data").resolve(EngineManifest.FILE_NAME)).isNotEmptyFile();
  }

  @Test
  void shouldSayThatTheDiskIsFullAndGiveTheDirectoryBack() {
    final FaultyFiles files = new FaultyFiles();
    final StoreOpening opening =
        new StoreOpening(
            StorageOptions.defaults().withView(View.SLAB), Durability.PROCESS_CRASH, files);
    files.failCreates(true);

    assertThatThrownBy(() -> opening.inDirectory(root.resolve("data"), SHARDS))
        .isInstanceOf(StoreFullException.class)
        .hasMessageContaining("the disk or its quota is full")
        .hasMessageContaining("directory=" + root.resolve("data"));
    open(root.resolve("data"), StorageOptions.defaults(), Durability.PROCESS_CRASH).close();
  }

  private void cutOff(final Durability durability, final boolean ledger, final int powerLosses)
      throws IOException {
    final StorageOptions options =
        StorageOptions.defaults()
            .withView(View.SLAB)
            .withSegmentLengths(4096, 8192)
            .withLedger(ledger);
    final Path directory = Files.createDirectory(root.resolve("data"));
    final List<Map<Path, byte[]>> killed = new ArrayList<>();
    final List<Map<Path, byte[]>> withoutPower = new ArrayList<>();
    final boolean[] opened = {false};
    final ForgetfulFiles[] files = new ForgetfulFiles[1];
    files[0] =
        new ForgetfulFiles(
            directory,
            () -> {
              if (!opened[0]) {
                killed.add(files[0].afterProcessCrash());
                for (int i = 0; i < powerLosses; i++) {
                  withoutPower.add(files[0].afterPowerLoss(random));
                }
              }
            });

    final List<Map<Path, byte[]>> afterwards = new ArrayList<>();
    try (Store store =
        new StoreOpening(options, durability, files[0]).inDirectory(directory, SHARDS)) {
      opened[0] = true;
      assertThat(store.shardCount()).isEqualTo(SHARDS);
      for (int i = 0; i < 4 * powerLosses; i++) {
        afterwards.add(files[0].afterPowerLoss(random));
      }
    }

    assertThat(killed).hasSizeGreaterThan(2 * SHARDS);
    verify(killed, "killed", options, durability);
    verify(withoutPower, "without power", options, durability);
    verify(afterwards, "without power once open", options, durability);
    final String manifest = Files.readString(directory.resolve(EngineManifest.FILE_NAME));
    assertThat(afterwards)
        .allSatisfy(
            image ->
                assertThat(image.get(Path.of(EngineManifest.FILE_NAME)))
                    .asString()
                    .isEqualTo(manifest));
  }

  private void verify(
      final List<Map<Path, byte[]>> images,
      final String how,
      final StorageOptions options,
      final Durability durability) {
    for (int i = 0; i < images.size(); i++) {
      final String point = how + " at " + i + ": " + images.get(i).keySet();
      final Path directory = root.resolve(how + i);
      ForgetfulFiles.restore(images.get(i), directory);
      try (Store store = open(directory, options, durability)) {
        for (int shard = 0; shard < SHARDS; shard++) {
          assertThat(Records.all(store.shard(shard))).as(point).isEmpty();
          Records.append(store.shard(shard), batch -> batch.image(1, "kept").events(1, "event"));
        }
      } catch (final RuntimeException e) {
        throw new AssertionError(point, e);
      }
      try (Store store = open(directory, options, durability)) {
        for (int shard = 0; shard < SHARDS; shard++) {
          assertThat(Records.all(store.shard(shard)))
              .as(point)
              .containsExactly(Map.entry(1L, "kept"));
        }
      }
      try (Ledger ledger = Ledger.open(directory)) {
        assertThat(ledger.verify().isSound()).as(point).isTrue();
        assertThat(ledger.receipts(1)).as(point).hasSize(options.ledger() ? SHARDS : 0);
      }
    }
  }

  private static Store open(
      final Path directory, final StorageOptions options, final Durability durability) {
    return new StoreOpening(options, durability, new SystemFiles()).inDirectory(directory, SHARDS);
  }
}
