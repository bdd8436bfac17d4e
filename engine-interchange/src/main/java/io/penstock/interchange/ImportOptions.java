package io.penstock.interchange;

import io.penstock.interchange.expression.ExpressionLanguage;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an import needs to know beside the file: handlers, types of variables, limits. Immutable;
 * each verb gives a copy.
 */
public final class ImportOptions {
  private final ImportLimits limits;
  private final Map<String, TaskHandler> handlers;
  private final Function<ModelElement, Optional<TaskHandler>> resolver;
  private final Map<String, Variable<?>> variables;
  private final Map<String, ExpressionLanguage> languages;
  private final ThrownEvent.Publisher publisher;
  private final boolean unboundByHand;
  private final boolean choicesByHand;
  private final @Nullable String unsoundReason;

  private ImportOptions(
      final ImportLimits limits,
      final Map<String, TaskHandler> handlers,
      final Function<ModelElement, Optional<TaskHandler>> resolver,
      final Map<String, Variable<?>> variables,
      final Map<String, ExpressionLanguage> languages,
      final ThrownEvent.Publisher publisher,
      final boolean unboundByHand,
      final boolean choicesByHand,
      final @Nullable String unsoundReason) {
    this.limits = limits;
    this.handlers = handlers;
    this.resolver = resolver;
    this.variables = variables;
    this.languages = languages;
    this.publisher = publisher;
    this.unboundByHand = unboundByHand;
    this.choicesByHand = choicesByHand;
    this.unsoundReason = unsoundReason;
  }

  /**
   * Default limits, no handlers, no declared variables, nothing unsound.
   *
   * @return the options
   */
  public static ImportOptions defaults() {
    return new ImportOptions(
        ImportLimits.defaults(),
        Map.of(),
        element -> Optional.empty(),
        Map.of(),
        Map.of(),
        (event, work) -> {
          throw new IllegalStateException(
              "thrown event must have a publisher: event="
                  + event
                  + "; give ImportOptions.publisher one");
        },
        false,
        false,
        null);
  }

  /**
   * For looking at a model: tasks without a handler become work items for people, and choices that
   * the expression language cannot read are made by variables of the gateway's name.
   *
   * @return the options
   */
  public static ImportOptions byHand() {
    return defaults().unboundByHand().choicesByHand();
  }

  /**
   * Says how much of a file is read.
   *
   * @param newLimits the limits
   * @return a copy
   */
  public ImportOptions limits(final ImportLimits newLimits) {
    return new ImportOptions(
        newLimits,
        handlers,
        resolver,
        variables,
        languages,
        publisher,
        unboundByHand,
        choicesByHand,
        unsoundReason);
  }

  /**
   * Binds a handler to a task.
   *
   * @param idOrName id of the task, or its name where no id is the same
   * @param handler what it does, on a worker thread
   * @return a copy
   */
  public ImportOptions handler(final String idOrName, final TaskHandler handler) {
    return new ImportOptions(
        limits,
        with(handlers, idOrName, handler),
        resolver,
        variables,
        languages,
        publisher,
        unboundByHand,
        choicesByHand,
        unsoundReason);
  }

  /**
   * Finds handlers for tasks to which none is bound.
   *
   * @param newResolver asked for each such task; empty where it knows none
   * @return a copy
   */
  public ImportOptions resolver(final Function<ModelElement, Optional<TaskHandler>> newResolver) {
    return new ImportOptions(
        limits,
        handlers,
        newResolver,
        variables,
        languages,
        publisher,
        unboundByHand,
        choicesByHand,
        unsoundReason);
  }

  /**
   * Declares the types of variables; those that are not declared get theirs from how expressions
   * use them.
   *
   * @param declared the variables
   * @return a copy
   */
  public ImportOptions variables(final Variable<?>... declared) {
    Map<String, Variable<?>> all = variables;
    for (final Variable<?> variable : declared) {
      all = with(all, variable.name(), variable);
    }
    return new ImportOptions(
        limits,
        handlers,
        resolver,
        all,
        languages,
        publisher,
        unboundByHand,
        choicesByHand,
        unsoundReason);
  }

