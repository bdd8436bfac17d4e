package io.penstock.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.WorkItem;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Steps every model of this module in a {@link ModelRunner} and in an engine side by side: the same
 * work items are open after each step, and the end is the same.
 */
@Timeout(120)
class RunnerAndEngineTest {
  private static final long SEED = 41;
  private static final int RUNS = 4;
  private static final int STEPS = 25;

  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);

  @Test
  void shouldStepAsTheEngineDoes() throws IOException {
    final List<Path> models = new ArrayList<>();
    models.addAll(ModelsTest.models(ModelsTest.RESOURCES.resolve("bpmn")));
    models.addAll(ModelsTest.models(ModelsTest.RESOURCES.resolve("yawl")));
    int compared = 0;
    for (final Path model : models) { // names repeat, so each has an engine of its own
      try (Engine engine = Engine.inMemory(EngineOptions.defaults().shards(1).clock(clock))) {
        final Workflow workflow;
        try {
          workflow = read(model);
        } catch (final ImportException e) {
          continue;
        }
        if (hasWorkers(workflow)) {
          continue; // threads of an engine take their time
        }
        engine.deploy(workflow);
        for (int run = 0; run < RUNS; run++) {
          compare(model, workflow, engine, new Random(SEED + run));
        }
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(40);
  }

  private static Workflow read(final Path model) {
    return ModelsTest.read(model, ImportOptions.byHand().allowUnsound("compared"))
        .workflows()
        .get(0);
  }

  private static boolean hasWorkers(final Workflow workflow) {
    for (int net = 0; net < workflow.nets().size(); net++) {
      for (int task = 0; task < workflow.nets().get(net).taskCount(); task++) {
        if (workflow.task(net, task).kind() == TaskKind.WORKER) {
          return true;
        }
      }
    }
    return false;
  }

  private void compare(
      final Path model, final Workflow workflow, final Engine engine, final Random random) {
    final ModelRunner runner = ModelRunner.start(workflow, none -> {});
    final CaseHandle handle = engine.start(workflow, none -> {});
    final List<String> steps = new ArrayList<>();
    for (int step = 0; step < STEPS && runner.outcome().isEmpty(); step++) {
      assertThat(manual(handle)).as("%s after %s", model, steps).isEqualTo(manual(runner));
      final List<RunnerItem> items =
          runner.items().stream().filter(item -> item.kind() == TaskKind.MANUAL).toList();
      final int choice = random.nextInt(10);
      if (choice == 0) {
        steps.add("time");
        runner.advance(Duration.ofMinutes(61));
        clock.advance(Duration.ofMinutes(61));
      } else if (choice == 1 && !workflow.messages().isEmpty()) {
        final String message = workflow.messages().get(random.nextInt(workflow.messages().size()));
        steps.add(message);
        runner.send(message, none -> {});
        handle.send(message, none -> {});
      } else if (choice == 2 && !workflow.signals().isEmpty()) {
        final String signal = workflow.signals().get(random.nextInt(workflow.signals().size()));
        steps.add(signal);
        runner.signal(signal);
        handle.signal(signal, none -> {});
      } else if (!items.isEmpty()) {
        final RunnerItem item = items.get(random.nextInt(items.size()));
        steps.add(item.task());
        runner.complete(item);
        complete(handle, item.task(), nth(items, item));
      } else {
        runner.advance(Duration.ofMinutes(61));
        clock.advance(Duration.ofMinutes(61));
      }
    }
    final Optional<Outcome> ended = handle.status().outcome();
    assertThat(ended)
        .as("%s after %s: %s", model, steps, runner.failure())
        .isEqualTo(runner.outcome());
    if (ended.isEmpty()) {
      handle.cancel();
    }
  }

  /** Which of the items of its task an item is. */
  private static int nth(final List<RunnerItem> items, final RunnerItem item) {
    return items.stream().filter(each -> each.task().equals(item.task())).toList().indexOf(item);
  }

  private static void complete(final CaseHandle handle, final String task, final int nth) {
    final List<WorkItem> items =
        handle.workItems().stream().filter(item -> item.task().equals(task)).toList();
    handle.complete(items.get(nth), "tester", none -> {});
  }

  private static List<String> manual(final ModelRunner runner) {
    return runner.items().stream()
        .filter(item -> item.kind() == TaskKind.MANUAL)
        .map(RunnerItem::task)
        .sorted()
        .toList();
  }

  private static List<String> manual(final CaseHandle handle) {
    try {
      return handle.workItems().stream().map(WorkItem::task).sorted().toList();
    } catch (final CommandRejectedException e) {
      return List.of();
    }
  }
}
