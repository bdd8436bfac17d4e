package io.penstock.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cases of all 43 patterns at the same time in one engine. */
@Timeout(300)
class PatternsStress {
  private static final List<Rejection> TOO_LATE =
      List.of(Rejection.CASE_ENDED, Rejection.WORK_ITEM_NOT_OPEN, Rejection.UNKNOWN_CASE);

  @TempDir private Path directory;

  @Test
  void shouldEndTenCasesOfEachPatternAtOnce() throws Exception {
    endAll(10);
  }

  @Test
  @Tag("slow")
  void shouldEndThreeHundredCasesOfEachPatternAtOnce() throws Exception {
    endAll(300);
  }

  private record Started(Pattern pattern, Workflow workflow, CaseHandle handle) {}

  private void endAll(final int casesOfEach) throws Exception {
    final List<Started> all = new ArrayList<>();
    try (Engine engine = Engine.open(directory, EngineOptions.defaults().shards(2))) {
      for (final Pattern pattern : Patterns.all()) {
        pattern.desk.holdNothing();
        final Workflow workflow = pattern.workflow();
        engine.deploy(workflow);
        for (int i = 0; i < casesOfEach; i++) {
          all.add(
              new Started(pattern, workflow, engine.start(workflow, in -> begin(workflow, in))));
        }
      }
      assertThat(all).hasSize(43 * casesOfEach);

      List<Started> left = all;
      while (!left.isEmpty()) {
        left.forEach(PatternsStress::goOn);
        left = left.stream().filter(known -> known.handle.status().outcome().isEmpty()).toList();
      }

      for (final Started ended : all) {
        assertThat(ended.handle.join())
            .as("%s: %s", Patterns.title(ended.pattern), ended.handle.failure().orElse(""))
            .isEqualTo(
                Patterns.title(ended.pattern).endsWith("Cancel Case")
                    ? Outcome.CANCELLED
                    : Outcome.COMPLETED);
      }
    }
    all.stream()
        .map(Started::pattern)
        .distinct()
        .forEach(
            pattern ->
                assertThat(pattern.desk.takeNoted().size() % casesOfEach)
                    .as("each case ran as many inline tasks: %s", Patterns.title(pattern))
                    .isZero());
  }

  /** What the data must say so that each comes to its end. */
  private static void begin(final Workflow workflow, final Inputs inputs) {
    set(workflow, inputs, Variable.ofString("lines"), "pen,ink");
    set(workflow, inputs, Variable.ofLong("count"), 2L);
    set(workflow, inputs, Variable.ofBoolean("correct"), true);
    set(workflow, inputs, Variable.ofBoolean("complete"), true);
    set(workflow, inputs, Variable.ofBoolean("review"), true);
  }

  private static <T> void set(
      final Workflow workflow, final Inputs inputs, final Variable<T> variable, final T value) {
    if (workflow.variables().contains(variable)) {
      inputs.set(variable, value);
    }
  }

  /** Does the last of what is offered; else tells what the case may wait for. */
  private static void goOn(final Started known) {
    try {
      final CaseHandle handle = known.handle;
      final List<WorkItem> items = handle.workItems();
      if (!items.isEmpty()) {
        handle.complete(items.get(items.size() - 1), "alice", in -> {});
        return;
      }
      for (final String message : known.workflow.messages()) {
        handle.send(message, "once", in -> {});
      }
      for (final String signal : known.workflow.signals()) {
        handle.signal(signal, in -> {});
      }
    } catch (final CommandRejectedException e) {
      assertThat(e.rejection()).isIn(TOO_LATE); // a handler was faster
    }
  }
}
