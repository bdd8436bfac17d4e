package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HotReadsTest {
  private static final int WORDS = 64;

  private final StatusTable statuses = new StatusTable();
  private final HotReads reads = new HotReads(statuses);

  /** An engine is watched from its opening on. */
  @Test
  void shouldReadTheWordsOfCasesThatCameLater() {
    reads.accept(WORDS);
    assertThat(reads.running()).isZero();
    final int slot = statuses.allocate(700);
    statuses.publish(CaseId.of(700, 1, slot), CaseStatus.RUNNING);
    reads.accept(WORDS);
    assertThat(reads.running()).isEqualTo(1);

    statuses.publish(CaseId.of(700, 1, slot), CaseStatus.COMPLETED);
    reads.accept(WORDS);

    assertThat(reads.running()).as("the words as they are now").isEqualTo(1);
  }
}
