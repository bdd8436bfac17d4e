package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.BackupException;
import io.penstock.spi.Durability;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.spi.StoreBackup;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A copy of a store is what the store was when it was marked, whatever comes after. */
final class BackupTest {
  private static final int SEGMENT_LENGTH = 4096;

  @TempDir Path root;

  private final FaultyFiles files = new FaultyFiles();
  private final SplittableRandom random = new SplittableRandom(11);

  private Path directory() {
    return root.resolve("data");
  }

  private Path target() {
    return root.resolve("a/b/backup");
  }

  private Store open(final FileLayer layer, final Durability durability, final Path directory) {
    final StorageOptions options =
        StorageOptions.defaults()
            .withView(View.SLAB)
            .withSegmentLengths(SEGMENT_LENGTH, 2 * SEGMENT_LENGTH);
    return new StoreOpening(options, durability, layer).inDirectory(directory, 2);
  }

  private static Map<Long, String> all(final Store store, final int shard) {
    return Records.all(store.shard(shard));
  }

  private void change(final ShardStore shard, final Map<Long, String> model, final int appends) {
    for (int i = 0; i < appends; i++) {
      final long id = random.nextInt(40);
      final String text = "x".repeat(random.nextInt(200)) + i;
      Records.append(shard, batch -> batch.image(id, text).events(id, "event of " + id));
      model.put(id, text);
    }
  }

  private static void mark(final StoreBackup backup) {
    backup.mark(0);
    backup.mark(1);
  }

