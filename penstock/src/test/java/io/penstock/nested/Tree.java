package io.penstock.nested;

import io.penstock.workflow.Block;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A workflow as a tree of blocks; every leaf is done by hand. Names are unique in a tree. */
sealed interface Tree {
  /** A work item. */
  record Leaf(String name) implements Tree {}

  /** One after the other. */
  record Row(List<Tree> steps) implements Tree {}

  /** At the same time; goes on when so many are done. */
  record Fork(List<Tree> branches, int threshold, Rest rest) implements Tree {}

  /** Several instances of a body; a threshold or a maximum of 0 means none. */
  record Many(
      String name,
      int count,
      int threshold,
      Rest rest,
      int maximum,
      boolean keptOpen,
      boolean detached,
      Tree body)
      implements Tree {}

  /** A sub-workflow. */
  record Call(String name, Tree body) implements Tree {}

  /** A tree from a seed. */
  static Tree random(final long seed) {
    return new Grower(new Random(seed)).body(2);
  }

  /** The workflow that a tree stands for. */
  static Workflow workflow(final String name, final Tree tree) {
    final WorkflowBuilder builder = Workflow.define(name);
    new Writer(builder).write(tree, builder);
    return builder.build();
  }

  /** Writes trees with the DSL. */
  final class Writer {
    private final WorkflowBuilder workflow;

    Writer(final WorkflowBuilder workflow) {
      this.workflow = workflow;
    }

    void write(final Tree tree, final Block<?> into) {
      if (tree instanceof Leaf leaf) {
        into.manual(leaf.name());
      } else if (tree instanceof Row row) {
        row.steps().forEach(step -> write(step, into));
      } else if (tree instanceof Fork fork) {
        into.parallel(
            branches -> {
              fork.branches().forEach(branch -> branches.branch(to -> write(branch, to)));
              if (fork.rest() != Rest.WAIT) {
                branches.waitFor(fork.threshold(), fork.rest());
              }
            });
      } else if (tree instanceof Many many) {
        write(many, into);
      } else if (tree instanceof Call call) {
        workflow.subworkflow("net of " + call.name(), to -> write(call.body(), to));
        into.call(call.name(), "net of " + call.name());
      }
    }

    private void write(final Many many, final Block<?> into) {
      into.instances(many.name(), many.count(), to -> write(many.body(), to));
      if (many.threshold() > 0) {
        into.until(many.threshold(), many.rest());
      }
      if (many.maximum() > 0) {
        into.addable(many.maximum());
      }
      if (many.keptOpen()) {
        into.keptOpen();
      }
      if (many.detached()) {
        into.detached();
      }
    }
  }

  /** Grows trees. Bodies begin with a leaf, so that no two cases of one kind begin at once. */
  final class Grower {
    private final Random random;
    private int names;

    Grower(final Random random) {
      this.random = random;
    }

    private String name(final String prefix) {
      names++;
      return prefix + names;
    }

    Tree body(final int depth) {
      final List<Tree> steps = new ArrayList<>();
      steps.add(new Leaf(name("leaf")));
      for (int i = random.nextInt(3); i > 0; i--) {
        steps.add(step(depth));
      }
      return new Row(steps);
    }

    private Tree step(final int depth) {
      if (depth == 0) {
        return new Leaf(name("leaf"));
      }
      return switch (random.nextInt(4)) {
        case 0 -> fork(depth - 1);
        case 1 -> new Call(name("call"), body(depth - 1));
        case 2 -> many(depth - 1);
        default -> new Leaf(name("leaf"));
      };
    }

    private Rest pick(final Rest... rests) {
      return rests[random.nextInt(rests.length)];
    }

    private Tree fork(final int depth) {
      final List<Tree> branches = new ArrayList<>();
      for (int i = 2 + random.nextInt(2); i > 0; i--) {
        branches.add(new Row(List.of(step(depth), step(depth))));
      }
      final Rest rest = pick(Rest.WAIT, Rest.RUN_ON, Rest.CANCEL);
      final int all = branches.size();
      return new Fork(branches, rest == Rest.WAIT ? all : 1 + random.nextInt(all), rest);
    }

    private Tree many(final int depth) {
      final String name = name("many");
      final int count = 1 + random.nextInt(4);
      final Tree body = body(depth);
      if (random.nextInt(4) == 0) {
        return new Many(name, count, 0, Rest.WAIT, 0, false, true, body);
      }
      final boolean addable = random.nextBoolean();
      final int threshold = random.nextBoolean() ? 0 : 1 + random.nextInt(count);
      final Rest rest = threshold == 0 ? Rest.WAIT : pick(Rest.WAIT, Rest.RUN_ON, Rest.CANCEL);
      final int maximum = addable ? count + random.nextInt(3) : 0;
      return new Many(
          name, count, threshold, rest, maximum, addable && random.nextInt(3) == 0, false, body);
    }
  }
}
