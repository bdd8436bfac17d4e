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

    assertThat(read(cases[7])).as("who held it").isEqualTo(CaseStatus.FAILED);
    assertThat(table.statusOf(cases[7])).as("who asks now").isEqualTo(CaseStatus.UNKNOWN);
    assertThat(table.chunkIfThere(cases[7])).isNull();
  }

  @Test
  void shouldShowHowACaseEndedHoweverManyOthersHadItsSlotMeanwhile() {
    final long goesOn = CaseId.of(0, 1, table.allocate(0));
    table.publish(goesOn, CaseStatus.RUNNING);
    final long ends = CaseId.of(0, 2, table.allocate(0));
    table.publish(ends, CaseStatus.RUNNING);
    final long[] ofGoesOn = table.chunk(goesOn);
    final long[] ofEnds = table.chunk(ends);
    table.publish(ends, CaseStatus.TIMED_OUT);
    table.release(ends);

    int slotMax = 0;
    for (int generation = 3; generation < 10_000; generation++) {
      final long other = CaseId.of(0, generation, table.allocate(0));
      slotMax = Math.max(slotMax, CaseId.slot(other));
      table.publish(other, CaseStatus.RUNNING);
      table.publish(other, CaseStatus.COMPLETED);
      table.release(other);
    }
    assertThat(table.statusOf(goesOn)).as("who asks now").isEqualTo(CaseStatus.RUNNING);
    table.publish(goesOn, CaseStatus.CANCELLED);
    table.release(goesOn);

    assertThat(StatusTable.read(ofEnds, StatusTable.index(ends), 2))
        .isEqualTo(CaseStatus.TIMED_OUT);
    assertThat(StatusTable.read(ofGoesOn, StatusTable.index(goesOn), 1))
        .as("a case that went on while its chunk was replaced")
        .isEqualTo(CaseStatus.CANCELLED);
    assertThat(slotMax).as("slots are used again").isLessThan(192);
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
