package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusTableTest {
  private final StatusTable table = new StatusTable();

  private CaseStatus read(final long caseId) {
    final long[] chunk = table.chunk(caseId);
    return chunk == null
        ? CaseStatus.UNKNOWN
        : StatusTable.read(chunk, StatusTable.index(caseId), CaseId.generation(caseId));
  }

  @Test
  void shouldShowTheStatusOfEachCaseAndForgetItWhenReleased() {
    final long[] cases = new long[200];
    for (int i = 0; i < cases.length; i++) {
      cases[i] = CaseId.of(i % 3, i + 1, table.allocate(i % 3));
      table.publish(cases[i], i % 2 == 0 ? CaseStatus.RUNNING : CaseStatus.FAILED);
    }
    for (int i = 0; i < cases.length; i++) {
      assertThat(read(cases[i])).isEqualTo(i % 2 == 0 ? CaseStatus.RUNNING : CaseStatus.FAILED);
    }

    table.release(cases[7]);
    final long successor = CaseId.of(7 % 3, 999, table.allocate(7 % 3));
    table.publish(successor, CaseStatus.COMPLETED);

    assertThat(CaseId.slot(successor)).isEqualTo(CaseId.slot(cases[7]));
    assertThat(read(successor)).isEqualTo(CaseStatus.COMPLETED);
    assertThat(read(cases[7])).as("another case has its slot").isEqualTo(CaseStatus.UNKNOWN);
  }

  @Test
  void shouldGiveFreeSlotsAfterRecovery() {
    final long recovered = CaseId.of(5, 1, 3);
    table.reserve(recovered);
    table.publish(recovered, CaseStatus.RUNNING);
    table.collectFree();

    assertThat(
            new int[] {table.allocate(5), table.allocate(5), table.allocate(5), table.allocate(5)})
        .containsExactlyInAnyOrder(0, 1, 2, 4);
  }

  @Test
  void shouldPutAnIdTogetherFromItsParts() {
    final long caseId = CaseId.of(1023, CaseId.GENERATION_MASK, (1 << CaseId.SLOT_BITS) - 1);

    assertThat(caseId).isPositive();
    assertThat(CaseId.virtualShard(caseId)).isEqualTo(1023);
    assertThat(CaseId.generation(caseId)).isEqualTo(CaseId.GENERATION_MASK);
    assertThat(CaseId.slot(caseId)).isEqualTo((1 << CaseId.SLOT_BITS) - 1);
  }
}
