package io.penstock.engine;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Does hot reads, so many at a call, on the very words that handles read: what R1 is measured with.
 */
final class HotReads implements IntConsumer {
  private static final long PROBED_CASE = CaseId.of(0, 1, 0);

  private final long @Nullable [] chunk;
  private int running;

  HotReads(final StatusTable statuses) {
    chunk = statuses.chunk(PROBED_CASE);
  }

  @Override
  public void accept(final int reads) {
    final long[] words = chunk == null ? new long[64] : chunk;
    int found = 0;
    for (int i = 0; i < reads; i++) {
      found += StatusTable.read(words, i & 63, 1) == CaseStatus.RUNNING ? 1 : 0;
    }
    running += found; // kept, so that the reads are not optimised away
  }

  /** How many of the reads found a running case. */
  int running() {
    return running;
  }
}
