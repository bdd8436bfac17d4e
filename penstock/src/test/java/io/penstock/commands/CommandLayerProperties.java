package io.penstock.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.commands.CommandModel.Case;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Rejection;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * Random commands against {@link CommandModel}, with closings, crashes and other deployments in
 * between: after each, the answer and the state of every case are as the model has them.
 */
class CommandLayerProperties {
  private static final Variable<Long> COUNT = Variable.ofLong("count");
  private static final Variable<Boolean> LAST = Variable.ofBoolean("last");
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final List<String> KEYS = List.of("a", "b", "c", "d");
  private static final List<String> PEOPLE = List.of("ann", "bob");

  /** One thing that happens to the engine; fields are chosen from small sets. */
  record Step(Verb verb, int key, int version, int name, int person, int length) {}

  enum Verb {
    START,
    SEND,
    SEND_WITH_KEY,
    SEND_LAST,
    CLAIM,
    RELEASE,
    COMPLETE,
    CANCEL,
    FIND,
    REOPEN,
    CRASH
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    final Arbitrary<Verb> verbs =
        Arbitraries.frequency(
            net.jqwik.api.Tuple.of(20, Verb.START),
            net.jqwik.api.Tuple.of(15, Verb.SEND),
            net.jqwik.api.Tuple.of(20, Verb.SEND_WITH_KEY),
            net.jqwik.api.Tuple.of(6, Verb.SEND_LAST),
            net.jqwik.api.Tuple.of(8, Verb.CLAIM),
            net.jqwik.api.Tuple.of(5, Verb.RELEASE),
            net.jqwik.api.Tuple.of(20, Verb.COMPLETE),
            net.jqwik.api.Tuple.of(3, Verb.CANCEL),
            net.jqwik.api.Tuple.of(4, Verb.FIND),
            net.jqwik.api.Tuple.of(1, Verb.REOPEN),
            net.jqwik.api.Tuple.of(1, Verb.CRASH));
    return Combinators.combine(
            verbs,
            Arbitraries.integers().between(0, KEYS.size() - 1),
            Arbitraries.integers().between(1, 2),
            Arbitraries.integers().between(0, 9),
            Arbitraries.integers().between(0, PEOPLE.size()),
            Arbitraries.oneOf(
                Arbitraries.integers().between(0, 200),
                Arbitraries.integers().between(3_900, 4_096)))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(80);
  }

  @Property(tries = 1_000)
  void shouldAnswerAndKeepAsTheModelDoes(@ForAll("steps") final List<Step> steps)
      throws IOException {
    try (Play play = new Play()) {
      for (final Step step : steps) {
        play.play(step);
      }
    }
  }

  @Property(tries = 100_000)
  @Tag("slow")
  void shouldAnswerAndKeepAsTheModelDoesManyTimes(@ForAll("steps") final List<Step> steps)
      throws IOException {
    shouldAnswerAndKeepAsTheModelDoes(steps);
  }

  /** An engine and its model. */
  private static final class Play implements AutoCloseable {
    private final CommandModel model = new CommandModel();
    private final Path root = Files.createTempDirectory("penstock-commands");
    private int generation;
    private Engine engine;

    Play() throws IOException {
      engine = open();
      deploy(1);
      deploy(2);
    }

    private Engine open() {
      return Engine.open(
          root.resolve("engine-" + generation),
          EngineOptions.defaults()
              .shards(1)
              .endedCasesKept(CommandModel.ENDED_KEPT)
              .messageKeysKept(CommandModel.MESSAGE_KEYS_KEPT));
    }

    private void deploy(final int version) {
      engine.deploy(workflow(version));
      model.deployed.add(version);
    }

    private static Workflow workflow(final int version) {
      return Workflow.define("collect")
          .version(version)
          .variables(COUNT, LAST, TEXT)
          .manual("open")
          .repeatUntil(
              LAST.isTrue(),
              round ->
                  round
                      .awaitMessage("line")
                      .inlineTask(
                          "count " + version,
                          work -> work.set(COUNT, work.find(COUNT).orElse(0L) + 1)))
          .manual("sign")
          .build();
    }

    void play(final Step step) throws IOException {
      final String key = KEYS.get(step.key);
      final Case target = model.cases.get(key);
      switch (step.verb) {
        case START -> start(step.version, key);
        case FIND -> find(key);
        case REOPEN -> {
          engine.close();
          reopen(step);
        }
        case CRASH -> {
          crash();
          reopen(step);
        }
        default -> {
          if (target != null) {
            command(step, target);
          }
        }
      }
      model.cases.forEach(this::assertCase);
    }

