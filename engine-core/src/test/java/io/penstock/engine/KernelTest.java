package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CommandEncoder.CommandType;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The pure step: what one command does to the records, and what it answers. */
class KernelTest {
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final Workflow WORKER =
      Workflow.define("worker")
          .variables(TEXT)
          .task("work", work -> {})
          .retry(Retry.fixed(3, Duration.ZERO))
          .manual("then")
          .build();

  private static CommandEncoder result(
      final KernelRig rig, final CommandType type, final long caseId, final int attempt) {
    return rig.command(type, caseId)
        .putLong(0)
        .putLong(rig.record(caseId).itemNumber(0))
        .putLong(attempt)
        .putLong(0)
        .putLong(0)
        .putLong(0);
  }

  private static CommandEncoder completed(
      final KernelRig rig, final long caseId, final int attempt) {
    return result(rig, CommandType.COMPLETE_TASK, caseId, attempt).changes(new Changes(WORKER));
  }

  @Test
  void shouldNotTakeTheLateResultOfAnEarlierAttempt() {
    final KernelRig rig = new KernelRig(WORKER);
    final long caseId = rig.start(in -> {});
    final byte[] before = rig.store.records.get(caseId);

    rig.execute(completed(rig, caseId, 2));
    rig.execute(result(rig, CommandType.FAIL_TASK, caseId, 0).putLong(1).text("late"));

    assertThat(rig.store.records.get(caseId)).as("nothing has changed").isEqualTo(before);
    rig.execute(completed(rig, caseId, 1));
    assertThat(rig.record(caseId).itemState(0)).isEqualTo(CaseRecord.ITEM_NONE);
  }

  @Test
  void shouldAnswerARefusedCommandOnceAndChangeNothing() {
    final Workflow waits =
        Workflow.define("waits").variables(TEXT).manual("m").awaitMessage("go").build();
    final KernelRig rig = new KernelRig(waits);
    final long caseId = rig.start(in -> {});
    final String longText = "x".repeat(4_000);
    Object answer = null;
    Map<Long, byte[]> before = Map.of();
    for (int i = 0; i < 20 && answer == null; i++) {
      before = new TreeMap<>(rig.store.records);
      final Changes changes = new Changes(waits).set(TEXT, longText);
      answer =
          rig.execute(
              rig.command(CommandType.SEND_MESSAGE, caseId)
                  .text("go")
                  .text("key " + i)
                  .changes(changes));
      assertThat(rig.effects.answered.size()).as("message %d", i).isEqualTo(1);
    }

    assertThat(answer)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.RECORD_TOO_LARGE));
    assertThat(rig.store.records).containsExactlyEntriesOf(before);
  }
}
