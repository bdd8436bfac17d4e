package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
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

/** What comes back of a damaged journal when it is asked for, and what is said of the rest. */
final class SalvageTest {
  private static final int RECORDS = 60;

  @TempDir Path directory;

  private final StorageOptions options =
      StorageOptions.defaults().withView(View.SLAB).withSegmentLengths(4096, 4096);
  private final List<JournalDamage> damages = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldBringBackEveryRecordButTheDamagedOne(final Durability durability) throws IOException {
    final Map<Long, String> model = write();
    final Path segment = segments().get(1).path();
    final byte[] bytes = Files.readAllBytes(segment);
    final int second = SegmentFormat.HEADER_LENGTH + 24 + 16 + 104;
    final long lost = second(bytes, second);
    bytes[second + 50] ^= 0x10;
    Files.write(segment, bytes);
    model.remove(lost);

    assertThatThrownBy(() -> open(options, durability))
        .isInstanceOf(JournalCorruptedException.class);
    try (Store store = open(salvaging(), durability)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
      Records.append(store.shard(0), batch -> batch.image(-1, "one more"));
      model.put(-1L, "one more");
    }

    assertThat(damages)
        .containsExactly(new JournalDamage(segment, second, 24 + 16 + 104, "frame must be whole"));
    assertThat(segment.resolveSibling(segment.getFileName() + ".damaged")).hasBinaryContent(bytes);
    assertRecovered(model);
  }

  @Test
  void shouldBringBackTheOthersWhenASegmentIsMissing() throws IOException {
    final Map<Long, String> model = write();
    final Path segment = segments().get(1).path();
    Files.delete(segment);

    try (Store store = open(salvaging(), Durability.PROCESS_CRASH)) {
      final Map<Long, String> found = Records.all(store.shard(0));
      assertThat(found).isNotEmpty().hasSizeLessThan(RECORDS);
      assertThat(model).containsAllEntriesOf(found);
      model.keySet().retainAll(found.keySet());
    }

    assertThat(damages).containsExactly(new JournalDamage(segment, 0, 0, "segment must be there"));
    assertRecovered(model);
  }

  @Test
  void shouldBringBackTheFramesWhenAHeaderIsDamaged() throws IOException {
    final Map<Long, String> model = write();
    final Path segment = segments().get(0).path();
    final byte[] bytes = Files.readAllBytes(segment);
    bytes[8] ^= 0x10;
    Files.write(segment, bytes);

    try (Store store = open(salvaging(), Durability.PROCESS_CRASH)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
    }
    assertThat(damages).hasSize(1);
    assertThat(damages.get(0).file()).isEqualTo(segment);
    assertThat(damages.get(0).position()).isEqualTo(8);
    assertRecovered(model);
  }

  @Test
  void shouldReportNothingAndPutNothingAsideWhenNothingIsDamaged() throws IOException {
    final Map<Long, String> model = write();
    final Map<Path, Long> before = Trees.fingerprint(directory);

    try (Store store = open(salvaging(), Durability.PROCESS_CRASH)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
    }
    assertThat(damages).isEmpty();
    assertThat(Trees.fingerprint(directory)).isEqualTo(before);
  }

  @Test
  void shouldOpenAfterAnyDamageToTheSegments() throws IOException {
    write();
    final Map<Path, byte[]> whole = ForgetfulFiles.image(directory.resolve("shard-0"));
    final List<Path> paths = List.copyOf(whole.keySet());
    final SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      final Path path = paths.get(random.nextInt(paths.size()));
      final byte[] damaged = whole.get(path).clone();
      for (int at = random.nextInt(damaged.length), end = at + 1 + random.nextInt(600);
          at < Math.min(end, damaged.length);
          at++) {
        damaged[at] = (byte) random.nextInt();
      }
      Files.write(directory.resolve("shard-0").resolve(path), damaged);

      final Map<Long, String> found;
      try (Store store = open(salvaging(), Durability.PROCESS_CRASH)) {
        found = Records.all(store.shard(0));
        assertThat(found).as("damage %d", i).hasSizeGreaterThan(RECORDS / 2);
      }
      assertRecovered(found);
      ForgetfulFiles.restore(whole, directory.resolve("shard-0"));
    }
  }

  /** Writes each record once, in a frame of its own, all frames of one length. */
  private Map<Long, String> write() {
    final Map<Long, String> model = new HashMap<>();
    try (Store store = open(options, Durability.PROCESS_CRASH)) {
      for (long recordId = 0; recordId < RECORDS; recordId++) {
        final long id = recordId;
        Records.append(store.shard(0), batch -> batch.image(id, "r".repeat(100)));
        model.put(id, "r".repeat(100));
      }
    }
    return model;
  }

  private static long second(final byte[] segment, final int frame) {
    return segment[frame + SegmentFormat.FRAME_HEADER_LENGTH];
  }

  private StorageOptions salvaging() {
    damages.clear();
    return options.withRecovery(RecoveryPolicy.SALVAGE, damages::add);
  }

  private List<SegmentFiles.Found> segments() throws IOException {
    return SegmentFiles.list(directory.resolve("shard-0"));
  }

  private void assertRecovered(final Map<Long, String> expected) {
    try (Store store = open(options, Durability.PROCESS_CRASH)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(expected);
    }
  }

  private Store open(final StorageOptions chosen, final Durability durability) {
    return new StorageProvider(chosen).open(directory, durability, 1);
  }
}