  /**
   * Adds a language for the guards whose expression names it.
   *
   * @param uri what {@code language} of the expression, or {@code expressionLanguage} of the file,
   *     says
   * @param language makes the guards
   * @return a copy
   */
  public ImportOptions language(final String uri, final ExpressionLanguage language) {
    return new ImportOptions(
        limits,
        handlers,
        resolver,
        variables,
        with(languages, uri, language),
        publisher,
        unboundByHand,
        choicesByHand,
        unsoundReason);
  }

  /**
   * Says where messages, signals and escalations go that a model throws.
   *
   * @param newPublisher takes them
   * @return a copy
   */
  public ImportOptions publisher(final ThrownEvent.Publisher newPublisher) {
    return new ImportOptions(
        limits,
        handlers,
        resolver,
        variables,
        languages,
        newPublisher,
        unboundByHand,
        choicesByHand,
        unsoundReason);
  }

  /**
   * Makes work items for people of tasks without a handler, instead of refusing them.
   *
   * @return a copy
   */
  public ImportOptions unboundByHand() {
    return new ImportOptions(
        limits,
        handlers,
        resolver,
        variables,
        languages,
        publisher,
        true,
        choicesByHand,
        unsoundReason);
  }

  /**
   * Lets choices without a readable condition be made by a text variable that has the name of the
   * gateway: a flow is taken when the variable contains its id.
   *
   * @return a copy
   */
  public ImportOptions choicesByHand() {
    return new ImportOptions(
        limits,
        handlers,
        resolver,
        variables,
        languages,
        publisher,
        unboundByHand,
        true,
        unsoundReason);
  }

  /**
   * Takes models that are proved unsound too.
   *
   * @param reason why that is right; not blank
   * @return a copy
   */
  public ImportOptions allowUnsound(final String reason) {
    return new ImportOptions(
        limits,
        handlers,
        resolver,
        variables,
        languages,
        publisher,
        unboundByHand,
        choicesByHand,
        reason);
  }

  private static <V> Map<String, V> with(
      final Map<String, V> map, final String key, final V value) {
    final Map<String, V> copy = new LinkedHashMap<>(map);
    copy.put(key, value);
    return copy;
  }

  /**
   * How much of a file is read.
   *
   * @return the limits
   */
  public ImportLimits limits() {
    return limits;
  }

  /**
   * The handler of a task.
   *
   * @param element the task
   * @return the handler bound to its id, else to its name, else what the resolver says
   */
  public Optional<TaskHandler> handler(final ModelElement element) {
    final TaskHandler byId = handlers.get(element.id());
    final TaskHandler bound = byId != null ? byId : handlers.get(element.name());
    return bound != null ? Optional.of(bound) : resolver.apply(element);
  }

  /**
   * The declared variables.
   *
   * @return name to variable
   */
  public Map<String, Variable<?>> variables() {
    return Map.copyOf(variables);
  }

  /**
   * A language of expressions.
   *
   * @param uri what the file calls it
   * @return the language, or empty when none was added for it
   */
  public Optional<ExpressionLanguage> language(final String uri) {
    return Optional.ofNullable(languages.get(uri));
  }

  /**
   * Where thrown events go.
   *
   * @return the publisher
   */
  public ThrownEvent.Publisher publisher() {
    return publisher;
  }

  /**
   * Whether tasks without a handler become work items for people.
   *
   * @return false when they are refused
   */
  public boolean isUnboundByHand() {
    return unboundByHand;
  }

  /**
   * Whether choices without a readable condition are made by a variable.
   *
   * @return false when they are refused
   */
  public boolean areChoicesByHand() {
    return choicesByHand;
  }

  /**
   * Why unsound models are taken.
   *
   * @return the reason, or empty when they are refused
   */
  public Optional<String> unsoundReason() {
    return Optional.ofNullable(unsoundReason);
  }
}
