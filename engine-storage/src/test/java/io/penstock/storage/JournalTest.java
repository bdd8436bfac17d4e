package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.penstock.spi.Durability;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recovery makes of a journal: whole, torn, damaged or not a journal at all. */
final class JournalTest {
  private static final int SEGMENT_LENGTH = 4096;

  @TempDir Path directory;

  private final StorageOptions options =
      StorageOptions.defaults()
          .withView(View.SLAB)
          .withSegmentLengths(SEGMENT_LENGTH, 2 * SEGMENT_LENGTH);

  @Test
  void shouldKeepEveryRecordWhenTheJournalRollsManyTimes() {
    final Map<Long, String> model = new HashMap<>();
    try (Store store = open()) {
      for (long recordId = 0; recordId < 2_000; recordId++) {
        final long id = recordId % 1_500;
        Records.append(store.shard(0), batch -> batch.image(id, "record " + id));
        model.put(id, "record " + id);
      }
    }

    assertThat(segments()).hasSizeGreaterThan(10);
    assertRecovered(model);
  }

  @Test
  void shouldKeepARecordWhenItIsLongerThanASegment() {
    final String large = "x".repeat(100_000);
    try (Store store = open()) {
      Records.append(store.shard(0), batch -> batch.image(1, "before"));
      Records.append(store.shard(0), batch -> batch.image(2, large));
      Records.append(store.shard(0), batch -> batch.image(3, "after"));
    }

    assertRecovered(Map.of(1L, "before", 2L, large, 3L, "after"));
  }

  @Test
  void shouldCutTheTailWhenTheLastFrameIsTornAtAnyByte() throws IOException {
    final int end = writeThree();
    final Path segment = segment(0);
    final byte[] whole = notForced(Files.readAllBytes(segment));
    final int lastFrame = end - frameLength("three");

    for (int cut = lastFrame; cut < end; cut++) {
      final byte[] torn = whole.clone();
      Arrays.fill(torn, cut, end, (byte) 0);
      // The length is stored last, so a torn frame has none; at the cut it may also have been
      // stored too early by a power failure.
      Files.write(segment, torn);
      final Map<Long, String> expected = new HashMap<>(Map.of(1L, "one", 2L, "two"));
      if (Arrays.equals(torn, whole)) {
        expected.put(3L, "three");
      }

      assertRecovered(expected);
      assertThat(notForced(Files.readAllBytes(segment)))
          .as("cut at %d", cut)
          .isEqualTo(expected.size() == 3 ? whole : zeroed(whole, lastFrame));
    }
  }

  @Test
  void shouldCutTheTailWhenTheLengthOfTheLastFrameWasNeverStored() throws IOException {
    final int end = writeThree();
    final Path segment = segment(0);
    final byte[] torn = notForced(Files.readAllBytes(segment));
    final int lastFrame = end - frameLength("three");
    Arrays.fill(torn, lastFrame, lastFrame + Integer.BYTES, (byte) 0);
    Files.write(segment, torn);

    assertRecovered(Map.of(1L, "one", 2L, "two"));

    try (Store store = open()) {
      Records.append(store.shard(0), batch -> batch.image(4, "four"));
    }
    assertRecovered(Map.of(1L, "one", 2L, "two", 4L, "four"));
  }

  @Test
  void shouldCutTheTailWhenTheFirstFrameOfASegmentIsTorn() throws IOException {
    final Map<Long, String> model = writeTwoSegments();
    final Path segment = segment(1);
    final byte[] bytes = notForced(Files.readAllBytes(segment));
    Files.write(segment(0), notForced(Files.readAllBytes(segment(0))));
    Files.write(
        segment,
        Arrays.copyOf(Arrays.copyOf(bytes, SegmentFormat.HEADER_LENGTH + 30), bytes.length));
    model.keySet().removeIf(recordId -> recordId >= firstOf(bytes));

    assertRecovered(model);
  }

  @Test
  void shouldRefuseAndChangeNothingWhenAnyByteBeforeTheTailIsDamaged() throws IOException {
    final int end = writeThree();
    final Path segment = segment(0);
    final byte[] whole = Files.readAllBytes(segment);
    final int lastFrame = end - frameLength("three");

    for (int position = 0; position < lastFrame; position++) {
      if (isReserved(position)) {
        continue;
      }
      final byte[] damaged = whole.clone();
      damaged[position] ^= 0x10;
      Files.write(segment, damaged);

      assertCorrupted(segment);
    }
    Files.write(segment, whole);
    assertRecovered(Map.of(1L, "one", 2L, "two", 3L, "three"));
  }

