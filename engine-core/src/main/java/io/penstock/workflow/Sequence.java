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
    return fill(parts, parts.net(name), body);
  }

  /** Fills a net of its own with a block, and gives its index. */
  static int fill(final WorkflowParts parts, final int net, final Consumer<Sequence> body) {
    final Sequence block = new Sequence(parts, net);
    block.begin();
    body.accept(block);
    block.end();
    return net;
  }

  @Override
  Sequence self() {
    return this;
  }
}
