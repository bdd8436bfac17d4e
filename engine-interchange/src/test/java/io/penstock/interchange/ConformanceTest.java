package io.penstock.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.engine.Outcome;
import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Public models of others, where a machine has them: {@code -Dpenstock.conformance=DIR}, or {@code
 * shared/conformance} beside the project.
 */
class ConformanceTest {
  private static final Variable<Long> NUMBER = Variable.ofLong("integerVariable");
  private static final Variable<Long> CASE = Variable.ofLong("testCaseNumber");
  private static final Variable<String> TEST = Variable.ofString("test");

  private final Path folder =
      Path.of(System.getProperty("penstock.conformance", "../../shared/conformance"));
  private final List<String> passed = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  @BeforeEach
  void needsTheFolder() {
    assumeTrue(
        Files.isDirectory(folder),
        "conformance models are not on this machine: folder=" + folder.toAbsolutePath());
  }

  @Test
  @DisplayName("behavioural cases: all 68 that BPMN 2.0 decides")
  void shouldTraceAsTheSuiteExpects() throws IOException {
    for (final Map<String, Object> each : Json.objects(folder.resolve("betsy/cases.json"))) {
      run(each);
    }
    tell("behavioural cases");
    assertThat(failed).as("contradicted").isEmpty();
    assertThat(passed).hasSize(68);
    assertThat(refused).hasSize(5);
  }

  @Test
  @DisplayName("verdicts: all well-formed single processes, and the malformed one refused")
  void shouldJudgeSoundnessAsTheSuiteDoes() throws IOException {
    int collaborations = 0;
    for (final Map<String, Object> each : Json.objects(folder.resolve("fbpmn/verdicts.json"))) {
      if (Boolean.TRUE.equals(each.get("collaboration"))) {
        collaborations++;
      } else {
        judge(each);
      }
    }
    tell("verdicts (" + collaborations + " collaborations are not judged: one process at a time)");
    assertThat(failed).isEmpty();
    assertThat(passed).hasSize(13);
    assertThat(refused).hasSize(1);
  }

  private void judge(final Map<String, Object> each) {
    final Path model = folder.resolve("fbpmn").resolve((String) each.get("model"));
    final String name = model.getFileName().toString();
    try {
      final Workflow workflow =
          BpmnImport.read(model, ImportOptions.byHand().allowUnsound("judged")).workflow();
      final boolean sound = workflow.verify().stream().allMatch(found -> found.isSound());
      if (each.get("sound").equals(sound)) {
        passed.add(name);
      } else {
        failed.add(name + ": expected=" + each.get("sound") + ", found=" + workflow.verify());
      }
    } catch (final ImportException e) {
      refused.add(name + ": " + e.report());
    }
  }

  @SuppressWarnings("unchecked") // as the suite's format says
  private void run(final Map<String, Object> each) {
    final String id = (String) each.get("id");
    final Map<String, Object> expect = (Map<String, Object>) each.get("expect");
    final List<String> wanted = new ArrayList<>((List<String>) (List<?>) expect.get("trace"));
    if (expect.containsKey("error")) {
      wanted.add((String) expect.get("error"));
    }
    final Path model = folder.resolve("betsy").resolve((String) each.get("model"));
    try {
      final Play play = new Play(Files.exists(model) ? model : model(each));
      final List<String> found = play.run(each, wanted);
      wanted.sort(null);
      found.sort(null);
      if (wanted.equals(found) && play.endsAsExpected(expect.containsKey("error"))) {
        passed.add(id);
      } else {
        failed.add(id + ": expected=" + wanted + ", found=" + found + ", ends=" + play.ends());
      }
    } catch (final ImportException e) {
      refused.add(id + ": " + e.report());
    }
  }

  private Path model(final Map<String, Object> each) {
    return folder.resolve("betsy/models").resolve((String) each.get("model"));
  }

  private void tell(final String what) {
    System.out.println(
        what
            + ": passed="
            + passed.size()
            + ", failed="
            + failed.size()
            + ", not supported="
            + refused.size());
    failed.forEach(text -> System.out.println("  failed " + text));
    refused.forEach(text -> System.out.println("  not supported " + text));
  }

  /** One case, with whatever processes it needs. */
  private static final class Play {
    private final List<String> log = new ArrayList<>();
    private final List<ModelRunner> runners = new ArrayList<>();
    private final ImportedModel model;
    private boolean mark;
    private boolean together;

