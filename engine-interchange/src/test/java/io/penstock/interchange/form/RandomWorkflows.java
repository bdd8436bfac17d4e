package io.penstock.interchange.form;

import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.Kind;
import io.penstock.net.InvalidNetException;
import io.penstock.workflow.Block;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Priority;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Workflows of any shape from a seed, in blocks or as graphs, with everything that can be said of
 * one; those that cannot be built are passed over. {@link #options} binds what the last one refers
 * to.
 */
final class RandomWorkflows {
  static final Variable<Boolean> YES = Variable.ofBoolean("yes");
  static final Variable<Long> COUNT = Variable.ofLong("count");
  static final Variable<Double> RATE = Variable.ofDouble("rate of \"change\"");
  static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  static final Variable<String> STATE = Variable.ofString("state");
  static final Variable<Instant> WHEN = Variable.ofInstant("when");
  static final Variable<Duration> SPAN = Variable.ofDuration("span");
  static final Variable<Long> ITEM = Variable.ofLong("item");
  static final Variable<Long> TOTAL = Variable.ofLong("total");
  private static final Map<String, Variable<?>> VARIABLES =
      Map.of("yes", YES, "count", COUNT, "amount", AMOUNT, "state", STATE);
  private static final List<String> EXPRESSIONS =
      List.of(
          "count > 2 and not yes",
          "amount * 2 >= 10.5",
          "contains(state, 'o')",
          "state == \"open\" or count mod 2 = 1");

  private final Random random;
  private final Map<String, Guard> opaque = new HashMap<>();
  private int names;

  RandomWorkflows(final long seed) {
    random = new Random(seed);
  }

  Workflow next() {
    Optional<Workflow> made = Optional.empty();
    while (made.isEmpty()) {
      made = attempt();
    }
    return made.get();
  }

  private Optional<Workflow> attempt() {
    try {
      return Optional.of(random.nextInt(3) == 0 ? graph() : blocks());
    } catch (final InvalidNetException e) {
      return Optional.empty(); // rules of structure were broken
    }
  }

  FormOptions options() {
    FormOptions options =
        FormOptions.defaults()
            .standIns()
            .resolver(reference -> Optional.of(handler()))
            .exception(IllegalMonitorStateException.class);
    for (final Map.Entry<String, Guard> each : opaque.entrySet()) {
      options = options.guard(each.getKey(), each.getValue());
    }
    for (int i = 0; i <= names; i++) {
      options =
          options
              .items("items of task " + i, work -> List.of(1L, 2L, 3L))
              .operator("task " + i + " into total", (Long one, Long other) -> one + other);
    }
    return options;
  }

  /** What a handler does shows in the variables. */
  private static TaskHandler handler() {
    return work -> work.set(COUNT, work.find(COUNT).orElse(0L) + 1);
  }

  private String name() {
    return "task " + ++names;
  }

  private Guard guard(final int depth) {
    return switch (random.nextInt(depth == 0 ? 9 : 12)) {
      case 0 -> YES.isTrue();
      case 1 -> COUNT.isAtLeast(random.nextInt(4) == 0 ? Long.MAX_VALUE : random.nextInt(5));
      case 2 -> RATE.isLessThan(random.nextInt(4) == 0 ? Double.NaN : random.nextDouble());
      case 3 -> AMOUNT.isGreaterThan(new BigDecimal("1.50"));
      case 4 -> STATE.is(random.nextBoolean() ? "open" : "- a: \"b\" # \u00e9\u2028\n\t{}");
      case 5 -> WHEN.isLessThan(Instant.parse("2026-11-21T21:00:00.000000001Z"));
      case 6 -> SPAN.isAtLeast(Duration.ofMillis(1_500));
      case 7 ->
          Expression.parse(EXPRESSIONS.get(random.nextInt(EXPRESSIONS.size())))
              .bind(Kind.TRUTH, VARIABLES)
              .guard();
      case 8 -> opaque();
      case 9 -> guard(depth - 1).not();
      case 10 -> guard(depth - 1).and(guard(depth - 1));
      default -> guard(depth - 1).or(guard(depth - 1));
    };
  }

  private Guard opaque() {
    final String text = "opaque: no " + ++names;
    final int modulus = 2 + random.nextInt(3);
    final Guard guard =
        Guard.named(text, Set.of(COUNT), values -> values.find(COUNT).orElse(0L) % modulus == 0);
    opaque.put(text, guard);
    return guard;
  }

  private Workflow blocks() {
    final WorkflowBuilder workflow =
        Workflow.define("blocks")
            .variables(YES, COUNT, RATE, AMOUNT, STATE, WHEN, SPAN, ITEM, TOTAL)
            .allowUnsound("it is a test")
            .task("first", handler());
    if (random.nextBoolean()) {
      workflow
          .version(1 + random.nextInt(3))
          .priority(random.nextBoolean() ? Priority.LOW : Priority.HIGH)
          .caseDeadline(Duration.ofDays(200))
          .objective(Objective.p999(Duration.ofSeconds(2)))
          .objective("first", new Objective(0.5, Duration.ofMillis(1), Duration.ofDays(28)))
          .waitObjective("first", Objective.p99(Duration.ofNanos(1)));
    }
    workflow.subworkflow("inner", inner(1)).subworkflow("unused", inner(0));
    steps(workflow, 3);
    return workflow.build();
  }

  private void steps(final Block<?> block, final int depth) {
    for (int i = random.nextInt(3); i >= 0; i--) {
      step(block, depth);
    }
  }

  private Consumer<Sequence> inner(final int depth) {
    return sequence -> steps(sequence, depth - 1);
  }

  private void step(final Block<?> block, final int depth) {
    switch (random.nextInt(depth <= 0 ? 6 : 17)) {
      case 0 -> block.task(name(), handler()).retry(retry());
      case 1 -> block.manual(name()).deadline(Duration.ofHours(2)).onTimeout(inner(0));
      case 2 -> block.delay(name(), Duration.ofSeconds(1 + random.nextInt(100_000)));
      case 3 -> block.inlineTask(name(), handler());
      case 4 -> block.awaitMessage(name());
      case 5 -> block.awaitSignal(name());
      case 6 ->
          block.parallel(
              both -> {
                both.branch(inner(depth)).branch(inner(depth));
                if (random.nextInt(3) == 0) {
                  both.waitFor(1, random.nextBoolean() ? Rest.CANCEL : Rest.RUN_ON);
                }
              });
      case 7 ->
          block.choice(
              choice ->
                  choice
                      .when(guard(2), inner(depth))
                      .when(guard(2), inner(depth))
                      .otherwise(random.nextInt(4) == 0 ? Sequence::cancel : inner(depth)));
      case 8 -> block.whileTrue(guard(1), body -> body.manual(name()));
      case 9 -> block.repeatUntil(guard(1), inner(depth));
      case 10 ->
          block.inclusiveChoice(
              choice ->
                  choice
                      .when(guard(1), inner(depth))
                      .when(guard(1), inner(depth))
                      .otherwise(skip -> {}));
      case 11 ->
          block
              .task(name(), handler())
              .deadline(Duration.ofSeconds(10))
              .onFailure(inner(depth))
              .onTimeout(inner(depth));
      case 12 ->
          block.awaitFirst(
              first ->
                  first
                      .manual(name(), inner(depth))
                      .message(name(), inner(depth))
                      .after(name(), Duration.ofMinutes(1), inner(depth)));
      case 13 -> block.critical("mutex", inner(depth));
      case 14 -> block.interleaved(both -> both.branch(inner(0)).branch(inner(0)));
      case 15 -> block.call(name(), "inner");
      default -> instances(block, depth);
    }
  }

  private void instances(final Block<?> block, final int depth) {
    switch (random.nextInt(5)) {
      case 0 ->
          block
              .instances(name(), 3, inner(depth))
              .until(2, random.nextBoolean() ? Rest.CANCEL : Rest.RUN_ON)
              .reduce(ITEM, TOTAL, (one, other) -> one + other);
      case 1 -> block.instances(name(), COUNT, inner(depth)).until(guard(1), Rest.CANCEL);
      case 2 -> block.forEach(name(), ITEM, work -> List.of(1L, 2L, 3L), inner(depth));
      case 3 -> block.instances(name(), 2, inner(depth)).addable(5).keptOpen();
      default -> block.instances(name(), 2, inner(0)).detached();
    }
  }

  private Retry retry() {
    return switch (random.nextInt(4)) {
      case 0 -> Retry.never();
      case 1 -> Retry.exponential(3).notOn(IOException.class, IllegalMonitorStateException.class);
      case 2 -> Retry.fixed(2, Duration.ofSeconds(1));
      default -> new Retry(4, Duration.ofMillis(3), 1.5, Duration.ofMillis(1_234_567), List.of());
    };
  }

  private Workflow graph() {
    final GraphBuilder graph = Workflow.graph("graph").allowUnsound("it is a test");
    graph.variables(YES, COUNT, RATE, AMOUNT, STATE, WHEN, SPAN, ITEM, TOTAL);
    graph.subgraph(
        "inner", inner -> inner.manual("inside").flow("input", "inside").flow("inside", "output"));
    final int size = 3 + random.nextInt(5);
    final List<String> tasks = new ArrayList<>();
    graph.condition("held");
    for (int i = 0; i < size; i++) {
      tasks.add(name());
      task(graph, tasks.get(i), i, tasks);
    }
    graph.flow("input", tasks.get(0));
    for (int i = 0; i < size; i++) {
      flows(graph, tasks, i);
    }
    graph.flow(tasks.get(0), "held").flow("held", tasks.get(size - 1));
    if (random.nextInt(4) == 0) {
      graph.explicitTermination();
    }
    if (random.nextInt(4) == 0) {
      graph.severalEnds();
    }
    if (random.nextInt(4) == 0) {
      graph.orJoinStatesMax(100);
    }
    if (random.nextInt(3) == 0) {
      graph.mutex("mutex", tasks.get(1)).mutex("mutex", tasks.get(2));
    }
    return graph.build();
  }

  private void task(
      final GraphBuilder graph, final String name, final int number, final List<String> before) {
    switch (random.nextInt(9)) {
      case 0 -> graph.task(name, handler()).retry(retry());
      case 1 -> graph.inlineTask(name, handler());
      case 2 -> graph.awaitMessage(name, "message " + number);
      case 3 -> graph.awaitSignal(name, "signal");
      case 4 -> graph.awaitTime(name, Duration.ofMinutes(5));
      case 5 -> graph.composite(name, "inner");
      case 6 -> graph.instances(name, 2, inner(0)).addable(4);
      default -> graph.manual(name).deadline(Duration.ofMinutes(10));
    }
    switch (random.nextInt(10)) {
      case 0 -> graph.andJoin();
      case 1 -> graph.orJoin();
      case 2 -> graph.inclusiveJoin();
      case 3 -> graph.partialJoin(1);
      case 4 -> graph.blockingPartialJoin(1);
      case 5 -> graph.cancellingPartialJoin(1).cancels("held");
      default -> {}
    }
    if (number > 1 && random.nextInt(4) == 0) {
      graph.cancels(before.get(1), "held");
    }
    if (number > 0 && random.nextInt(6) == 0) {
      graph.enabledWhile("held");
    }
  }

  private void flows(final GraphBuilder graph, final List<String> tasks, final int at) {
    final String from = tasks.get(at);
    final String next = at + 1 < tasks.size() ? tasks.get(at + 1) : "output";
    final String other = at + 2 < tasks.size() ? tasks.get(at + 2) : "output";
    switch (other.equals(next) ? 0 : random.nextInt(4)) {
      case 1 -> graph.flow(from, next).flow(from, other);
      case 2 -> graph.flow(from, other, guard(1)).defaultFlow(from, next);
      case 3 -> graph.flow(from, next, 1 + random.nextInt(2));
      default -> graph.flow(from, next);
    }
  }
}
