package io.penstock.engine;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Does hot reads, so many at a call, on the very words that handles read: what R1 is measured with.
 * Until there is a case, it reads words of its own.
 */
final class HotReads implements IntConsumer {
  private final StatusTable statuses;

  /** Words of cases once there are any; chunks never move. */
  private long @Nullable [] found;

  private final long[] empty = StatusTable.emptyChunk();
  private int running;

  HotReads(final StatusTable statuses) {
    this.statuses = statuses;
  }

  @Override
  public void accept(final int reads) {
    if (found == null) {
      found = statuses.anyChunk();
    }
    final long[] words = found == null ? empty : found;
    int count = 0;
    for (int i = 0; i < reads; i++) {
      count += StatusTable.read(words, i & words.length - 1, 1) == CaseStatus.RUNNING ? 1 : 0;
    }
    running += count; // kept, so that the reads are not optimised away
  }

  /** How many of the reads found a running case of the first generation. */
  int running() {
    return running;
  }
}
