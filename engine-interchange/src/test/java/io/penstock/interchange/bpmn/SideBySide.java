package io.penstock.interchange.bpmn;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.ModelRunner;
import io.penstock.interchange.RunnerItem;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Plays two workflows with the same random choices and data: after each step the same can go on in
 * both, and both end alike. Tasks are known by their labels.
 */
final class SideBySide {
  private static final int STEPS = 80;
  private static final List<String> ERRORS = List.of("", "", "NO_FUNDS", "X", "ONE", "TWO", "UP");

  private final Workflow left;
  private final Map<String, String> leftLabels;
  private final Workflow right;
  private final Map<String, String> rightLabels;
  private Consumer<String> nextError = none -> {};

  SideBySide(
      final Workflow left,
      final Map<String, String> leftLabels,
      final Workflow right,
      final Map<String, String> rightLabels) {
    this.left = left;
    this.leftLabels = leftLabels;
    this.right = right;
    this.rightLabels = rightLabels;
  }

  /** Takes the code of the error that the next handler is to throw, or an empty text. */
  SideBySide onError(final Consumer<String> newNextError) {
    nextError = newNextError;
    return this;
  }

  /**
   * Plays one case.
   *
   * @return whether it ended within the steps
   */
  boolean play(final Random random) {
    final Map<String, Object> data = data(random);
    final ModelRunner one = ModelRunner.start(left, in -> set(in, left, data));
    final ModelRunner other = ModelRunner.start(right, in -> set(in, right, data));
    final List<String> steps = new ArrayList<>();
    for (int step = 0; step < STEPS && one.outcome().isEmpty(); step++) {
      assertSame(one, other, steps);
      final List<RunnerItem> items = sorted(one, leftLabels);
      final List<RunnerItem> twins = sorted(other, rightLabels);
      final int what = random.nextInt(10);
      if (what == 0 || items.isEmpty()) {
        steps.add("time");
        one.advance(Duration.ofMinutes(61));
        other.advance(Duration.ofMinutes(61));
      } else if (what == 1 && !left.messages().isEmpty()) {
        final String message = left.messages().get(random.nextInt(left.messages().size()));
        steps.add("send " + message);
        one.send(message, none -> {});
        other.send(message, none -> {});
      } else if (what == 2 && !left.signals().isEmpty()) {
        final String signal = left.signals().get(random.nextInt(left.signals().size()));
        steps.add("signal " + signal);
        one.signal(signal);
        other.signal(signal);
      } else {
        final int at = random.nextInt(items.size());
        final boolean fails = random.nextInt(6) == 0;
        final Map<String, Object> result = data(random);
        final String error = ERRORS.get(random.nextInt(ERRORS.size()));
        steps.add(error + " " + items.get(at) + (fails ? " fails" : "") + " " + result);
        nextError.accept(error);
        finish(one, left, items.get(at), fails, result);
        nextError.accept(error);
        finish(other, right, twins.get(at), fails, result);
      }
    }
    assertSame(one, other, steps);
    assertThat(other.outcome())
        .as("after %s: %s, %s", steps, one.failure(), other.failure())
        .isEqualTo(one.outcome());
    return one.outcome().isPresent();
  }

  private void assertSame(
      final ModelRunner one, final ModelRunner other, final List<String> steps) {
    assertThat(names(other, rightLabels)).as("after %s", steps).isEqualTo(names(one, leftLabels));
    assertThat(values(other)).as("after %s", steps).isEqualTo(values(one));
  }

  /** The values of the variables that both have: an import may need counters of its own. */
  private Map<String, Object> values(final ModelRunner runner) {
    final Map<String, Object> values = new TreeMap<>(runner.variables());
    values
        .keySet()
        .removeIf(name -> left.variable(name).isEmpty() || right.variable(name).isEmpty());
    return values;
  }

  private static void finish(
      final ModelRunner runner,
      final Workflow workflow,
      final RunnerItem item,
      final boolean fails,
      final Map<String, Object> result) {
    if (fails && item.kind() == TaskKind.WORKER) {
      runner.fail(item, "told to");
    } else if (item.kind() == TaskKind.WORKER) {
      runner.run(item);
    } else {
      runner.complete(item, in -> set(in, workflow, result));
    }
  }

  private static List<RunnerItem> sorted(
      final ModelRunner runner, final Map<String, String> labels) {
    return runner.items().stream()
        .sorted(
            Comparator.comparing((RunnerItem item) -> label(item, labels))
                .thenComparingInt(RunnerItem::number))
        .toList();
  }

  private static String label(final RunnerItem item, final Map<String, String> labels) {
    return labels.getOrDefault(item.task(), item.task());
  }

  private static List<String> names(final ModelRunner runner, final Map<String, String> labels) {
    return sorted(runner, labels).stream()
        .map(item -> label(item, labels) + " " + item.kind())
        .toList();
  }

  /** New values for some of the variables, by the name. */
  private Map<String, Object> data(final Random random) {
    final Map<String, Object> data = new LinkedHashMap<>();
    for (final Variable<?> variable : left.variables()) {
      if (random.nextInt(4) > 0) {
        switch (variable.type()) {
          case BOOLEAN -> data.put(variable.name(), random.nextBoolean());
          case LONG -> data.put(variable.name(), (long) random.nextInt(4));
          case DECIMAL -> data.put(variable.name(), BigDecimal.valueOf(random.nextInt(300), 1));
          case STRING -> data.put(variable.name(), List.of("a", "b", "").get(random.nextInt(3)));
          default -> {}
        }
      }
    }
    return data;
  }

  @SuppressWarnings("unchecked") // the value was made for the type of a variable of this name
  private static void set(
      final Inputs inputs, final Workflow workflow, final Map<String, Object> data) {
    data.forEach(
        (name, value) ->
            workflow
                .variable(name)
                .ifPresent(variable -> inputs.set((Variable<Object>) variable, value)));
  }
}
