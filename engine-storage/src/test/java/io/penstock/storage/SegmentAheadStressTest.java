package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writer and flusher hand segments over in every order; none is made by both. */
final class SegmentAheadStressTest {
  private static final int LENGTH = 4096;
  private static final int ROUNDS = 3_000;

  @TempDir Path directory;

  private final FileLayer files = new SystemFiles();

  @Test
  void shouldMakeEachSegmentOnceWhenTheWriterTakesItAtAnyMoment() throws Exception {
    final ShardIdentity identity = new ShardIdentity(1, 0);
    final SegmentAhead ahead =
        new SegmentAhead(files, (number, length) -> create(identity, number));
    final AtomicBoolean done = new AtomicBoolean();
    final ExecutorService flusher = Executors.newSingleThreadExecutor();
    final Future<?> making = flusher.submit(() -> makeUntil(done, ahead));

    int ready = 0;
    for (int number = 0; number < ROUNDS; number++) {
      ahead.want(number, LENGTH);
      pause(number % 200);
      final MappedFile taken = ahead.take();
      ready += taken == null ? 0 : 1;
      try (MappedFile segment = taken == null ? create(identity, number) : taken) {
        SegmentFormat.checkHeader(segment, identity, number);
        Files.delete(segment.path());
      }
    }
    done.set(true);
    making.get();
    flusher.shutdown();

    assertThat(ready).isPositive();
    assertThat(directory).isEmptyDirectory();
  }

  private static void makeUntil(final AtomicBoolean done, final SegmentAhead ahead) {
    while (!done.get()) {
      ahead.make();
    }
  }

  private static void pause(final int spins) {
    for (int i = 0; i < spins; i++) {
      Thread.onSpinWait();
    }
  }

  private MappedFile create(final ShardIdentity identity, final long number) throws IOException {
    final Path path = SegmentFiles.create(files, directory, identity, number, LENGTH, false);
    return MappedFile.writable(path);
  }
}