  private void assertHolds(
      final Path directory, final Map<Long, String> first, final Map<Long, String> second) {
    assertThat(DirectoryReader.of(directory).verify()).isEmpty();
    try (Store store = open(new SystemFiles(), Durability.PROCESS_CRASH, directory)) {
      assertThat(all(store, 0)).isEqualTo(first);
      assertThat(all(store, 1)).isEqualTo(second);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldHoldWhatWasThereAtTheMarksWhenCompactionGoesOnDuringTheCopy(
      final Durability durability) {
    try (Store store = open(files, durability, directory())) {
      final Map<Long, String> first = new HashMap<>();
      final Map<Long, String> second = new HashMap<>();
      change(store.shard(0), first, 500);
      change(store.shard(1), second, 300);
      final Map<Long, String> firstThen = new HashMap<>(first);
      final Map<Long, String> secondThen = new HashMap<>(second);

      try (StoreBackup backup = store.backup(target())) {
        mark(backup);
        change(store.shard(0), first, 2_000);
        change(store.shard(1), second, 2_000);
        store.flush();
        assertThat(backup.copy()).isPositive();
      }
      assertHolds(target(), firstThen, secondThen);

      change(store.shard(0), first, 100);
      store.flush();
      assertThat(all(store, 0)).isEqualTo(first);
      assertThat(all(store, 1)).isEqualTo(second);
    }
  }

  @Test
  void shouldDropSegmentsAgainWhenTheBackupIsClosed() throws IOException {
    try (Store store = open(files, Durability.PROCESS_CRASH, directory())) {
      final Map<Long, String> model = new HashMap<>();
      change(store.shard(0), model, 100);
      final int kept;
      try (StoreBackup backup = store.backup(target())) {
        mark(backup);
        change(store.shard(0), model, 2_000);
        store.flush();
        kept = SegmentFiles.list(directory().resolve("shard-0")).size();
      }
      change(store.shard(0), model, 10);
      store.flush();
      store.flush();

      assertThat(SegmentFiles.list(directory().resolve("shard-0"))).hasSizeLessThan(kept / 2);
    }
  }

  @Test
  void shouldHoldEveryEventWhenOldSegmentsWereArchived() {
    final List<String> expected = new ArrayList<>();
    try (Store store = open(files, Durability.PROCESS_CRASH, directory())) {
      for (int i = 0; i < 3_000; i++) {
        final int number = i;
        Records.append(
            store.shard(0),
            batch -> batch.image(number % 7, "image").events(number % 5, "event " + number));
        if (i % 5 == 3) {
          expected.add("event " + i);
        }
      }
      try (StoreBackup backup = store.backup(target())) {
        mark(backup);
        Records.append(store.shard(0), batch -> batch.events(3, "too late"));
        backup.copy();
      }
    }
    assertThat(target().resolve("shard-0/history")).isNotEmptyDirectory();

    final List<String> events = new ArrayList<>();
    try (ShardSnapshot snapshot = DirectoryReader.of(target()).snapshot(0)) {
      snapshot.readEvents(
          3, (timeNs, buffer, offset, length) -> events.add(Records.text(buffer, offset, length)));
    }
    assertThat(events).isEqualTo(expected);
  }

  @Test
  void shouldBeOnTheDiskWithAllItsNamesWhenTheCopyReturns() throws IOException {
    final ForcedFiles forced = new ForcedFiles();
    final Map<Long, String> first = new HashMap<>();
    final Map<Long, String> second = new HashMap<>();
    try (Store store = open(forced, Durability.PROCESS_CRASH, directory())) {
      change(store.shard(0), first, 700);
      change(store.shard(1), second, 200);
      try (StoreBackup backup = store.backup(target())) {
        mark(backup);
        backup.copy();
      }
    }

    final Path left = root.resolve("left");
    forced.restore(root.resolve("a"), left);

    assertHolds(left.resolve("b/backup"), first, second);
    assertThat(left.resolve("b/backup/shard-0/history")).isNotEmptyDirectory();
  }

  @Test
  void shouldLeaveNothingWhenThereIsNoRoom() {
    try (Store store = open(files, Durability.PROCESS_CRASH, directory())) {
      final Map<Long, String> model = new HashMap<>();
      change(store.shard(0), model, 50);
      try (StoreBackup backup = store.backup(target())) {
        mark(backup);
        files.failCreates(true);
        assertThatThrownBy(backup::copy)
            .isInstanceOf(BackupException.class)
            .hasMessageContaining("must have room")
            .hasRootCauseMessage("No space left on device");
      }
      files.failCreates(false);

      assertThat(root.resolve("a")).doesNotExist();
      change(store.shard(0), model, 50);
      assertThat(all(store, 0)).isEqualTo(model);
    }
  }

  @Test
  void shouldRefuseATargetThatIsNotEmptyOrLiesInside() throws IOException {
    Files.createDirectories(target());
    Files.writeString(target().resolve("mine.txt"), "mine");
    try (Store store = open(files, Durability.PROCESS_CRASH, directory())) {
      assertRefused(store, target(), "must be empty");
      assertRefused(store, target().resolve("mine.txt"), "must be a directory");
      assertRefused(store, directory(), "must lie outside");
      assertRefused(store, directory().resolve("shard-0/x"), "must lie outside");
      assertRefused(store, root.resolve("a/../data/x"), "must lie outside");
    }
    assertThat(target()).isDirectoryContaining("glob:**/mine.txt");
  }

  private static void assertRefused(final Store store, final Path target, final String rule) {
    assertThatThrownBy(() -> store.backup(target))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining(rule)
        .hasMessageContaining("target=" + target.normalize());
  }

  @Test
  void shouldFailAndLeaveNothingWhenTheStoreIsClosedDuringTheCopy() {
    final Store store = open(files, Durability.PROCESS_CRASH, directory());
    change(store.shard(0), new HashMap<>(), 50);
    try (StoreBackup backup = store.backup(target())) {
      mark(backup);
      store.close();
      assertThatThrownBy(backup::copy)
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("must stay open");
    }
    assertThat(root.resolve("a")).doesNotExist();
  }

  @Test
  void shouldRefuseAStoreThatIsClosed() {
    final Store store = open(files, Durability.POWER_LOSS, directory());
    store.close();

    assertThatThrownBy(() -> store.backup(target()))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("must stay open");
  }

  @Test
  void shouldRefuseAStoreThatKeepsNothing() {
    try (Store store = new StorageProvider().open(null, Durability.MEMORY, 1)) {
      assertThatThrownBy(() -> store.backup(target()))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("durability=MEMORY");
    }
  }

  @Test
  void shouldCopyAClosedDirectoryToOneThatIsTheSame() {
    final Map<Long, String> first = new HashMap<>();
    final Map<Long, String> second = new HashMap<>();
    try (Store store = open(files, Durability.PROCESS_CRASH, directory())) {
      change(store.shard(0), first, 700);
      change(store.shard(1), second, 10);
    }

    ColdBackup.make(files, directory(), target());

    assertHolds(target(), first, second);
    assertHolds(directory(), first, second);
  }

  @Test
  void shouldNotCopyADirectoryThatIsOpenFromOutside() {
    try (Store store = open(files, Durability.PROCESS_CRASH, directory())) {
      assertThat(store.shardCount()).isEqualTo(2);
      assertThatThrownBy(() -> ColdBackup.make(files, directory(), target()))
          .isInstanceOf(DirectoryInUseException.class);
    }
    assertThat(root.resolve("a")).doesNotExist();
  }

  @Test
  void shouldNotCopyDamage() throws IOException {
    try (Store store = open(files, Durability.PROCESS_CRASH, directory())) {
      change(store.shard(0), new HashMap<>(), 50);
    }
    final Path segment = SegmentFiles.list(directory().resolve("shard-0")).get(0).path();
    final byte[] bytes = Files.readAllBytes(segment);
    bytes[200] ^= 1;
    Files.write(segment, bytes);

    assertThatThrownBy(() -> ColdBackup.make(files, directory(), target()))
        .isInstanceOf(JournalCorruptedException.class);
    assertThat(root.resolve("a")).doesNotExist();
  }
}
