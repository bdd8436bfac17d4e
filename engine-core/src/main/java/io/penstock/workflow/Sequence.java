package io.penstock.workflow;

import java.util.function.Consumer;

/**
 * A block inside a block: a branch, the body of a loop, what happens on failure. Not thread safe.
 */
public final class Sequence extends Block<Sequence> {
  Sequence(final WorkflowParts parts, final int net) {
    super(parts, net);
  }

  /** Adds a net of its own that holds a block, and gives its index. */
  static int net(final WorkflowParts parts, final String name, final Consumer<Sequence> body) {
    final int index = parts.net(name);
    final Sequence block = new Sequence(parts, index);
    block.begin();
    body.accept(block);
    block.end();
    return index;
  }

  @Override
  Sequence self() {
    return this;
  }
}
