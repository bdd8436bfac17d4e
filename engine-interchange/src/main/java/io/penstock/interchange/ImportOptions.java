package io.penstock.interchange;

import io.penstock.interchange.expression.ExpressionLanguage;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an import needs to know beside the file: handlers, types of variables, limits. Immutable;
 * each verb gives a copy.
 */
public final class ImportOptions {
  // Changed by verbs alone, each on a copy that nobody else has seen.
  private ImportLimits limits = ImportLimits.defaults();
  private Map<String, TaskHandler> handlers = Map.of();
  private Set<String> inline = Set.of();
  private Map<String, MultipleInstance.ItemList<?>> items = Map.of();
  private Map<String, List<MultipleInstance.Reduction<?>>> reductions = Map.of();
  private Function<ModelElement, Optional<TaskHandler>> resolver = element -> Optional.empty();
  private Map<String, Variable<?>> variables = Map.of();
  private Map<String, ExpressionLanguage> languages = Map.of();
  private ThrownEvent.Publisher publisher = ImportOptions::refuse;
  private boolean unboundByHand;
  private boolean choicesByHand;
  private @Nullable String unsoundReason;

  private ImportOptions() {}

  private ImportOptions(final ImportOptions from) {
    limits = from.limits;
    handlers = from.handlers;
    inline = from.inline;
    items = from.items;
    reductions = from.reductions;
    resolver = from.resolver;
    variables = from.variables;
    languages = from.languages;
    publisher = from.publisher;
    unboundByHand = from.unboundByHand;
    choicesByHand = from.choicesByHand;
    unsoundReason = from.unsoundReason;
  }

  private ImportOptions with(final Consumer<ImportOptions> change) {
    final ImportOptions copy = new ImportOptions(this);
    change.accept(copy);
    return copy;
  }

  private static void refuse(final ThrownEvent event, final Work work) {
    throw new IllegalStateException(
        "thrown event must have a publisher: event="
            + event
            + "; give ImportOptions.publisher one");
  }

  /**
   * Default limits, no handlers, no declared variables, nothing unsound.
   *
   * @return the options
   */
  public static ImportOptions defaults() {
    return new ImportOptions();
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
    return with(copy -> copy.limits = newLimits);
  }

  /**
   * Binds a handler to a task.
   *
   * @param idOrName id of the task, or its name where no id is the same
   * @param handler what it does, on a worker thread
   * @return a copy
   */
  public ImportOptions handler(final String idOrName, final TaskHandler handler) {
    return with(copy -> copy.handlers = with(handlers, idOrName, handler));
  }

  /**
   * Binds a handler to a task and runs it on the shard's own thread: it must be quick and must not
   * block.
   *
   * @param idOrName id of the task, or its name where no id is the same
   * @param handler what it does
   * @return a copy
   */
  public ImportOptions inlineHandler(final String idOrName, final TaskHandler handler) {
    return with(
        copy -> {
          copy.handlers = with(handlers, idOrName, handler);
          copy.inline = new HashSet<>(inline);
          copy.inline.add(idOrName);
        });
  }

  /**
   * Binds a list to a multi-instance activity: there is an instance for each of its items.
   *
   * @param <T> type of the items
   * @param idOrName id of the activity, or its name where no id is the same
   * @param item variable in which each instance finds its item
   * @param list makes the list; runs on a worker thread
   * @return a copy
   */
  public <T> ImportOptions items(
      final String idOrName, final Variable<T> item, final MultipleInstance.Items<T> list) {
    return variables(item)
        .with(
            copy ->
                copy.items = with(items, idOrName, new MultipleInstance.ItemList<>(item, list)));
  }

  /**
   * Says how what the instances of a multi-instance activity leave is folded into a variable of the
   * case.
   *
   * @param <V> type of both
   * @param idOrName id of the activity, or its name where no id is the same
   * @param from variable of the instance
   * @param into variable of the case
   * @param operator associative and commutative, quick, without effects
   * @return a copy
   */
  public <V> ImportOptions reduction(
      final String idOrName,
      final Variable<V> from,
      final Variable<V> into,
      final BinaryOperator<V> operator) {
    return variables(from, into)
        .with(
            copy -> {
              final List<MultipleInstance.Reduction<?>> all =
                  new ArrayList<>(reductions.getOrDefault(idOrName, List.of()));
              all.add(new MultipleInstance.Reduction<>(from, into, operator));
              copy.reductions = with(reductions, idOrName, all);
            });
  }

