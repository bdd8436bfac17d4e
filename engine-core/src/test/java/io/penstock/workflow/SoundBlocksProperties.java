package io.penstock.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.net.Verification;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is made of blocks is sound, and is known to be at once. */
class SoundBlocksProperties {
  private static final Variable<Boolean> YES = Variable.ofBoolean("yes");
  private static final int STATES_MAX = 1_000;

  @Property(tries = 300)
  void shouldBeSound(@ForAll("blocks") final Workflow workflow) {
    for (final Verification found : workflow.verify()) {
      assertThat(found.answer()).isEqualTo(Verification.Answer.SOUND);
      assertThat(found.states()).isLessThan(STATES_MAX);
    }
  }

  @Provide
  Arbitrary<Workflow> blocks() {
    return Arbitraries.randomValue(
        random -> {
          final WorkflowBuilder workflow = Workflow.define("blocks").task("first", work -> {});
          new Writer(random).steps(workflow, 4);
          return workflow.build();
        });
  }

  /** Writes random blocks, in which every task has a name of its own. */
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
      return "task " + ++tasks;
    }

    private void step(final Block<?> block, final int depth) {
      switch (random.nextInt(depth == 0 ? 4 : 10)) {
        case 0 -> block.task(name(), work -> {});
        case 1 -> block.manual(name());
        case 2 -> block.delay(name(), Duration.ofSeconds(1));
        case 3 -> block.inlineTask(name(), work -> {});
        case 4 -> parallel(block, depth);
        case 5 ->
            block.choice(
                choice -> choice.when(YES.isTrue(), inner(depth)).otherwise(otherwise(depth)));
        case 6 ->
            block.whileTrue(
                YES.isTrue(),
                body -> {
                  body.task(name(), work -> {});
                  steps(body, depth - 1);
                });
        case 7 ->
            block.inclusiveChoice(
                choice ->
                    choice
                        .when(YES.isTrue(), inner(depth))
                        .when(YES.isTrue().not(), inner(depth))
                        .otherwise(skip -> {}));
        case 8 -> exits(block, depth);
        case 9 ->
            block.awaitFirst(
                first ->
                    first
                        .manual(name(), inner(depth))
                        .after(name(), Duration.ofSeconds(1), inner(depth)));
        default -> throw new AssertionError();
      }
    }

    private void parallel(final Block<?> block, final int depth) {
      final int branches = 2 + random.nextInt(9);
      block.parallel(
          parallel -> {
            for (int i = 0; i < branches; i++) {
              parallel.branch(inner(Math.max(1, depth - 2)));
            }
          });
    }

    private Consumer<Sequence> otherwise(final int depth) {
      return random.nextInt(4) == 0 ? Sequence::cancel : inner(depth);
    }

    private void exits(final Block<?> block, final int depth) {
      final Block<?> task =
          block.task(name(), work -> {}).deadline(Duration.ofSeconds(1)).onFailure(inner(depth));
      if (random.nextBoolean()) {
        task.onTimeout(inner(depth));
      }
    }
  }
}
