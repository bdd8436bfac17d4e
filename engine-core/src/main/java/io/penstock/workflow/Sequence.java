package io.penstock.workflow;

/**
 * A block inside a block: a branch, the body of a loop, what happens on failure. Not thread safe.
 */
public final class Sequence extends Block<Sequence> {
  Sequence(final WorkflowParts parts, final int net) {
    super(parts, net);
  }

  @Override
  Sequence self() {
    return this;
  }
}