  /**
   * Binds everything that a workflow made in code has of it: handlers, lists and reductions to the
   * tasks of the same names, and declares its variables. For a model that was exported, or drawn,
   * from it.
   *
   * @param workflow the workflow
   * @return a copy
   */
  public ImportOptions handlersOf(final Workflow workflow) {
    ImportOptions all = variables(workflow.variables().toArray(Variable<?>[]::new));
    for (int net = 0; net < workflow.nets().size(); net++) {
      for (int task = 0; task < workflow.nets().get(net).taskCount(); task++) {
        all = all.bind(workflow.task(net, task));
      }
    }
    return all;
  }

  private ImportOptions bind(final TaskDefinition task) {
    ImportOptions bound = this;
    if (task.handler() != null) {
      bound =
          task.kind() == TaskKind.INLINE
              ? bound.inlineHandler(task.name(), task.handler())
              : bound.handler(task.name(), task.handler());
    }
    if (task.instances() != null) {
      for (final MultipleInstance.Reduction<?> reduction : task.instances().reductions()) {
        bound = bound.bind(task.name(), reduction);
      }
      if (task.instances().items() != null) {
        bound = bound.bind(task.name(), task.instances().items());
      }
    }
    return bound;
  }

  private <V> ImportOptions bind(final String task, final MultipleInstance.Reduction<V> reduction) {
    return reduction(task, reduction.from(), reduction.into(), reduction.operator());
  }

  private <T> ImportOptions bind(final String task, final MultipleInstance.ItemList<T> list) {
    return items(task, list.item(), list.items());
  }

  /**
   * Finds handlers for tasks to which none is bound.
   *
   * @param newResolver asked for each such task; empty where it knows none
   * @return a copy
   */
  public ImportOptions resolver(final Function<ModelElement, Optional<TaskHandler>> newResolver) {
    return with(copy -> copy.resolver = newResolver);
  }

  /**
   * Declares the types of variables; those that are not declared get theirs from the properties of
   * the process, or from how expressions use them.
   *
   * @param declared the variables
   * @return a copy
   */
  public ImportOptions variables(final Variable<?>... declared) {
    return with(
        copy -> {
          copy.variables = new LinkedHashMap<>(variables);
          for (final Variable<?> variable : declared) {
            copy.variables.put(variable.name(), variable);
          }
        });
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
    return with(copy -> copy.languages = with(languages, uri, language));
  }

  /**
   * Says where messages, signals and escalations go that a model throws.
   *
   * @param newPublisher takes them
   * @return a copy
   */
  public ImportOptions publisher(final ThrownEvent.Publisher newPublisher) {
    return with(copy -> copy.publisher = newPublisher);
  }

  /**
   * Makes work items for people of tasks without a handler, instead of refusing them.
   *
   * @return a copy
   */
  public ImportOptions unboundByHand() {
    return with(copy -> copy.unboundByHand = true);
  }

  /**
   * Lets choices without a readable condition be made by a text variable that has the name of the
   * gateway: a flow is taken when the variable contains its id.
   *
   * @return a copy
   */
  public ImportOptions choicesByHand() {
    return with(copy -> copy.choicesByHand = true);
  }

  /**
   * Takes models that are proved unsound too.
   *
   * @param reason why that is right; not blank
   * @return a copy
   */
  public ImportOptions allowUnsound(final String reason) {
    return with(copy -> copy.unsoundReason = reason);
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
   * Whether the handler bound to a task runs on the shard's own thread.
   *
   * @param element the task
   * @return false when it runs on a worker thread
   */
  public boolean isInline(final ModelElement element) {
    return inline.contains(element.id())
        || (!handlers.containsKey(element.id()) && inline.contains(element.name()));
  }

  /**
   * The list that is bound to a multi-instance activity.
   *
   * @param element the activity
   * @return the list bound to its id, else to its name, or empty
   */
  public Optional<MultipleInstance.ItemList<?>> items(final ModelElement element) {
    final MultipleInstance.ItemList<?> byId = items.get(element.id());
    return Optional.ofNullable(byId != null ? byId : items.get(element.name()));
  }

  /**
   * The reductions that are bound to a multi-instance activity.
   *
   * @param element the activity
   * @return those bound to its id, else to its name
   */
  public List<MultipleInstance.Reduction<?>> reductions(final ModelElement element) {
    return List.copyOf(
        reductions.getOrDefault(element.id(), reductions.getOrDefault(element.name(), List.of())));
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