  @Test
  void shouldRefuseWhenTheLastFrameIsDamagedThoughItHadBeenForced() throws IOException {
    final int end = writeThree();
    final byte[] damaged = Files.readAllBytes(segment(0));
    damaged[end - 1] ^= 0x10;
    Files.write(segment(0), damaged);

    assertCorrupted(segment(0));
  }

  @Test
  void shouldRefuseWhenTheLastSegmentIsMissing() throws IOException {
    writeTwoSegments();
    final Path[] segments = segments();
    Files.delete(segments[segments.length - 1]);

    assertCorrupted(segments[segments.length - 2]);
  }

  @Test
  void shouldRefuseWhenAFrameIsMissingInTheMiddle() throws IOException {
    writeThree();
    final Path segment = segment(0);
    final byte[] bytes = Files.readAllBytes(segment);
    final int first = SegmentFormat.HEADER_LENGTH;
    final int second = first + frameLength("one");
    System.arraycopy(bytes, second, bytes, first, bytes.length - second);
    Files.write(segment, bytes);

    assertCorrupted(segment);
  }

  @Test
  void shouldRefuseWhenTheEndOfAnEarlierSegmentIsTorn() throws IOException {
    writeTwoSegments();
    final Path segment = segment(0);
    final byte[] bytes = Files.readAllBytes(segment);
    Arrays.fill(bytes, SEGMENT_LENGTH - 200, SEGMENT_LENGTH, (byte) 0);
    Files.write(segment, bytes);

    assertCorrupted(segment);
  }

  @Test
  void shouldEndBeforeTheFirstLostFrameWhenThePowerFailedBeforeTheForce() throws IOException {
    writeThree();
    loseSecondFrame(0, SystemBoot.current() + 1);

    assertRecovered(Map.of(1L, "one"));
    assertRecovered(Map.of(1L, "one"));
  }

  @Test
  void shouldDropLaterSegmentsWhenThePowerFailedBeforeTheForce() throws IOException {
    final Map<Long, String> model = writeTwoSegments();
    final long last = firstOf(Files.readAllBytes(segment(1)));
    for (int number = 0; number < segments().length; number++) {
      final byte[] bytes = Files.readAllBytes(segment(number));
      mark(bytes, 0, SystemBoot.current() + 1);
      if (number == 0) {
        Arrays.fill(bytes, SEGMENT_LENGTH - 100, SEGMENT_LENGTH, (byte) 0);
      }
      Files.write(segment(number), bytes);
    }

    try (Store store = open()) {
      final Map<Long, String> recovered = Records.all(store.shard(0));
      assertThat(model).containsAllEntriesOf(recovered);
      assertThat((long) recovered.size()).isBetween(last - 2, last - 1);
      Records.append(store.shard(0), batch -> batch.image(-1, "again"));
      recovered.put(-1L, "again");
      model.clear();
      model.putAll(recovered);
    }
    assertRecovered(model);
  }

  @Test
  void shouldRefuseWhenTheLostFrameHadBeenForcedBeforeThePowerFailed() throws IOException {
    writeThree();
    loseSecondFrame(3, SystemBoot.current() + 1);

    assertCorrupted(segment(0));
  }

  @Test
  void shouldRefuseWhenAFrameIsLostThoughTheSystemWentOn() throws IOException {
    assumeThat(SystemBoot.current()).isNotEqualTo(SystemBoot.UNKNOWN);
    writeThree();
    loseSecondFrame(0, SystemBoot.current());

    assertCorrupted(segment(0));
  }

  @Test
  void shouldRefuseWhenASegmentIsMissing() throws IOException {
    writeTwoSegments();
    Files.delete(segment(0));

    assertCorrupted(segment(0));
  }

  @Test
  void shouldRefuseWhenTheWholeJournalIsMissing() throws IOException {
    writeThree();
    Files.delete(segment(0));

    assertCorrupted(segment(0));
  }

  @Test
  void shouldRefuseWhenASegmentIsCutShort() throws IOException {
    writeThree();
    final byte[] bytes = Files.readAllBytes(segment(0));
    Files.write(segment(0), Arrays.copyOf(bytes, 300));

    assertCorrupted(segment(0));
  }

  @Test
  void shouldRefuseWhenASegmentIsAForeignFile() throws IOException {
    writeThree();
    for (final String text : new String[] {"hello", "hello".repeat(1_000)}) {
      Files.writeString(segment(0), text);

      assertCorrupted(segment(0));
    }
  }

