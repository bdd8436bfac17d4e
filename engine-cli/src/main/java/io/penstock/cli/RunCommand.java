package io.penstock.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.penstock.engine.Outcome;
import io.penstock.interchange.ModelRunner;
import io.penstock.interchange.RunnerItem;
import io.penstock.interchange.ThrownEvent;
import io.penstock.workflow.Decimals;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock run}: plays one case of a model, without an engine and without handlers. */
@Command(
    name = "run",
    description = {
      "Plays one case of a model: every task is completed as soon as it can be," + " what",
      "waits for a message or a signal gets it when nothing else is left, and then time passes."
    },
    footer = {
      "  penstock run order.bpmn --input order.json",
      "  where order.json is {\"amount\": 120, \"@tasks\": {\"approve\": {\"approved\": true}}}"
    })
final class RunCommand implements Callable<Integer> {
  private static final String TASKS = "@tasks";

  @Mixin private final ModelFile file = new ModelFile();

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description =
          "a JSON object: first values of variables by name; under @tasks, by the name of a task,"
              + " an object of those that it sets when it is completed")
  private @Nullable Path input;

  @Option(
      names = "--steps-max",
      paramLabel = "N",
      description = "stop after so many steps; 1000 without this",
      defaultValue = "1000")
  private int stepsMax = 1000;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private final Map<String, Map<String, String>> values = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    if (input != null) {
      readInput(input);
    }
    final AtomicReference<Workflow> played = new AtomicReference<>();
    final Workflow workflow =
        file.workflow(file.read(work -> set(played.get(), work, work.task())));
    played.set(workflow);
    final PrintWriter out = spec.commandLine().getOut();
    final ModelRunner runner = ModelRunner.start(workflow, in -> set(workflow, in, ""));
    runner.onThrown(
        event -> {
          out.println("  throws " + event);
          if (event.kind() == ThrownEvent.Kind.SIGNAL) {
            runner.signal(event.name());
          } else if (event.kind() == ThrownEvent.Kind.MESSAGE) {
            runner.send(event.name(), none -> {});
          }
        });
    out.println(workflow + " starts");
    int steps = 0;
    while (runner.outcome().isEmpty() && steps < stepsMax) {
      final Optional<RunnerItem> next =
          runner.items().stream().min(Comparator.comparingInt(item -> rank(item.kind())));
      if (next.isEmpty()) {
        break;
      }
      step(runner, workflow, next.get(), out);
      steps++;
    }
    out.println("trace: " + String.join(" > ", runner.trace()));
    if (runner.outcome().isEmpty()) {
      out.println("at rest: marking=" + runner.marking() + ", steps=" + steps);
    } else {
      out.println(
          runner.outcome().get()
              + runner.failure().map(why -> ": " + Terminal.line(why)).orElse(""));
    }
    out.println("variables: " + Terminal.line(runner.variables().toString()));
    return runner.outcome().equals(Optional.of(Outcome.COMPLETED))
        ? ExitCode.OK
        : ExitCode.NOT_COMPLETED;
  }

  /** What is gone on with first. */
  private static int rank(final TaskKind kind) {
    return switch (kind) {
      case DELAY -> 3;
      case MESSAGE, SIGNAL -> 2;
      default -> 1;
    };
  }

  private void step(
      final ModelRunner runner,
      final Workflow workflow,
      final RunnerItem item,
      final PrintWriter out) {
    if (item.kind() == TaskKind.DELAY) {
      out.println("  time passes: " + item.task());
      runner.complete(item);
    } else if (item.kind() == TaskKind.WORKER) {
      out.println("  " + item.task());
      runner.run(item);
    } else {
      out.println(
          "  " + (item.kind() == TaskKind.MANUAL ? "" : item.kind() + " for ") + item.task());
      runner.complete(item, in -> set(workflow, in, item.task()));
    }
  }

  private void set(final Workflow workflow, final Inputs inputs, final String task) {
    values
        .getOrDefault(task, Map.of())
        .forEach(
            (name, value) ->
                put(
                    inputs,
                    workflow
                        .variable(name)
                        .orElseThrow(
                            () ->
                                new IllegalUsageException(
                                    "input must name a variable of the model: name="
                                        + name
                                        + ", variables="
                                        + workflow.variables())),
                    value));
  }

  @SuppressWarnings("unchecked") // the type says what the variable holds
  private static void put(final Inputs inputs, final Variable<?> variable, final String value) {
    try {
      switch (variable.type()) {
        case LONG -> inputs.set((Variable<Long>) variable, Long.parseLong(value));
        case DOUBLE -> inputs.set((Variable<Double>) variable, Double.parseDouble(value));
        case DECIMAL -> inputs.set((Variable<BigDecimal>) variable, Decimals.parse(value));
        case BOOLEAN -> inputs.set((Variable<Boolean>) variable, Boolean.parseBoolean(value));
        case STRING -> inputs.set((Variable<String>) variable, value);
        case INSTANT -> inputs.set((Variable<Instant>) variable, Instant.parse(value));
        case DURATION -> inputs.set((Variable<Duration>) variable, Duration.parse(value));
        case BYTES -> inputs.set((Variable<byte[]>) variable, Base64.getDecoder().decode(value));
      }
    } catch (final IllegalArgumentException | DateTimeException e) {
      throw new IllegalUsageException(
          "input must fit its variable: variable=" + variable + ", value=" + value);
    }
  }

  private void readInput(final Path path) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(path.toFile())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalUsageException("input must be a JSON object: file=" + path);
      }
      readObject(parser, path, List.of());
    } catch (final JsonParseException e) {
      throw new IllegalUsageException(
          "input must be JSON: file=" + path + ", fault=" + e.getOriginalMessage());
    }
  }

  private void readObject(final JsonParser parser, final Path path, final List<String> within)
      throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      final String name = parser.currentName();
      final JsonToken token = parser.nextToken();
      if (token == JsonToken.START_OBJECT
          && (within.isEmpty() ? name.equals(TASKS) : within.size() == 1)) {
        readObject(parser, path, within.isEmpty() ? List.of(TASKS) : List.of(TASKS, name));
      } else if (token.isScalarValue() && within.size() != 1) {
        values
            .computeIfAbsent(within.isEmpty() ? "" : within.get(1), none -> new LinkedHashMap<>())
            .put(name, parser.getText());
      } else {
        throw new IllegalUsageException(
            "input must hold values, and objects of them under @tasks: file="
                + path
                + ", name="
                + name);
      }
    }
  }
}
