package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One byte of a directory changes: that is noticed, or it changes nothing. */
final class BitFlipTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final StorageOptions options =
      StorageOptions.defaults().withView(View.SLAB).withSegmentLengths(4096, 8192);
  private final List<Map<Long, String>> model = List.of(new HashMap<>(), new HashMap<>());

  @Test
  void shouldNoticeAChangedByteOrTakeNoHarm() throws IOException {
    flip(300, 1);
  }

  @Test
  @Tag("slow")
  void shouldNoticeTenThousandChangedBytesOrTakeNoHarm() throws IOException {
    flip(10_000, 2);
  }

  private void flip(final int flips, final long seed) throws IOException {
    final SplittableRandom random = new SplittableRandom(seed);
    write(random);
    final Map<Path, byte[]> whole = Trees.contents(directory);
    final List<Path> paths = new ArrayList<>(whole.keySet());
    paths.removeIf(path -> whole.get(path).length == 0); // the lock file, once it is given back
    paths.removeIf(path -> path.endsWith(JournalMark.FILE_NAME)); // see JournalMarkTest
    int noticed = 0;
    for (int i = 0; i < flips; i++) {
      final Path path = paths.get(random.nextInt(paths.size()));
      final byte[] damaged = whole.get(path).clone();
      final int position = random.nextInt(damaged.length);
      damaged[position] ^= (byte) (1 + random.nextInt(255));
      Files.write(path, damaged);
      final String flip = "flip " + i + " at " + position + " of " + path;
      if (assertTimeoutPreemptively(LIMIT, () -> isNoticed(flip), flip)) {
        noticed++;
      }
      Trees.restore(directory, whole);
    }
    assertThat(noticed).as("changes that were noticed").isBetween(flips / 10, flips - 1);
    assertThat(isNoticed("no change")).isFalse();
  }

  /** Whether the opening refuses the directory; else all must be there. */
  private boolean isNoticed(final String flip) {
    try (Store store = open()) {
      for (int shard = 0; shard < model.size(); shard++) {
        assertThat(Records.all(store.shard(shard))).as(flip).isEqualTo(model.get(shard));
      }
      return false;
    } catch (final StoreException e) {
      return true;
    }
  }

  private void write(final SplittableRandom random) {
    try (Store store = open()) {
      for (int i = 0; i < 600; i++) {
        final int shard = random.nextInt(2);
        final long recordId = random.nextInt(20);
        final String text = random.nextInt() + "r".repeat(random.nextInt(150));
        Records.append(
            store.shard(shard), batch -> batch.image(recordId, text).events(recordId, "event"));
        model.get(shard).put(recordId, text);
      }
    }
  }

  private Store open() {
    return new StorageProvider(options).open(directory, Durability.PROCESS_CRASH, 2);
  }
}