  @Test
  void shouldRefuseWhenASegmentComesFromAnotherEngine(@TempDir final Path other)
      throws IOException {
    writeThree();
    final Path mine = segment(0);
    try (Store store = new StorageProvider(options).open(other, Durability.PROCESS_CRASH, 1)) {
      Records.append(store.shard(0), batch -> batch.image(9, "nine"));
    }
    Files.write(mine, Files.readAllBytes(other.resolve(directory.relativize(mine))));

    assertCorrupted(mine);
  }

  @Test
  void shouldRefuseWhenTheFormatVersionIsUnknown() throws IOException {
    writeThree();
    final byte[] bytes = Files.readAllBytes(segment(0));
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, SegmentFormat.VERSION + 1);
    Files.write(segment(0), bytes);

    assertThatThrownBy(this::open)
        .isInstanceOf(JournalCorruptedException.class)
        .hasMessageContaining("expected=1, actual=2");
  }

  @Test
  void shouldForgetASegmentWhenItsCreationWasCutShort() throws IOException {
    writeThree();
    final byte[] header = Arrays.copyOf(header(1), 2_000);
    for (final byte[] unborn : new byte[][] {{}, new byte[10], new byte[SEGMENT_LENGTH], header}) {
      Files.write(segment(1), unborn);
      Files.write(segment(1).resolveSibling(segment(1).getFileName() + ".tmp"), unborn);

      assertRecovered(Map.of(1L, "one", 2L, "two", 3L, "three"));
      assertThat(segment(1)).doesNotExist();
    }
  }

  @Test
  void shouldBeginAnewWhenTheFirstSegmentWasCutShort() throws IOException {
    open().close();
    Files.write(segment(0), new byte[0]);

    assertRecovered(Map.of());
    assertThat(segment(0)).hasSize(SEGMENT_LENGTH);
  }

  @Test
  void shouldTakeWhatAFrameCarriesForPayloadWhenItLooksLikeAFrame() throws IOException {
    final int end = writeThree();
    final byte[] frames =
        Arrays.copyOfRange(Files.readAllBytes(segment(0)), SegmentFormat.HEADER_LENGTH, end);
    final Path foreign = directory.resolveSibling(directory.getFileName() + "-foreign");
    try (Store store = new StorageProvider(options).open(foreign, Durability.PROCESS_CRASH, 1)) {
      store
          .shard(0)
          .append(
              Records.batchOf(1, frames)); // positions 1 to 3 of another engine, in a torn frame
    }
    final Path segment = foreign.resolve("shard-0").resolve(segment(0).getFileName());
    final byte[] bytes = notForced(Files.readAllBytes(segment));
    Arrays.fill(
        bytes, SegmentFormat.HEADER_LENGTH, SegmentFormat.HEADER_LENGTH + Integer.BYTES, (byte) 0);
    Files.write(segment, bytes);
    Files.delete(segment.resolveSibling(JournalMark.FILE_NAME));

    try (Store store = new StorageProvider(options).open(foreign, Durability.PROCESS_CRASH, 1)) {
      assertThat(Records.all(store.shard(0))).isEmpty();
    }
  }

  @Test
  void shouldRefuseAndGoOnLaterWhenThereIsNoRoomForTheNextSegment() throws IOException {
    final Path shard = directory.resolve("shard-0");
    final Path away = directory.resolve("away");
    final Map<Long, String> model = new HashMap<>();
    try (Store store = open()) {
      Files.move(shard, away);
      assertThatThrownBy(() -> appendForever(store.shard(0), model))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("make room");
      assertThat(Records.all(store.shard(0))).isEqualTo(model);
      Files.move(away, shard);

      Records.append(store.shard(0), batch -> batch.image(-1, "room again"));
      model.put(-1L, "room again");
    }

    assertRecovered(model);
  }

  @Test
  void shouldForceWhatWasAppendedAndThenRestWhenNothingFollows() {
    try (Store store = open()) {
      final Thread flusher = flusher();
      awaitState(flusher, Thread.State.WAITING);

      Records.append(store.shard(0), batch -> batch.image(1, "one"));

      awaitState(flusher, Thread.State.TIMED_WAITING);
      awaitState(flusher, Thread.State.WAITING);
    }
  }

  private void loseSecondFrame(final long forcedPosition, final long systemBoot)
      throws IOException {
    final byte[] bytes = Files.readAllBytes(segment(0));
    final int second = SegmentFormat.HEADER_LENGTH + frameLength("one");
    Arrays.fill(bytes, second, second + frameLength("two"), (byte) 0);
    mark(bytes, forcedPosition, systemBoot);
    Files.write(segment(0), bytes);
  }

  /** As it is when the process ended before the flusher came round. */
  private byte[] notForced(final byte[] segment) throws IOException {
    Files.deleteIfExists(directory.resolve("shard-0").resolve(JournalMark.FILE_NAME));
    ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN).putLong(40, 0);
    return segment;
  }

  private void mark(final byte[] segment, final long forcedPosition, final long systemBoot)
      throws IOException {
    Files.deleteIfExists(directory.resolve("shard-0").resolve(JournalMark.FILE_NAME));
    ByteBuffer.wrap(segment)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(40, forcedPosition)
        .putLong(48, systemBoot);
  }

  private static void appendForever(final ShardStore shard, final Map<Long, String> model) {
    for (long recordId = 0; ; recordId++) {
      final long id = recordId;
      Records.append(shard, batch -> batch.image(id, "r".repeat(200)));
      model.put(id, "r".repeat(200));
    }
  }

  private Thread flusher() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("penstock-flusher-" + directory.getFileName()))
        .findAny()
        .orElseThrow();
  }

  private static void awaitState(final Thread thread, final Thread.State state) {
    final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (thread.getState() != state) {
      assertThat(System.nanoTime()).as("%s awaited", state).isLessThan(deadlineNs);
      Thread.onSpinWait();
    }
  }

  private Store open() {
    return new StorageProvider(options).open(directory, Durability.PROCESS_CRASH, 1);
  }

  /** Writes three records in three frames. */
  private int writeThree() {
    try (Store store = open()) {
      final ShardStore shard = store.shard(0);
      Records.append(shard, batch -> batch.image(1, "one"));
      Records.append(shard, batch -> batch.image(2, "two"));
      Records.append(shard, batch -> batch.image(3, "three"));
    }
    return SegmentFormat.HEADER_LENGTH
        + frameLength("one")
        + frameLength("two")
        + frameLength("three");
  }

  private Map<Long, String> writeTwoSegments() {
    final Map<Long, String> model = new TreeMap<>();
    try (Store store = open()) {
      for (long recordId = 0; !Files.exists(segment(1)) || recordId < 80; recordId++) {
        final long id = recordId;
        Records.append(store.shard(0), batch -> batch.image(id, "r".repeat(30)));
        model.put(id, "r".repeat(30));
      }
    }
    return model;
  }

  private static long firstOf(final byte[] segment) {
    return ByteBuffer.wrap(segment)
        .order(ByteOrder.LITTLE_ENDIAN)
        .getLong(SegmentFormat.HEADER_LENGTH + SegmentFormat.FRAME_HEADER_LENGTH);
  }

  private byte[] header(final long number) throws IOException {
    final EngineManifest manifest = EngineManifest.read(directory);
    final ByteBuffer header = ByteBuffer.allocate(SegmentFormat.HEADER_LENGTH);
    SegmentFormat.writeHeader(
        header, new ShardIdentity(manifest.engineId(), 0), number, SEGMENT_LENGTH);
    return header.array();
  }

  private static boolean isReserved(final int position) {
    return position >= 40 && position < SegmentFormat.HEADER_LENGTH;
  }

  private static int frameLength(final String record) {
    return SegmentFormat.FRAME_HEADER_LENGTH + 16 + ((record.length() + 7) & ~7);
  }

  private static byte[] zeroed(final byte[] bytes, final int from) {
    final byte[] zeroed = bytes.clone();
    Arrays.fill(zeroed, from, zeroed.length, (byte) 0);
    return zeroed;
  }

  private Path segment(final long number) {
    return SegmentFiles.path(directory.resolve("shard-0"), number);
  }

  private Path[] segments() {
    try {
      return SegmentFiles.list(directory.resolve("shard-0")).stream()
          .map(SegmentFiles.Found::path)
          .toArray(Path[]::new);
    } catch (final IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertRecovered(final Map<Long, String> expected) {
    try (Store store = open()) {
      assertThat(Records.all(store.shard(0))).isEqualTo(expected);
    }
  }

  private void assertCorrupted(final Path file) {
    final Map<Path, Long> before = Trees.fingerprint(directory);
    assertThatThrownBy(this::open)
        .isInstanceOf(JournalCorruptedException.class)
        .hasMessageContaining("file=" + file)
        .hasMessageContaining("position=")
        .hasMessageContaining("expected=")
        .hasMessageContaining("actual=");
    assertThat(Trees.fingerprint(directory)).isEqualTo(before);
  }
}
