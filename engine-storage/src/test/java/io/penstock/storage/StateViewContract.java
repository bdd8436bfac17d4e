package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every view does. */
abstract class StateViewContract {
  private final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
  private StateView view;

  abstract StateView create();

  @BeforeEach
  void open() {
    view = create();
  }

  @AfterEach
  void close() {
    view.close();
  }

  @Test
  void shouldReadWhatWasPut() {
    put(7, Patterns.of(7, 1, 300));

    assertThat(read(7)).isEqualTo(Patterns.of(7, 1, 300));
    assertThat(view.size()).isEqualTo(1);
  }

  @Test
  void shouldReadNothingWhenNeverPut() {
    assertThat(view.read(7, target, 0)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE})
  void shouldTakeAnyIdWhateverItsBits(final long recordId) {
    put(recordId, Patterns.of(recordId, 1, 40));

    assertThat(read(recordId)).isEqualTo(Patterns.of(recordId, 1, 40));

    view.remove(recordId);
    assertThat(view.read(recordId, target, 0)).isEqualTo(-1);
    assertThat(view.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 100, 3_999, 4_048, 4_049, 65_536, 131_072, 1_048_576, 5_000_000})
  void shouldKeepRecordsOfAnyLength(final int length) {
    put(1, Patterns.of(1, 1, length));
    put(2, Patterns.of(2, 1, 100));

    assertThat(read(1)).isEqualTo(Patterns.of(1, 1, length));
    assertThat(read(2)).isEqualTo(Patterns.of(2, 1, 100));
  }

  @Test
  void shouldHoldTheLastBytesWhenARecordGrowsAndShrinks() {
    for (final int length : new int[] {100, 5_000, 200_000, 90, 0, 4_000, 70_000, 1}) {
      put(1, Patterns.of(1, length, length));

      assertThat(read(1)).isEqualTo(Patterns.of(1, length, length));
      assertThat(view.size()).isEqualTo(1);
    }
  }

  @Test
  void shouldPutAtTheOffsetWhenReading() {
    put(1, Patterns.of(1, 1, 16));

    final int length = view.read(1, target, 5);

    final byte[] bytes = new byte[length];
    target.getBytes(5, bytes);
    assertThat(bytes).isEqualTo(Patterns.of(1, 1, 16));
  }

  @Test
  void shouldRefuseAndStayUsableWhenTheTargetIsTooShort() {
    put(1, Patterns.of(1, 1, 100));

    assertThatThrownBy(() -> view.read(1, new UnsafeBuffer(new byte[10]), 0))
        .isInstanceOf(IndexOutOfBoundsException.class);

    put(1, Patterns.of(1, 2, 100));
    assertThat(read(1)).isEqualTo(Patterns.of(1, 2, 100));
  }

  @Test
  void shouldNotCareWhenTheThreadIsInterrupted() {
    Thread.currentThread().interrupt();
    try {
      for (int i = 0; i < 2_000; i++) {
        put(i, Patterns.of(i, 1, 200));
        assertThat(view.read(i, target, 0)).isEqualTo(200);
      }
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(read(1_999)).isEqualTo(Patterns.of(1_999, 1, 200));
  }

  @Test
  void shouldEqualAPlainMapAfterManyRandomOperations() {
    final SplittableRandom random = new SplittableRandom(42);
    final Map<Long, byte[]> model = new HashMap<>();
    for (int i = 0; i < 60_000; i++) {
      final long recordId = random.nextInt(8_000) * 1_000_003L;
      if (random.nextInt(4) == 0) {
        view.remove(recordId);
        model.remove(recordId);
      } else {
        final int length = random.nextInt(50) == 0 ? random.nextInt(20_000) : random.nextInt(600);
        final byte[] bytes = Patterns.of(recordId, i, length);
        put(recordId, bytes);
        model.put(recordId, bytes);
      }
    }

    assertThat(view.size()).isEqualTo(model.size());
    model.forEach((recordId, bytes) -> assertThat(read(recordId)).isEqualTo(bytes));
    final Map<Long, byte[]> shown = new HashMap<>();
    view.forEach(
        (recordId, image, offset, length) -> {
          final byte[] bytes = new byte[length];
          image.getBytes(offset, bytes);
          assertThat(shown.put(recordId, bytes)).isNull();
        });
    assertThat(shown.keySet()).isEqualTo(model.keySet());
    shown.forEach((recordId, bytes) -> assertThat(bytes).isEqualTo(model.get(recordId)));
  }

  @Test
  void shouldNeverShowATornOrMissingRecordWhenReadWhileWritten() throws Exception {
    final int records = 64;
    for (int recordId = 0; recordId < records; recordId++) {
      put(recordId, Patterns.of(recordId, 0, 100));
    }
    final AtomicBoolean done = new AtomicBoolean();
    final ExecutorService readers = Executors.newFixedThreadPool(3);
    final List<Future<Long>> reads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      reads.add(readers.submit(readUntil(done, records, i)));
    }

    final SplittableRandom random = new SplittableRandom(7);
    for (int i = 1; i < 60_000; i++) {
      final int recordId = random.nextInt(records);
      final int length =
          Patterns.LENGTH_MIN + random.nextInt(random.nextInt(40) == 0 ? 9_000 : 700);
      put(recordId, Patterns.of(recordId, i, length));
      put(1_000 + i, Patterns.of(1_000 + i, i, 120)); // makes the view grow under the readers
    }
    done.set(true);

    for (final Future<Long> count : reads) {
      assertThat(count.get()).isPositive();
    }
    readers.shutdown();
  }

  @Test
  void shouldAnswerNothingWhenClosedUnderReaders() throws Exception {
    for (int recordId = 0; recordId < 1_000; recordId++) {
      put(recordId, Patterns.of(recordId, 0, 300));
    }
    final ExecutorService readers = Executors.newFixedThreadPool(3);
    final List<Future<?>> reads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      reads.add(readers.submit(this::readUntilNothing));
    }

    view.close();

    for (final Future<?> read : reads) {
      read.get();
    }
    assertThat(view.read(1, target, 0)).isEqualTo(-1);
    readers.shutdown();
  }

  private Callable<Long> readUntil(final AtomicBoolean done, final int records, final int seed) {
    return () -> {
      final ExpandableArrayBuffer own = new ExpandableArrayBuffer();
      final SplittableRandom random = new SplittableRandom(seed);
      long reads = 0;
      while (!done.get()) {
        final long recordId = random.nextInt(records);
        Patterns.check(recordId, own, view.read(recordId, own, 0));
        reads++;
      }
      return reads;
    };
  }

  private void readUntilNothing() {
    final ExpandableArrayBuffer own = new ExpandableArrayBuffer();
    for (long recordId = 0; ; recordId = (recordId + 1) % 1_000) {
      final int length = view.read(recordId, own, 0);
      if (length < 0) {
        return;
      }
      Patterns.check(recordId, own, length);
    }
  }

  private void put(final long recordId, final byte[] bytes) {
    view.put(recordId, new UnsafeBuffer(bytes), 0, bytes.length);
  }

  private byte[] read(final long recordId) {
    final int length = view.read(recordId, target, 0);
    assertThat(length).as("record %d", recordId).isNotNegative();
    final byte[] bytes = new byte[length];
    target.getBytes(0, bytes);
    return bytes;
  }
}
