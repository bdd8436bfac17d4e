package io.penstock.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.WorkItem;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Plays what the standard says of a model in an engine and in a {@link ModelRunner}: it happens so
 * in both, or the file is refused by element and line where that is allowed. Beside each model
 * stands a file of lines:
 *
 * <pre>
 *   var NAME TYPE VALUE      a variable of the case
 *   unsound                  an end is reached more than once
 *   by hand                  import with {@code ImportOptions.byHand()}
 *   do ITEM NAME=VALUE ...   completes a work item
 *   msg NAME, adv DURATION
 *   open ITEM ...            exactly these work items are open
 *   expect NAME ...          these handlers and items, in this order
 *   status STATUS
 *   or REFUSED               a clear refusal does as well
 * </pre>
 *
 * <p>A handler of an element that is named {@code throw:CODE} throws that error of the model.
 */
@Timeout(120)
class ExpectTest {
  private static final Path FOLDER = ModelsTest.RESOURCES.resolve("expect");
  private static final Pattern HANDLED = Pattern.compile("<serviceTask id=['\"]([^'\"]+)['\"]");

  @TestFactory
  Stream<DynamicTest> shouldPlayAsTheStandardSays() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      final List<Path> models =
          files.filter(file -> !file.toString().endsWith(".expect")).sorted().toList();
      assertThat(models).hasSizeGreaterThan(20);
      return models.stream()
          .flatMap(
              model ->
                  Stream.of(
                      dynamicTest(model.getFileName() + " stepped", () -> play(model, false)),
                      dynamicTest(model.getFileName() + " in an engine", () -> play(model, true))));
    }
  }

  private static void play(final Path model, final boolean inEngine) throws IOException {
    final String name = model.toString();
    final List<String> lines =
        Files.readAllLines(Path.of(name.substring(0, name.lastIndexOf('.')) + ".expect")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    final List<String> ran = new CopyOnWriteArrayList<>();
    final AtomicReference<Play> play = new AtomicReference<>();
    final ImportedModel imported;
    try {
      imported = ModelsTest.read(model, options(model, lines, ran, play));
    } catch (final ImportException e) {
      assertThat(lines).as("refused: %s", e.getMessage()).contains("or REFUSED");
      assertThat(e.report().problems())
          .allSatisfy(
              problem -> {
                assertThat(problem.line()).isPositive();
                assertThat(problem.element()).isNotBlank();
                assertThat(Files.readString(model)).contains(problem.element());
              });
      return;
    }
    final Workflow workflow = imported.workflows().get(0);
    try (Play each = inEngine ? new Played(workflow, lines) : new Stepped(workflow, lines)) {
      play.set(each);
      for (final String line : lines) {
        try {
          each.step(line.split("\\s+", -1), ran);
        } catch (final AssertionError e) {
          throw new AssertionError(model + ": " + line + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private static ImportOptions options(
      final Path model,
      final List<String> lines,
      final List<String> ran,
      final AtomicReference<Play> play)
      throws IOException {
    if (lines.contains("by hand")) {
      return ImportOptions.byHand();
    }
    ImportOptions options =
        ImportOptions.defaults()
            .publisher((event, work) -> play.get().publish(event, work))
            .variables(
                lines.stream()
                    .filter(line -> line.startsWith("var "))
                    .map(line -> variable(line.split("\\s+", -1)))
                    .toArray(Variable<?>[]::new));
    if (lines.contains("unsound")) {
      options = options.allowUnsound("an end is reached by more than one token");
    }
    final Matcher matcher = HANDLED.matcher(Files.readString(model));
    while (matcher.find()) {
      final String id = matcher.group(1);
      final int element = matcher.end();
      final String rest = Files.readString(model).substring(element).split(">", 2)[0];
      final Matcher code = Pattern.compile("name=['\"]throw:([^'\"]+)['\"]").matcher(rest);
      final String thrown = code.find() ? code.group(1) : "";
      options =
          options.inlineHandler(
              id,
              work -> {
                ran.add(id);
                if (!thrown.isEmpty()) {
                  throw new ModelError(thrown);
                }
              });
    }
    return options;
  }

  private static Variable<?> variable(final String[] words) {
    return switch (words[2]) {
      case "long" -> Variable.ofLong(words[1]);
      case "boolean" -> Variable.ofBoolean(words[1]);
      case "string" -> Variable.ofString(words[1]);
      default -> throw new IllegalArgumentException(words[2]);
    };
  }

  @SuppressWarnings("unchecked") // the type says what the variable holds
  private static void set(final Workflow workflow, final Inputs inputs, final String[] pair) {
    final Variable<?> variable = workflow.variable(pair[0]).orElseThrow();
    switch (variable.type()) {
      case LONG -> inputs.set((Variable<Long>) variable, Long.parseLong(pair[1]));
      case BOOLEAN -> inputs.set((Variable<Boolean>) variable, Boolean.parseBoolean(pair[1]));
      case STRING -> inputs.set((Variable<String>) variable, pair[1]);
      default -> throw new IllegalArgumentException(pair[0]);
    }
  }

  /** One case of a model, wherever it runs. */
  private abstract static class Play implements AutoCloseable {
    final Workflow workflow;

    Play(final Workflow workflow) {
      this.workflow = workflow;
    }

    void step(final String[] words, final List<String> ran) {
      final List<String> rest = Arrays.asList(words).subList(1, words.length);
      switch (words[0]) {
        case "var", "by", "or", "unsound" -> {}
        case "do" -> {
          ran.add(rest.get(0));
          complete(
              rest.get(0),
              in -> rest.stream().skip(1).forEach(each -> set(workflow, in, each.split("=", 2))));
        }
        case "msg" -> send(rest.get(0));
        case "adv" -> advance(Duration.parse(rest.get(0)));
        case "open" -> open(rest.stream().sorted().toList());
        case "expect" -> {
          rest();
          assertThat(ran).as("ended: %s", status()).containsExactlyElementsOf(rest);
        }
        case "status" -> assertThat(status()).startsWith(rest.get(0));
        default -> throw new IllegalArgumentException(words[0]);
      }
    }

    static void start(final Workflow workflow, final List<String> lines, final Inputs inputs) {
      lines.stream()
          .filter(line -> line.startsWith("var "))
          .map(line -> line.split("\\s+", -1))
          .forEach(words -> set(workflow, inputs, new String[] {words[1], words[3]}));
    }

    abstract void complete(String task, java.util.function.Consumer<Inputs> inputs);

    abstract void send(String message);

    abstract void advance(Duration duration);

    abstract void open(List<String> tasks);

    /** Waits until nothing goes on by itself. */
    abstract void rest();

    abstract String status();

    abstract void publish(ThrownEvent event, Work work);

    @Override
    public abstract void close();
  }

  /** Without an engine. */
  private static final class Stepped extends Play {
    private final ModelRunner runner;

    Stepped(final Workflow workflow, final List<String> lines) {
      super(workflow);
      runner = ModelRunner.start(workflow, in -> start(workflow, lines, in));
      runner.runHandlers();
    }

    @Override
    void complete(final String task, final java.util.function.Consumer<Inputs> inputs) {
      assertThat(runner.item(task)).as("open in %s", runner.items()).isPresent();
      assertThat(runner.complete(runner.item(task).get(), inputs)).isTrue();
      runner.runHandlers();
    }

    @Override
    void send(final String message) {
      runner.send(message, none -> {});
      runner.runHandlers();
    }

    @Override
    void advance(final Duration duration) {
      runner.advance(duration);
      runner.runHandlers();
    }

    @Override
    void open(final List<String> tasks) {
      assertThat(
              runner.items().stream()
                  .filter(item -> item.kind() == io.penstock.workflow.TaskKind.MANUAL)
                  .map(RunnerItem::task)
                  .sorted()
                  .toList())
          .isEqualTo(tasks);
    }

    @Override
    void rest() {
      runner.runHandlers();
    }

    @Override
    String status() {
      return runner.outcome().map(Enum::name).orElse("RUNNING") + runner.failure().orElse("");
    }

    @Override
    void publish(final ThrownEvent event, final Work work) {
      throw new AssertionError("a runner delivers by itself");
    }

    @Override
    public void close() {}
  }

  /** In an engine. */
  private static final class Played extends Play {
    private static final Duration LONG = Duration.ofSeconds(5);

    private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
    private final Engine engine = Engine.inMemory(EngineOptions.defaults().shards(1).clock(clock));
    private final CaseHandle handle;

    Played(final Workflow workflow, final List<String> lines) {
      super(workflow);
      engine.deploy(workflow);
      handle = engine.start(workflow, in -> start(workflow, lines, in));
    }

    private List<WorkItem> items() {
      try {
        return handle.workItems();
      } catch (final CommandRejectedException e) {
        return List.of();
      }
    }

    private void await(final java.util.function.BooleanSupplier holds) {
      final long end = System.nanoTime() + LONG.toNanos();
      while (!holds.getAsBoolean() && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }

    @Override
    void complete(final String task, final java.util.function.Consumer<Inputs> inputs) {
      await(() -> items().stream().anyMatch(item -> item.task().equals(task)));
      final List<WorkItem> items =
          new ArrayList<>(items().stream().filter(item -> item.task().equals(task)).toList());
      assertThat(items).as("open: %s in %s, %s", task, items(), status()).isNotEmpty();
      handle.complete(items.get(0), "tester", inputs);
    }

    @Override
    void send(final String message) {
      try {
        handle.send(message, none -> {});
      } catch (final CommandRejectedException e) {
        assertThat(e.rejection().name()).isEqualTo("MESSAGE_NOT_AWAITED");
      }
    }

    @Override
    void advance(final Duration duration) {
      clock.advance(duration);
    }

    @Override
    void open(final List<String> tasks) {
      await(() -> items().stream().map(WorkItem::task).sorted().toList().equals(tasks));
      assertThat(items().stream().map(WorkItem::task).sorted().toList()).isEqualTo(tasks);
    }

    @Override
    void rest() {
      await(() -> handle.status() != CaseStatus.RUNNING);
    }

    @Override
    String status() {
      return handle.status() + handle.failure().orElse("");
    }

    @Override
    void publish(final ThrownEvent event, final Work work) {
      handle.send(event.name(), none -> {});
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
