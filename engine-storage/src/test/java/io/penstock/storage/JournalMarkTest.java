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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a segment cannot say of itself, the mark beside it does. */
final class JournalMarkTest {
  @TempDir Path directory;

  private final StorageOptions options =
      StorageOptions.defaults().withView(View.SLAB).withSegmentLengths(4096, 4096);
  private final Map<Long, String> model = new HashMap<>();

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldRefuseALiveSegmentWhoseFramesAreZeroed(final Durability durability)
      throws IOException {
    write(500, durability);
    final List<Path> segments = segments();
    assertThat(SegmentFiles.number(segments.get(0))).as("compaction dropped some").isPositive();
    for (final Path segment : segments) {
      final byte[] bytes = Files.readAllBytes(segment);
      Arrays.fill(bytes, SegmentFormat.HEADER_LENGTH, bytes.length, (byte) 0);
      Files.write(segment, bytes);
    }

    assertRefused("frames that were forced to the disk must be there");
    assertSalvaged("frames must follow each other");
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldRefuseAnOlderCopyOfTheNewestSegment(final Durability durability) throws IOException {
    write(500, durability);
    final Path newest = segments().get(segments().size() - 1);
    final byte[] old = Files.readAllBytes(newest);
    write(1, durability);
    assertThat(segments()).last().isEqualTo(newest);
    Files.write(newest, old);

    assertRefused("frames that were forced to the disk must be there");
    assertSalvaged("frames must follow each other");
  }

  @Test
  void shouldReportTheNewestSegmentWhenItIsMissing() throws IOException {
    write(60, Durability.PROCESS_CRASH);
    final Path newest = segments().get(segments().size() - 1);
    Files.delete(newest);

    assertRefused("");
    assertThat(salvage()).contains(new JournalDamage(newest, 0, 0, "segment must be there"));
    open(options).close();
  }

  @Test
  void shouldReportASegmentWhenAllAreMissing() throws IOException {
    write(500, Durability.PROCESS_CRASH);
    final Path newest = segments().get(segments().size() - 1);
    for (final Path segment : segments()) {
      Files.delete(segment);
    }

    assertRefused("segments must follow each other");
    assertThat(salvage()).contains(new JournalDamage(newest, 0, 0, "segment must be there"));
    try (Store store = open(options)) {
      assertThat(Records.all(store.shard(0))).isEmpty();
      Records.append(store.shard(0), batch -> batch.image(1, "again"));
    }
    assertThat(SegmentFiles.number(segments().get(0)))
        .as("no number is used twice")
        .isGreaterThan(SegmentFiles.number(newest));
  }

  @Test
  void shouldOpenWhenAllThatWasInTheJournalIsRemoved() throws IOException {
    write(500, Durability.PROCESS_CRASH);
    try (Store store = open(options)) {
      for (final long recordId : List.copyOf(model.keySet())) {
        Records.append(store.shard(0), batch -> batch.removal(recordId));
        model.remove(recordId);
      }
    }
    for (int i = 0; i < 3; i++) {
      try (Store store = open(options)) {
        assertThat(Records.all(store.shard(0))).isEmpty();
      }
    }
  }

  @Test
  void shouldOpenADirectoryOfAnOlderVersionAndMakeTheMark() throws IOException {
    write(100, Durability.PROCESS_CRASH);
    Files.delete(mark());

    try (Store store = open(options)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
    }
    assertThat(mark()).isNotEmptyFile();
  }

  @Test
  void shouldRefuseOrTakeNoHarmWhenAnyByteOfTheMarkIsChanged() throws IOException {
    write(100, Durability.PROCESS_CRASH);
    final byte[] whole = Files.readAllBytes(mark());
    int refused = 0;
    for (int at = 0; at < 192; at++) {
      final byte[] damaged = whole.clone();
      damaged[at] ^= 0x04;
      Files.write(mark(), damaged);
      try (Store store = open(options)) {
        assertThat(Records.all(store.shard(0))).isEqualTo(model);
      } catch (final JournalCorruptedException e) {
        refused++;
        assertThat(e.file()).isEqualTo(mark().toString());
      }
    }
    assertThat(refused).isEqualTo(28);
    Files.write(mark(), new byte[whole.length]);
    assertRefused("journal mark must be one");
    assertThat(salvage()).extracting(JournalDamage::file).containsExactly(mark());
    try (Store store = open(options)) {
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
    }
  }

  private void write(final int appends, final Durability durability) {
    try (Store store = new StorageProvider(options).open(directory, durability, 1)) {
      for (int i = 0; i < appends; i++) {
        final long recordId = i % 10;
        final String text = i + "r".repeat(100);
        Records.append(store.shard(0), batch -> batch.image(recordId, text));
        model.put(recordId, text);
      }
    }
  }

  private void assertRefused(final String rule) {
    final Map<Path, Long> before = Trees.fingerprint(directory);
    assertThatThrownBy(() -> open(options))
        .isInstanceOf(JournalCorruptedException.class)
        .hasMessageContaining(rule);
    assertThat(DirectoryReader.of(directory).verify()).isNotEmpty();
    assertThat(Trees.fingerprint(directory)).isEqualTo(before);
  }

  private void assertSalvaged(final String rule) {
    assertThat(salvage()).anyMatch(damage -> damage.rule().contains(rule));
    open(options).close();
  }

  private List<JournalDamage> salvage() {
    final List<JournalDamage> damages = new ArrayList<>();
    open(options.withRecovery(RecoveryPolicy.SALVAGE, damages::add)).close();
    return damages;
  }

  private List<Path> segments() throws IOException {
    return SegmentFiles.list(directory.resolve("shard-0")).stream()
        .map(SegmentFiles.Found::path)
        .toList();
  }

  private Path mark() {
    return directory.resolve("shard-0").resolve(JournalMark.FILE_NAME);
  }

  private Store open(final StorageOptions chosen) {
    return new StorageProvider(chosen).open(directory, Durability.PROCESS_CRASH, 1);
  }
}
