package io.penstock.interchange.form;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.ModelRunner;
import io.penstock.interchange.RunnerItem;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Plays two workflows with the same choices and data: both must always be in the same state. */
final class SideBySide {
  private static final int STEPS = 40;

  private SideBySide() {}

  static void play(final Workflow one, final Workflow other, final long seed) {
    final Random random = new Random(seed);
    final Consumer<Inputs> data = data(one, random);
    final ModelRunner first = ModelRunner.start(one, data);
    final ModelRunner second = ModelRunner.start(other, data);
    for (int step = 0; step < STEPS && first.outcome().isEmpty(); step++) {
      compare(first, second);
      final List<RunnerItem> items = first.items();
      final int choice = random.nextInt(10);
      final Consumer<Inputs> inputs = data(one, random);
      if (choice == 0 || items.isEmpty()) {
        first.advance(Duration.ofHours(3));
        second.advance(Duration.ofHours(3));
      } else if (choice == 1 && !one.messages().isEmpty()) {
        final String message = one.messages().get(random.nextInt(one.messages().size()));
        assertThat(second.send(message, inputs)).isEqualTo(first.send(message, inputs));
      } else if (choice == 2 && !one.signals().isEmpty()) {
        first.signal(one.signals().get(0));
        second.signal(one.signals().get(0));
      } else {
        final int at = random.nextInt(items.size());
        finish(first, items.get(at), choice, inputs);
        finish(second, second.items().get(at), choice, inputs);
      }
    }
    compare(first, second);
  }

  private static void finish(
      final ModelRunner runner,
      final RunnerItem item,
      final int choice,
      final Consumer<Inputs> inputs) {
    if (item.kind() == TaskKind.WORKER && choice == 3) {
      runner.fail(item, "told to");
    } else if (item.kind() == TaskKind.WORKER && choice < 8) {
      runner.run(item);
    } else {
      runner.complete(item, inputs);
    }
  }

  private static Consumer<Inputs> data(final Workflow workflow, final Random random) {
    final boolean yes = random.nextBoolean();
    final long number = random.nextInt(5);
    return in -> {
      for (final Variable<?> variable : workflow.variables()) {
        set(in, variable, yes, number);
      }
    };
  }

  @SuppressWarnings("unchecked") // the type says what the variable holds
  private static void set(
      final Inputs in, final Variable<?> variable, final boolean yes, final long number) {
    switch (variable.type()) {
      case LONG -> in.set((Variable<Long>) variable, number);
      case BOOLEAN -> in.set((Variable<Boolean>) variable, yes);
      case DOUBLE -> in.set((Variable<Double>) variable, number / 7.0);
      case DECIMAL -> in.set((Variable<BigDecimal>) variable, BigDecimal.valueOf(number, 1));
      case STRING -> in.set((Variable<String>) variable, yes ? "open" : "shut");
      case DURATION -> in.set((Variable<Duration>) variable, Duration.ofSeconds(number));
      case INSTANT, BYTES -> {}
    }
  }

  private static void compare(final ModelRunner first, final ModelRunner second) {
    assertThat(second.items()).as("after %s", first.trace()).isEqualTo(first.items());
    assertThat(second.marking()).as("after %s", first.trace()).isEqualTo(first.marking());
    assertThat(second.trace()).isEqualTo(first.trace());
    assertThat(second.variables()).isEqualTo(first.variables());
    assertThat(second.outcome()).isEqualTo(first.outcome());
    assertThat(second.failure()).isEqualTo(first.failure());
  }
}
