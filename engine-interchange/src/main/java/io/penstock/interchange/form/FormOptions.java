package io.penstock.interchange.form;

import io.penstock.interchange.ImportLimits;
import io.penstock.interchange.ThrownEvent;
import io.penstock.workflow.Guard;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Workflow;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the references of a stored workflow stand for: handlers, guards, lists of items, operators
 * and exceptions that only code can say. Immutable; each verb gives a copy.
 */
public final class FormOptions {
  // Changed by verbs alone, each on a copy that nobody else has seen.
  private ImportLimits limits = ImportLimits.defaults();
  private Map<String, TaskHandler> handlers = Map.of();
  private Function<String, Optional<TaskHandler>> resolver = reference -> Optional.empty();
  private ThrownEvent.@Nullable Publisher publisher;
  private Map<String, Guard> guards = Map.of();
  private Map<String, MultipleInstance.Items<?>> items = Map.of();
  private Map<String, BinaryOperator<?>> operators = Map.of();
  private Map<String, Class<? extends Throwable>> exceptions = Map.of();
  private Unbound unbound = Unbound.REFUSED;
  private boolean trusted;
  private @Nullable String unsoundReason;

  /** What becomes of references that nothing is bound to. */
  enum Unbound {
    /** They are reported, all at once. */
    REFUSED,
    /** They get something that fails when it is used. */
    STAND_IN,
    /** Handlers do nothing, guards are variables. */
    BY_HAND
  }

  private FormOptions() {}

  private FormOptions(final FormOptions from) {
    limits = from.limits;
    handlers = from.handlers;
    resolver = from.resolver;
    publisher = from.publisher;
    guards = from.guards;
    items = from.items;
    operators = from.operators;
    exceptions = from.exceptions;
    unbound = from.unbound;
    trusted = from.trusted;
    unsoundReason = from.unsoundReason;
  }

  private FormOptions with(final Consumer<FormOptions> change) {
    final FormOptions copy = new FormOptions(this);
    change.accept(copy);
    return copy;
  }

  /**
   * Default limits, nothing bound, nothing unsound; the exceptions of {@code java.lang}, {@code
   * java.io} and {@code java.util.concurrent} that handlers throw most are known.
   *
   * @return the options
   */
  public static FormOptions defaults() {
    return new FormOptions()
        .exception(Exception.class)
        .exception(RuntimeException.class)
        .exception(Error.class)
        .exception(IllegalArgumentException.class)
        .exception(IllegalStateException.class)
        .exception(UnsupportedOperationException.class)
        .exception(ArithmeticException.class)
        .exception(NullPointerException.class)
        .exception(java.io.IOException.class)
        .exception(java.io.UncheckedIOException.class)
        .exception(java.util.concurrent.TimeoutException.class);
  }

  /**
   * For looking at a workflow, such as to draw it, to check it or to write it in another notation:
   * references that nothing is bound to get something that fails when it is used.
   *
   * @return a copy
   */
  public FormOptions standIns() {
    return with(copy -> copy.unbound = Unbound.STAND_IN);
  }

  /**
   * For playing a workflow without its code: handlers that nothing is bound to do nothing, and a
   * guard that nothing is bound to holds when a boolean variable of its name is true. Lists of
   * items and operators fail when they are used.
   *
   * @return a copy
   */
  public FormOptions byHand() {
    return with(copy -> copy.unbound = Unbound.BY_HAND);
  }

  /**
   * Says how much of a file is read.
   *
   * @param newLimits the limits; the elements are the values of the document
   * @return a copy
   */
  public FormOptions limits(final ImportLimits newLimits) {
    return with(copy -> copy.limits = newLimits);
  }

  /**
   * Binds a handler.
   *
   * @param reference what {@code handler} of the task says
   * @param handler what the task does
   * @return a copy
   */
  public FormOptions handler(final String reference, final TaskHandler handler) {
    return with(copy -> copy.handlers = with(handlers, reference, handler));
  }

  /**
   * Binds what a workflow in code has, under the references that {@link WorkflowForm#write} gives
   * it: for reading the workflow back, or what somebody has made of its file.
   *
   * @param workflow the workflow
   * @return a copy
   */
  public FormOptions codeOf(final Workflow workflow) {
    final FormWriter writer = new FormWriter(workflow);
    writer.write();
    FormOptions changed = this;
    for (final Map.Entry<String, Object> each : writer.references().entrySet()) {
      final int blank = each.getKey().indexOf(' ');
      final String reference = each.getKey().substring(blank + 1);
      changed = changed.bind(each.getKey().substring(0, blank), reference, each.getValue());
    }
    for (final Class<? extends Throwable> type : writer.exceptions()) {
      changed = changed.exception(type);
    }
    return changed;
  }