    private void reopen(final Step step) {
      engine = open();
      model.deployed.clear();
      if (step.name != 0) { // else nothing is deployed
        deploy(step.version);
      }
      if (step.name > 3) {
        deploy(3 - step.version);
      }
    }

    /** What kill -9 leaves: the files as they are now. */
    private void crash() throws IOException {
      final Path from = root.resolve("engine-" + generation);
      generation++;
      final Path to = root.resolve("engine-" + generation);
      try (Stream<Path> files = Files.walk(from)) {
        for (final Path file : files.toList()) {
          if (!file.getFileName().toString().startsWith("penstock.lock")) {
            Files.copy(file, to.resolve(from.relativize(file).toString()));
          }
        }
      }
      engine.close();
    }

    private void start(final int version, final String key) {
      final Rejection expected = model.start(version, key);
      final long[] id = new long[1];
      final Rejection actual =
          answer(
              () ->
                  id[0] = engine.start(workflow(version), key, in -> in.set(LAST, false)).caseId());
      assertThat(actual).isEqualTo(expected);
      if (expected == null) {
        final Case started = model.cases.get(key);
        if (started.id == 0) {
          started.id = id[0];
        }
        assertThat(id[0]).as("one case for each key").isEqualTo(started.id);
      }
    }

    private void find(final String key) {
      final Case expected = model.cases.get(key);
      assertThat(engine.find(workflow(1), key).map(CaseHandle::caseId).orElse(0L))
          .isEqualTo(expected == null ? 0 : expected.id);
    }

    private void command(final Step step, final Case target) {
      final CaseHandle handle = engine.handle(target.id);
      final String task = step.name == 0 ? "nowhere" : step.name < 6 ? "open" : "sign";
      final String message = step.name == 0 ? "nothing" : "line";
      final String who = step.person == 0 ? null : PEOPLE.get(step.person - 1);
      final String text = "x".repeat(step.length);
      switch (step.verb) {
        case SEND, SEND_LAST -> {
          final boolean last = step.verb == Verb.SEND_LAST;
          assertAnswer(
              model.send(target, message, null, step.length, last),
              () -> handle.send(message, in -> in.set(TEXT, text).set(LAST, last)));
        }
        case SEND_WITH_KEY -> {
          final String key = "key-" + "k".repeat(step.length % 30) + step.name % 5;
          assertAnswer(
              model.send(target, message, key, step.length, false),
              () -> handle.send(message, key, in -> in.set(TEXT, text).set(LAST, false)));
        }
        case CLAIM -> {
          final String person = who == null ? "ann" : who;
          assertAnswer(model.claim(target, task, person), () -> handle.claim(task, person));
        }
        case RELEASE -> {
          final String person = who == null ? "ann" : who;
          assertAnswer(model.release(target, task, person), () -> handle.release(task, person));
        }
        case COMPLETE ->
            assertAnswer(
                model.complete(target, task, who),
                () -> {
                  if (who == null) {
                    handle.complete(task, in -> {});
                  } else {
                    handle.complete(task, who, in -> {});
                  }
                });
        case CANCEL -> assertAnswer(model.cancel(target), handle::cancel);
        default -> throw new AssertionError(step);
      }
    }

    private static void assertAnswer(final Rejection expected, final Runnable command) {
      assertThat(answer(command)).isEqualTo(expected);
    }

    private static Rejection answer(final Runnable command) {
      try {
        command.run();
        return null;
      } catch (final CommandRejectedException refused) {
        return refused.rejection();
      }
    }

    private void assertCase(final String key, final Case expected) {
      final CaseHandle handle = engine.handle(expected.id);
      assertThat(handle.status())
          .as("status of %s", key)
          .isEqualTo(expected.isKept ? expected.status : CaseStatus.UNKNOWN);
      if (expected.isKept && model.deployed.contains(expected.version)) {
        assertThat(handle.find(COUNT).orElse(0L)).as("count of %s", key).isEqualTo(expected.count);
        assertThat(handle.workItems().stream().map(WorkItem::task).toList())
            .as("work items of %s", key)
            .isEqualTo(expected.openTask() == null ? List.of() : List.of(expected.openTask()));
        assertThat(handle.join(Duration.ZERO).isPresent())
            .isEqualTo(expected.status != CaseStatus.RUNNING);
      }
    }

    @Override
    public void close() throws IOException {
      engine.close();
      try (Stream<Path> files = Files.walk(root)) {
        files
            .sorted(Comparator.reverseOrder())
            .forEach(file -> assertThat(file.toFile().delete()).isTrue());
      }
    }
  }
}
