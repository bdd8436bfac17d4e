package io.penstock.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.workflow.Inputs;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Plays the expected behaviour of a model, which stands beside it in a file of lines:
 *
 * <pre>
 *   start NAME=VALUE ...     begins a case (again); what else is said is of it
 *   open TASK ...            exactly these can go on
 *   do TASK NAME=VALUE ...   completes one
 *   begin TASK               starts one
 *   run                      runs all handlers
 *   error TASK CODE          lets the next run of a task throw an error of the model
 *   send MESSAGE, signal SIGNAL, after DURATION
 *   thrown EVENT ...         exactly these were thrown since the last time
 *   add TASK, full TASK      an instance can, cannot be added
 *   value NAME=VALUE
 *   ends OUTCOME             and says why: ends FAILED text
 *   refused TEXT             instead of all others: a problem of the import says this
 *   note TEXT                something that was left out
 * </pre>
 */
final class Story {
  private final ImportedModel model;
  private final Workflow workflow;
  private final ModelErrors errors;
  private final List<String> thrown = new ArrayList<>();
  private ModelRunner runner;

  /** Lets handlers throw errors of the model. */
  static final class ModelErrors {
    private String task = "";
    private String code = "";

    void next(final String newTask, final String newCode) {
      task = newTask;
      code = newCode;
    }

    void throwIfAsked(final String name) {
      if (name.equals(task)) {
        task = "";
        throw new ModelError(code);
      }
    }
  }

  Story(final ImportedModel model, final ModelErrors errors) {
    this.model = model;
    this.errors = errors;
    workflow = model.workflows().get(0);
    runner = ModelRunner.start(workflow, none -> {});
  }

  void play(final String line) {
    final String[] words = line.split("\\s+");
    final List<String> rest = Arrays.asList(words).subList(1, words.length);
    switch (words[0]) {
      case "start" -> {
        runner = ModelRunner.start(workflow, in -> rest.forEach(each -> set(in, each)));
        runner.onThrown(
            event -> {
              thrown.add(event.name());
              if (event.kind() == ThrownEvent.Kind.SIGNAL) {
                runner.signal(event.name());
              } else if (event.kind() == ThrownEvent.Kind.MESSAGE) {
                runner.send(event.name(), none -> {});
              }
            });
        thrown.clear();
      }
      case "open" ->
          assertThat(runner.items().stream().map(item -> item.task().replace(' ', '_')).toList())
              .containsExactlyInAnyOrderElementsOf(rest);
      case "do" ->
          assertThat(
                  runner.complete(
                      item(rest.get(0)),
                      in -> rest.stream().skip(1).forEach(each -> set(in, each))))
              .isTrue();
      case "begin" -> assertThat(runner.start(item(rest.get(0)))).isTrue();
      case "run" -> runner.runHandlers();
      case "error" -> errors.next(rest.get(0), rest.get(1));
      case "send" -> assertThat(runner.send(rest.get(0), none -> {})).isTrue();
      case "signal" -> runner.signal(rest.get(0));
      case "add" -> assertThat(runner.addInstance(rest.get(0))).isTrue();
      case "full" -> assertThat(runner.addInstance(rest.get(0))).isFalse();
      case "after" -> runner.advance(Duration.parse(rest.get(0)));
      case "thrown" -> {
        assertThat(thrown).containsExactlyElementsOf(rest);
        thrown.clear();
      }
      case "value" -> {
        final String[] parts = rest.get(0).split("=", 2);
        assertThat(String.valueOf(runner.variables().get(parts[0]))).isEqualTo(parts[1]);
      }
      case "ends" -> {
        assertThat(runner.outcome().map(Enum::name))
            .as("marking=%s, failure=%s", runner.marking(), runner.failure())
            .contains(rest.get(0));
        assertThat(runner.failure().orElse(""))
            .contains(String.join(" ", rest.subList(1, rest.size())));
      }
      case "note" ->
          assertThat(model.report().notes()).anyMatch(n -> n.toString().contains(after(line)));
      default -> throw new IllegalArgumentException("line must be known: line=" + line);
    }
  }

  static String after(final String line) {
    return line.substring(line.indexOf(' ') + 1);
  }

  private RunnerItem item(final String task) {
    return runner
        .item(task)
        .orElseThrow(() -> new AssertionError("not open: " + task + " in " + runner.items()));
  }

  private void set(final Inputs inputs, final String text) {
    final String[] parts = text.split("=", 2);
    final Variable<?> variable =
        workflow
            .variable(parts[0].replace('_', ' '))
            .or(() -> workflow.variable(parts[0]))
            .orElseThrow(() -> new AssertionError("no such variable: " + text));
    put(inputs, variable, parts[1]);
  }

  @SuppressWarnings("unchecked") // the type says what the variable holds
  private static void put(final Inputs inputs, final Variable<?> variable, final String value) {
    switch (variable.type()) {
      case LONG -> inputs.set((Variable<Long>) variable, Long.parseLong(value));
      case DECIMAL -> inputs.set((Variable<BigDecimal>) variable, new BigDecimal(value));
      case BOOLEAN -> inputs.set((Variable<Boolean>) variable, Boolean.parseBoolean(value));
      case STRING -> inputs.set((Variable<String>) variable, value);
      default -> throw new AssertionError(variable);
    }
  }
}
