package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.Outcome;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.bpmn.BpmnExport;
import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * An example as its code and as its BPMN file, each in an engine of its own on a directory, with a
 * clock that goes on when it is told to. The handlers are the example's own in both.
 */
public final class Twins {
  private static final Path MODELS = Path.of("../docs/models");
  private static final Duration TICK = Duration.ofMillis(10);
  private static final Duration LOOK = Duration.ofMillis(1);

  private Twins() {}

  /**
   * What became of a case.
   *
   * @param outcome how it ended
   * @param failure why a task failed last
   * @param variables its values by name
   * @param happened what happened to its work items, in order, for the case and for each inside
   * @param together what happened to tasks that run at the same time, in no order
   */
  public record Story(
      Outcome outcome,
      String failure,
      Map<String, Object> variables,
      Map<String, List<String>> happened,
      List<String> together) {}

  /**
   * The example's model with the example's handlers.
   *
   * @param name name of the file
   * @param code the workflow that has the handlers
   * @return the imported workflow
   */
  public static Workflow model(final String name, final Workflow code) {
    return BpmnImport.read(file(name), ImportOptions.defaults().handlersOf(code)).workflow();
  }

  private static Path file(final String name) {
    return MODELS.resolve(name + ".bpmn");
  }

  /**
   * Checks that the file in the documentation is what the example is written as.
   *
   * @param name name of the file
   * @param code the example's workflow
   */
  public static void assertWritten(final String name, final Workflow code) {
    final String xml = BpmnExport.of(code).xml();
    try {
      if (Boolean.getBoolean("penstock.models.write")) {
        Files.writeString(file(name), xml);
      }
      assertThat(Files.readString(file(name)))
          .as("write it anew with -Dpenstock.models.write=true")
          .isEqualTo(xml);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs cases one after the other.
   *
   * @param directory for the engine
   * @param workflow the workflow
   * @param inputs first values by start key
   * @param people do what is to be done by hand, whenever time passes
   * @param concurrent names of tasks that run at the same time
   * @return what became of each
   */
  public static Map<String, Story> run(
      final Path directory,
      final Workflow workflow,
      final Map<String, Consumer<Inputs>> inputs,
      final People people,
      final Set<String> concurrent) {
    final VirtualClock clock = new VirtualClock(Instant.EPOCH);
    final EngineOptions options =
        EngineOptions.defaults().shards(1).clock(clock).history(History.WORK_ITEMS);
    final Map<String, Story> stories = new LinkedHashMap<>();
    try (Engine engine = Engine.open(directory, options)) {
      engine.deploy(workflow);
      inputs.forEach(
          (key, input) -> {
            final CaseHandle handle = engine.start(workflow, key, input);
            while (handle.join(LOOK).isEmpty()) {
              people.act(handle, clock);
              clock.advance(TICK);
            }
            stories.put(key, story(handle, concurrent));
          });
    }
    return stories;
  }

  /** Whoever completes work items. */
  @FunctionalInterface
  public interface People {
    /**
     * Does what there is to do.
     *
     * @param handle the case
     * @param clock lets time pass
     */
    void act(CaseHandle handle, VirtualClock clock);
  }

  /**
   * Whether somebody can complete a task.
   *
   * @param handle the case
   * @param task name of the task
   * @return false also when the case has just ended
   */
  public static boolean isOpen(final CaseHandle handle, final String task) {
    try {
      return handle.workItems().stream().anyMatch(item -> item.task().equals(task));
    } catch (final CommandRejectedException e) {
      return false;
    }
  }

  /** A name as an id of XML, which is what a model has. */
  private static String id(final String task) {
    return task.replaceAll("[^A-Za-z0-9_.-]", "_");
  }

  private static Story story(final CaseHandle handle, final Set<String> concurrent) {
    final Map<String, List<String>> happened = new TreeMap<>();
    final List<String> together = new ArrayList<>();
    for (final HistoryEvent event : handle.history()) {
      final String text =
          event.type() + " " + id(event.task().orElse("")) + " " + event.detail().orElse("");
      final String owner = event.caseId() == handle.caseId() ? "" : "instance " + event.instance();
      if (concurrent.contains(event.task().orElse(""))) {
        together.add(owner + text);
      } else {
        happened.computeIfAbsent(owner, none -> new ArrayList<>()).add(text);
      }
    }
    together.sort(null);
    return new Story(
        handle.join(),
        handle.failure().orElse(""),
        new TreeMap<>(handle.variables()),
        happened,
        together);
  }
}