    Play(final Path file) {
      model =
          BpmnImport.read(
              file,
              ImportOptions.defaults()
                  .variables(NUMBER, CASE, TEST)
                  .resolver(this::script)
                  .allowUnsound("some of these models are"));
    }

    private Optional<TaskHandler> script(final ModelElement element) {
      final String script = element.property("script").orElse("");
      if (script.isEmpty() && !element.type().endsWith("criptTask")) {
        return Optional.empty();
      }
      return Optional.of(
          work -> {
            if (script.startsWith("SCRIPT_")) {
              log.add(script);
            } else if (script.equals("INCREMENT_INTEGER_VARIABLE_AND_LOG")) {
              work.set(NUMBER, work.get(NUMBER) + 1);
              log.add("INCREMENT_correct");
            } else if (script.equals("CREATE_MARKER_FILE")) {
              mark = true;
            }
          });
    }

    @SuppressWarnings("unchecked") // as the suite's format says
    List<String> run(final Map<String, Object> each, final List<String> wanted) {
      final List<String> starts = (List<String>) each.get("start");
      for (int i = 0; i < starts.size(); i++) {
        final boolean last = i == starts.size() - 1;
        add(starts.get(i), last ? (List<Map<String, Object>>) each.get("inputs") : List.of());
        settle();
      }
      final long delay = ((Number) each.get("delayMillis")).longValue();
      for (long passedMs = 0; passedMs < delay; passedMs += 100) {
        for (final ModelRunner runner : List.copyOf(runners)) {
          runner.advance(Duration.ofMillis(100));
        }
        settle();
      }
      if (mark && wanted.contains("MARKER_exists")) {
        log.add("MARKER_exists");
      }
      if (together && wanted.contains("EXECUTION_parallel")) {
        log.add("EXECUTION_parallel");
      }
      if (runners.stream()
          .anyMatch(runner -> runner.outcome().equals(Optional.of(Outcome.FAILED)))) {
        log.add("ERROR_runtime");
      }
      return log;
    }

    private void add(final String process, final List<Map<String, Object>> inputs) {
      final ModelRunner runner =
          ModelRunner.start(
              model.workflow(process),
              in -> {
                for (final Map<String, Object> input : inputs) {
                  if (input.get("name").equals("test")) {
                    in.set(TEST, (String) input.get("value"));
                  } else {
                    in.set(
                        input.get("name").equals("integerVariable") ? NUMBER : CASE,
                        Long.parseLong(String.valueOf(input.get("value"))));
                  }
                }
              });
      runner.onThrown(this::deliver);
      runners.add(runner);
    }

    private void deliver(final ThrownEvent event) {
      if (event.kind() == ThrownEvent.Kind.SIGNAL) {
        List.copyOf(runners).forEach(runner -> runner.signal(event.name()));
        return;
      }
      for (final ModelRunner runner : runners) {
        if (runner.outcome().isEmpty() && runner.send(event.name(), none -> {})) {
          return;
        }
      }
      model.triggers().stream()
          .filter(trigger -> trigger.name().equals(event.name()))
          .forEach(trigger -> add(trigger.workflow(), List.of()));
    }

    /** Runs handlers one by one, so that what is open at the same time is seen. */
    private void settle() {
      boolean ran = true;
      while (ran) {
        ran = false;
        for (int i = 0; i < runners.size(); i++) {
          final List<RunnerItem> items = runners.get(i).items();
          together |= items.stream().filter(item -> item.kind() == TaskKind.WORKER).count() > 1;
          for (final RunnerItem item : items) {
            if (!ran && item.kind() == TaskKind.WORKER) {
              ran = runners.get(i).run(item);
            }
          }
        }
      }
    }

    boolean endsAsExpected(final boolean failure) {
      return runners.stream()
          .allMatch(
              runner ->
                  runner
                      .outcome()
                      .equals(Optional.of(failure ? Outcome.FAILED : Outcome.COMPLETED)));
    }

    String ends() {
      final StringBuilder ends = new StringBuilder();
      runners.forEach(
          runner ->
              ends.append(runner.outcome())
                  .append(runner.failure().orElse(""))
                  .append(runner.marking())
                  .append(' '));
      return ends.toString();
    }
  }
}
