package io.penstock.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a workflow says of one task beside its place in the net.
 *
 * @param name unique in its net
 * @param kind who does it
 * @param handler what it does; for {@link TaskKind#WORKER} and {@link TaskKind#INLINE}
 * @param retry what happens when the handler throws
 * @param deadline how long it may take, from its start or its offer; the delay itself for {@link
 *     TaskKind#DELAY}
 * @param message name of the message or signal, for {@link TaskKind#MESSAGE} and {@link
 *     TaskKind#SIGNAL}
 * @param instances the repeated block, for {@link TaskKind#MULTIPLE_INSTANCE}
 * @param subworkflow name of the net that it runs, for {@link TaskKind#COMPOSITE}
 * @param whileWaiting of a message: whether only one counts that comes while the task waits; none
 *     is kept for it
 */
public record TaskDefinition(
    String name,
    TaskKind kind,
    @Nullable TaskHandler handler,
    Retry retry,
    @Nullable Duration deadline,
    @Nullable String message,
    @Nullable MultipleInstance instances,
    @Nullable String subworkflow,
    boolean whileWaiting) {

  /**
   * A task; of one that waits for a message, with those that came before.
   *
   * @param name unique in its net
   * @param kind who does it
   * @param handler what it does
   * @param retry what happens when the handler throws
   * @param deadline how long it may take
   * @param message name of the message or signal
   * @param instances the repeated block
   * @param subworkflow name of the net that it runs
   */
  public TaskDefinition(
      final String name,
      final TaskKind kind,
      final @Nullable TaskHandler handler,
      final Retry retry,
      final @Nullable Duration deadline,
      final @Nullable String message,
      final @Nullable MultipleInstance instances,
      final @Nullable String subworkflow) {
    this(name, kind, handler, retry, deadline, message, instances, subworkflow, false);
  }

  static TaskDefinition of(final String name, final TaskKind kind) {
    return new TaskDefinition(name, kind, null, Retry.never(), null, null, null, null);
  }

  /** Whether it can fail, so that something may happen instead. */
  boolean canFail() {
    return switch (kind) {
      case WORKER, INLINE, MULTIPLE_INSTANCE, COMPOSITE -> true;
      case ROUTING, CANCEL, MANUAL, MESSAGE, SIGNAL, DELAY -> false;
    };
  }

  /** Whether it can be tried again: instances cannot, but the list of their items. */
  boolean canBeRetried() {
    return canFail() && (instances == null || instances.items() != null);
  }

  /** Whether it waits for something that may never come. */
  boolean canTimeOut() {
    return switch (kind) {
      case WORKER, MANUAL, MESSAGE, SIGNAL, MULTIPLE_INSTANCE, COMPOSITE -> true;
      case ROUTING, CANCEL, INLINE, DELAY -> false;
    };
  }

  void checkCanFail(final String verb) {
    check(canFail(), verb + " must follow a step that can fail");
  }

  void checkCanBeRetried(final String verb) {
    check(canBeRetried(), verb + " must follow a step that can be tried again");
  }

  void checkCanTimeOut(final String verb) {
    check(canTimeOut(), verb + " must follow a step that waits");
  }

  private void check(final boolean holds, final String rule) {
    if (!holds) {
      throw new IllegalStateException(rule + ": task=" + name + ", kind=" + kind);
    }
  }

  /** The instances that a modifier is said of. */
  MultipleInstance instances(final String verb) {
    if (instances == null) {
      throw new IllegalStateException(
          verb + " must follow a multiple-instance step: task=" + name + ", kind=" + kind);
    }
    return instances;
  }

  TaskDefinition withHandler(final TaskHandler newHandler) {
    return new TaskDefinition(
        name, kind, newHandler, retry, deadline, message, instances, subworkflow, whileWaiting);
  }

  TaskDefinition withRetry(final Retry newRetry) {
    return new TaskDefinition(
        name, kind, handler, newRetry, deadline, message, instances, subworkflow, whileWaiting);
  }

  TaskDefinition withDeadline(final Duration newDeadline) {
    return new TaskDefinition(
        name, kind, handler, retry, newDeadline, message, instances, subworkflow, whileWaiting);
  }

  TaskDefinition withMessage(final String newMessage) {
    return new TaskDefinition(
        name, kind, handler, retry, deadline, newMessage, instances, subworkflow, whileWaiting);
  }

  TaskDefinition withInstances(final MultipleInstance newInstances) {
    return new TaskDefinition(
        name, kind, handler, retry, deadline, message, newInstances, subworkflow, whileWaiting);
  }

  TaskDefinition withSubworkflow(final String newSubworkflow) {
    return new TaskDefinition(
        name, kind, handler, retry, deadline, message, instances, newSubworkflow, whileWaiting);
  }

  TaskDefinition withWhileWaiting() {
    return new TaskDefinition(
        name, kind, handler, retry, deadline, message, instances, subworkflow, true);
  }
}