  private FormOptions bind(final String kind, final String reference, final Object code) {
    return switch (kind) {
      case "handler" -> handler(reference, (TaskHandler) code);
      case "guard" -> guard(reference, (Guard) code);
      case "items" -> items(reference, (MultipleInstance.Items<?>) code);
      default -> operator(reference, (BinaryOperator<?>) code);
    };
  }

  /**
   * Finds handlers for references to which none is bound.
   *
   * @param newResolver asked for each such reference; empty where it knows none
   * @return a copy
   */
  public FormOptions resolver(final Function<String, Optional<TaskHandler>> newResolver) {
    return with(copy -> copy.resolver = newResolver);
  }

  /**
   * Says where messages, signals and escalations go that tasks throw.
   *
   * @param newPublisher takes them
   * @return a copy
   */
  public FormOptions publisher(final ThrownEvent.Publisher newPublisher) {
    return with(copy -> copy.publisher = newPublisher);
  }

  /**
   * Binds a guard.
   *
   * @param reference what {@code reference} of the guard says
   * @param guard judges it
   * @return a copy
   */
  public FormOptions guard(final String reference, final Guard guard) {
    return with(copy -> copy.guards = with(guards, reference, guard));
  }

  /**
   * Binds what makes a list of items.
   *
   * @param reference what {@code items} of the task says
   * @param newItems makes the list; its items must be of the type of the task's variable
   * @return a copy
   */
  public FormOptions items(final String reference, final MultipleInstance.Items<?> newItems) {
    return with(copy -> copy.items = with(items, reference, newItems));
  }

  /**
   * Binds an operator that folds what instances leave.
   *
   * @param reference what {@code by} of the reduction says
   * @param operator associative and commutative, for values of the type of the variables
   * @return a copy
   */
  public FormOptions operator(final String reference, final BinaryOperator<?> operator) {
    return with(copy -> copy.operators = with(operators, reference, operator));
  }

  /**
   * Makes an exception known that is not tried again. No class is loaded because a file names it.
   *
   * @param type its type; files name it as {@link Class#getName} does
   * @return a copy
   */
  public FormOptions exception(final Class<? extends Throwable> type) {
    return with(copy -> copy.exceptions = with(exceptions, type.getName(), type));
  }

  /**
   * For documents that {@link WorkflowForm#write} wrote: takes nets as safe that say so, also where
   * that cannot be found out within the verifier's bounds. A net that is not safe would lose
   * tokens.
   *
   * @return a copy
   */
  public FormOptions trusted() {
    return with(copy -> copy.trusted = true);
  }

  /**
   * Takes workflows that are proved unsound too; those whose file gives a reason are taken anyway.
   *
   * @param reason why that is right; not blank
   * @return a copy
   */
  public FormOptions allowUnsound(final String reason) {
    return with(copy -> copy.unsoundReason = reason);
  }

  private static <V> Map<String, V> with(
      final Map<String, V> map, final String key, final V value) {
    final Map<String, V> copy = new LinkedHashMap<>(map);
    copy.put(key, value);
    return copy;
  }

  ImportLimits limits() {
    return limits;
  }

  Unbound unbound() {
    return unbound;
  }

  boolean isTrusted() {
    return trusted;
  }

  @Nullable String unsoundReason() {
    return unsoundReason;
  }

  @Nullable TaskHandler handler(final String reference) {
    final TaskHandler bound = handlers.get(reference);
    return bound != null ? bound : resolver.apply(reference).orElse(null);
  }

  ThrownEvent.@Nullable Publisher publisher() {
    return publisher;
  }

  @Nullable Guard guard(final String reference) {
    return guards.get(reference);
  }

  MultipleInstance.@Nullable Items<?> items(final String reference) {
    return items.get(reference);
  }

  @Nullable BinaryOperator<?> operator(final String reference) {
    return operators.get(reference);
  }

  @Nullable Class<? extends Throwable> exception(final String name) {
    return exceptions.get(name);
  }
}
