package io.penstock.interchange.bpmn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.ImportedModel;
import io.penstock.workflow.Block;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is made of blocks and can be said in BPMN comes back from BPMN as it was. */
class BpmnRoundTripProperties {
  private static final Variable<Boolean> YES = Variable.ofBoolean("yes");
  private static final Variable<Long> COUNT = Variable.ofLong("the-count");
  private static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  private static final Variable<String> STATE = Variable.ofString("state");
  private static final int CASES = 4;

  static ImportedModel read(final String xml, final Workflow handlers) {
    return BpmnImport.read(
        "export.bpmn",
        new ByteArrayInputStream(xml.getBytes(UTF_8)),
        ImportOptions.defaults().handlersOf(handlers).allowUnsound("only compared"));
  }

  @Property(tries = 60)
  void shouldComeBackFromBpmnAsItWas(
      @ForAll("blocks") final Workflow workflow, @ForAll final Random random) {
    final String xml = BpmnExport.of(workflow).xml();
    final ImportedModel back = read(xml, workflow);
    assertThat(back.report().entries()).as(xml).isEmpty();
    final SideBySide both = new SideBySide(workflow, Map.of(), back.workflow(), back.labels());
    try {
      for (int i = 0; i < CASES; i++) {
        both.play(random);
      }
    } catch (final AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + xml, e);
    }
  }

  @Property(tries = 20)
  void shouldBeWrittenTheSameWhenItHasComeBack(@ForAll("blocks") final Workflow workflow) {
    final String first = BpmnExport.of(workflow).xml();
    final String second = again(first, workflow);
    final Map<String, Long> drawn = elements(first);
    final Map<String, Long> back = elements(second);
    assertThat(elements(again(second, workflow))).isEqualTo(back);
    // Gateways that only bring flows together before an element that does so itself are left out.
    for (final String merging :
        List.of("<exclusiveGateway ", "<sequenceFlow ", "<incoming>", "<outgoing>")) {
      drawn.remove(merging);
      back.remove(merging);
    }
    assertThat(back).isEqualTo(drawn);
  }

  private static String again(final String xml, final Workflow handlers) {
    final ImportedModel model = read(xml, handlers);
    return BpmnExport.of(model.workflow()).labels(model.labels()).xml();
  }

  /** How many elements of each kind there are, and which conditions. */
  private static Map<String, Long> elements(final String xml) {
    return Pattern.compile("<conditionExpression[^<]*|<([a-z][A-Za-z]+)[ />]")
        .matcher(xml)
        .results()
        .collect(Collectors.groupingBy(MatchResult::group, TreeMap::new, Collectors.counting()));
  }

  @Provide
  Arbitrary<Workflow> blocks() {
    return Arbitraries.randomValue(
        random -> {
          final WorkflowBuilder workflow =
              Workflow.define("blocks").variables(YES, COUNT, AMOUNT, STATE).manual("first");
          new Writer(random).steps(workflow, 2);
          return workflow.build();
        });
  }

  /** Writes random blocks of what BPMN can say; every task has a name of its own. */
  private static final class Writer {
    private final Random random;
    private int tasks;

    Writer(final Random random) {
      this.random = random;
    }

    void steps(final Block<?> block, final int depth) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        step(block, depth);
      }
    }

    private Consumer<Sequence> inner(final int depth) {
      return sequence -> steps(sequence, depth - 1);
    }

    private String name() {
      return "task <" + ++tasks + ">";
    }

    private Guard guard() {
      return switch (random.nextInt(7)) {
        case 0 -> YES.isTrue();
        case 1 -> YES.isFalse();
        case 2 -> COUNT.isAtLeast((long) random.nextInt(4) - 1);
        case 3 -> AMOUNT.isLessThan(new BigDecimal("12.50")).not();
        case 4 -> STATE.is("a");
        case 5 -> YES.isTrue().or(COUNT.isGreaterThan(1L));
        default -> AMOUNT.isGreaterThan(BigDecimal.TEN).and(STATE.is("b").not());
      };
    }

    private void step(final Block<?> block, final int depth) {
      switch (random.nextInt(depth == 0 ? 6 : 15)) {
        case 0 -> block.task(name(), work -> work.set(YES, true));
        case 1 -> block.manual(name());
        case 2 -> block.delay(name(), Duration.ofSeconds(1 + random.nextInt(9)));
        case 3 -> block.inlineTask(name(), work -> work.set(COUNT, 2L));
        case 4 -> block.awaitMessage(name());
        case 5 -> block.awaitSignal(name());
        case 6 -> parallel(block, depth);
        case 7 ->
            block.choice(
                choice ->
                    choice
                        .when(guard(), inner(depth))
                        .when(guard(), inner(depth))
                        .otherwise(otherwise(depth)));
        case 8 ->
            block.whileTrue(
                guard(),
                body -> {
                  body.manual(name());
                  steps(body, depth - 1);
                });
        case 9 -> inclusive(block, depth);
        case 10 -> exits(block, depth);
        case 11 ->
            block.awaitFirst(
                first ->
                    first
                        .message(name(), inner(depth))
                        .signal(name(), inner(depth))
                        .after(name(), Duration.ofSeconds(1), inner(depth)));
        case 12 -> instances(block, depth);
        case 13 -> block.repeatUntil(guard(), body -> body.manual(name()));
        case 14 ->
            block
                .manual(name())
                .deadline(Duration.ofMinutes(30 + random.nextInt(60)))
                .onTimeout(inner(depth));
        default -> throw new AssertionError();
      }
    }

    private void parallel(final Block<?> block, final int depth) {
      final int branches = 2 + random.nextInt(3);
      block.parallel(
          parallel -> {
            for (int i = 0; i < branches; i++) {
              parallel.branch(inner(Math.max(1, depth - 1)));
            }
            if (random.nextInt(3) == 0) {
              parallel.waitFor(1, Rest.RUN_ON);
            }
          });
    }

    private void inclusive(final Block<?> block, final int depth) {
      block.inclusiveChoice(
          choice ->
              choice
                  .when(guard(), inner(depth))
                  .when(guard(), inner(depth))
                  .otherwise(random.nextBoolean() ? skip -> {} : inner(depth)));
    }

    private Consumer<Sequence> otherwise(final int depth) {
      return random.nextInt(4) == 0
          ? Sequence::cancel
          : random.nextBoolean() ? skip -> {} : inner(depth);
    }

    private void instances(final Block<?> block, final int depth) {
      switch (random.nextInt(3)) {
        case 0 -> block.instances(name(), 2, inner(depth));
        case 1 -> block.instances(name(), COUNT, inner(depth));
        default -> block.instances(name(), 3, inner(depth)).until(2, Rest.CANCEL);
      }
    }

    private void exits(final Block<?> block, final int depth) {
      final Block<?> task =
          block.task(name(), work -> {}).deadline(Duration.ofMinutes(1)).onFailure(inner(depth));
      if (random.nextBoolean()) {
        task.onTimeout(inner(depth));
      }
      if (random.nextBoolean()) {
        block.task(name(), work -> {}).retry(Retry.exponential(3));
      }
    }
  }
}
