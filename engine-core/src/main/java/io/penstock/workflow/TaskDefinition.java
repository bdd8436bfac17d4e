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
 * @param message name of the message, for {@link TaskKind#MESSAGE}
 * @param forEach the repeated block, for {@link TaskKind#FOR_EACH}
 */
public record TaskDefinition(
    String name,
    TaskKind kind,
    @Nullable TaskHandler handler,
    Retry retry,
    @Nullable Duration deadline,
    @Nullable String message,
    @Nullable ForEach<?> forEach) {

  static TaskDefinition of(final String name, final TaskKind kind) {
    return new TaskDefinition(name, kind, null, Retry.never(), null, null, null);
  }

  TaskDefinition withHandler(final TaskHandler newHandler) {
    return new TaskDefinition(name, kind, newHandler, retry, deadline, message, forEach);
  }

  TaskDefinition withRetry(final Retry newRetry) {
    return new TaskDefinition(name, kind, handler, newRetry, deadline, message, forEach);
  }

  TaskDefinition withDeadline(final Duration newDeadline) {
    return new TaskDefinition(name, kind, handler, retry, newDeadline, message, forEach);
  }

  TaskDefinition withMessage(final String newMessage) {
    return new TaskDefinition(name, kind, handler, retry, deadline, newMessage, forEach);
  }

  TaskDefinition withForEach(final ForEach<?> newForEach) {
    return new TaskDefinition(name, kind, handler, retry, deadline, message, newForEach);
  }
}
