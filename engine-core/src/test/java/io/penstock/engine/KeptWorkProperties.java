package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The backlog's times against a queue that has the time of each work item beside it. */
class KeptWorkProperties {
  @Property(tries = 200)
  void givesEachWorkItemTheTimeOfTheRoundThatStoredIt(@ForAll final long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final KeptWork kept = new KeptWork();
    final Deque<Long> stored = new ArrayDeque<>();
    int added = 0;
    for (int i = 0; i < 300; i++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          kept.add();
          added++;
        }
        case 3, 4 -> {
          final long persistNs = random.nextLong(1, 1_000_000);
          kept.persisted(persistNs);
          for (; added > 0; added--) {
            stored.add(persistNs);
          }
        }
        case 5, 6 -> {
          if (!stored.isEmpty()) {
            assertThat(kept.next()).isEqualTo(stored.remove());
          } else if (added > 0) {
            assertThat(kept.next()).isZero();
            added--;
          }
        }
        default -> {
          if (random.nextInt(20) == 0) {
            kept.clear();
            stored.clear();
            added = 0;
          }
        }
      }
    }
  }
}
