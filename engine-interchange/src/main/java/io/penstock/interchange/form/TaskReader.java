package io.penstock.interchange.form;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ThrownEvent;
import io.penstock.interchange.form.Node.Kind;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Retry;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** What a document says of a task beside its place in the net. Used for one document. */
final class TaskReader {
  private final FormOptions options;
  private final Findings findings;
  private final GuardReader guards;
  private final Map<String, Variable<?>> variables;

  TaskReader(
      final FormOptions options,
      final Findings findings,
      final GuardReader guards,
      final Map<String, Variable<?>> variables) {
    this.options = options;
    this.findings = findings;
    this.guards = guards;
    this.variables = variables;
  }

  /** The definition, or null when the kind is not known. */
  @Nullable TaskDefinition read(final Fields task, final int netCount) {
    final String name = task.neededText("name");
    final TaskKind kind = task.word("kind", TaskKind.class);
    if (kind == null) {
      if (!task.has("kind")) {
        task.problem(task.line(), "must have a member: member=kind");
      }
      for (final String member :
          List.of(
              "handler",
              "throws",
              "message",
              "whileWaiting",
              "signal",
              "subworkflow",
              "instances",
              "delay",
              "deadline",
              "retry",
              "offered")) {
        task.any(member);
      }
      return null;
    }
    final boolean isHandled = kind == TaskKind.WORKER || kind == TaskKind.INLINE;
    if (task.has("throws") && isHandled) {
      allow(task, kind, "handler", false);
    } else {
      allow(task, kind, "handler", isHandled);
      allow(task, kind, "throws", false);
    }
    allow(task, kind, "message", kind == TaskKind.MESSAGE);
    if (task.has("whileWaiting")) {
      allow(task, kind, "whileWaiting", kind == TaskKind.MESSAGE);
    }
    allow(task, kind, "signal", kind == TaskKind.SIGNAL);
    allow(task, kind, "subworkflow", kind == TaskKind.COMPOSITE);
    allow(task, kind, "instances", kind == TaskKind.MULTIPLE_INSTANCE);
    allow(task, kind, "delay", kind == TaskKind.DELAY);
    return new TaskDefinition(
        name,
        kind,
        task.has("throws") ? thrown(task) : task.has("handler") ? handler(task) : null,
        task.has("retry") ? retry(task) : Retry.never(),
        deadline(task, kind),
        task.has("message") ? task.text("message") : task.text("signal"),
        task.has("instances") ? instances(task, name, netCount) : null,
        task.text("subworkflow"),
        task.truth("whileWaiting"));
  }

  /** A member that belongs to one kind of task must be there, and nowhere else. */
  private static void allow(
      final Fields task, final TaskKind kind, final String member, final boolean isItsKind) {
    if (task.has(member) != isItsKind) {
      task.problem(
          task.line(),
          "must have what its kind needs, and nothing else: kind="
              + Words.of(kind)
              + ", member="
              + member);
      task.any(member);
    }
  }

  private static @Nullable Duration deadline(final Fields task, final TaskKind kind) {
    final Duration delay = task.duration("delay");
    final Duration deadline = task.duration("deadline");
    if (kind == TaskKind.DELAY && deadline != null) {
      task.problem(task.line(), "must have a delay and no deadline");
    }
    return kind == TaskKind.DELAY ? delay : deadline;
  }

  private TaskHandler handler(final Fields task) {
    final String reference = task.neededText("handler");
    final TaskHandler bound = options.handler(reference);
    if (bound != null) {
      return new Referred.Handler(reference, bound);
    }
    if (options.unbound() == FormOptions.Unbound.REFUSED) {
      task.problem(
          task.line(),
          "must have a handler that is bound: handler="
              + reference
              + "; give FormOptions.handler one");
    }
    return new Referred.Handler(
        reference,
        options.unbound() == FormOptions.Unbound.BY_HAND
            ? work -> {}
            : work -> fail("handler", reference));
  }

  private @Nullable TaskHandler thrown(final Fields task) {
    final Fields event = task.object("throws", "thrown event");
    if (event == null) {
      return null;
    }
    final ThrownEvent.Kind kind = event.word("kind", ThrownEvent.Kind.class);
    if (!event.has("kind")) {
      event.problem(event.line(), "must have a member: member=kind");
    }
    final String name = event.neededText("name");
    event.end();
    ThrownEvent.Publisher publisher = options.publisher();
    if (publisher == null) {
      if (options.unbound() == FormOptions.Unbound.REFUSED) {
        event.problem(
            event.line(),
            "must have a publisher: name=" + name + "; give FormOptions.publisher one");
      }
      publisher =
          options.unbound() == FormOptions.Unbound.BY_HAND
              ? (thrown, work) -> {}
              : (thrown, work) -> fail("publisher", name);
    }
    return kind == null ? null : new ThrownEvent(kind, name, publisher);
  }

  private static void fail(final String what, final String reference) {
    throw new IllegalStateException(what + " must be bound: reference=" + reference);
  }

  private Retry retry(final Fields task) {
    final Fields retry = task.object("retry", "retry");
    if (retry == null) {
      return Retry.never();
    }
    final int attempts = retry.neededNumber("attempts", 1);
    final Duration delay = retry.neededDuration("delay");
    final double multiplier = retry.has("multiplier") ? retry.neededFraction("multiplier") : 1;
    final Duration delayMax = retry.has("delayMax") ? retry.neededDuration("delayMax") : delay;
    final List<Class<? extends Throwable>> notOn = new ArrayList<>();
    for (final Node name : retry.texts("notOn")) {
      final Class<? extends Throwable> type = options.exception(name.text);
      if (type != null) {
        notOn.add(type);
      } else {
        retry.problem(
            name.line,
            "must name exceptions that are known: exception="
                + name.text
                + "; give FormOptions.exception the type");
      }
    }
    retry.end();
    try {
      return new Retry(attempts, delay, multiplier, delayMax, notOn);
    } catch (final IllegalArgumentException e) {
      retry.problem(retry.line(), "must be one: " + e.getMessage());
      return Retry.never();
    }
  }

  private @Nullable MultipleInstance instances(
      final Fields task, final String name, final int netCount) {
    final Fields fields = task.object("instances", "instances of " + name);
    if (fields == null) {
      return null;
    }
    final int body = fields.neededNumber("body", 1);
    if (body >= netCount) {
      fields.problem(fields.line(), "must have a body that is a net, from 1: body=" + body);
    }
    final List<String> sources =
        List.of("count", "countFrom", "items").stream().filter(fields::has).toList();
    if (sources.size() != 1) {
      fields.problem(
          fields.line(), "must have exactly one of count, countFrom, items: found=" + sources);
    }
    final Rest rest = fields.word("rest", Rest.class);
    final Node until = fields.any("until");
    final MultipleInstance.Terms terms =
        new MultipleInstance.Terms(
            body,
            fields.number("count", 1, 0),
            countFrom(fields),
            fields.has("items") ? items(fields) : null,
            fields.number("threshold", 1, 0),
            until == null ? null : guards.read(until, name),
            rest == null ? Rest.WAIT : rest,
            fields.number("maximum", 1, 0),
            fields.truth("keptOpen"),
            fields.truth("detached"),
            reductions(fields));
    fields.end();
    return MultipleInstance.of(terms);
  }

  @SuppressWarnings("unchecked") // its type is looked at
  private @Nullable Variable<Long> countFrom(final Fields fields) {
    final String name = fields.text("countFrom");
    final Variable<?> variable = name == null ? null : variable(fields, name);
    if (variable != null && variable.type() != VariableType.LONG) {
      fields.problem(
          fields.line(), "must have a count that is a whole number: variable=" + variable);
      return null;
    }
    return (Variable<Long>) variable;
  }

  private @Nullable Variable<?> variable(final Fields fields, final String name) {
    final Variable<?> variable = variables.get(name);
    if (variable == null) {
      fields.problem(fields.line(), "must name a declared variable: variable=" + name);
    }
    return variable;
  }

  private MultipleInstance.@Nullable ItemList<?> items(final Fields fields) {
    final Variable<?> item = variable(fields, fields.neededText("item"));
    final String reference = fields.neededText("items");
    MultipleInstance.Items<?> bound = options.items(reference);
    if (bound == null) {
      if (options.unbound() == FormOptions.Unbound.REFUSED) {
        fields.problem(
            fields.line(),
            "must have a list of items that is bound: items="
                + reference
                + "; give FormOptions.items one");
      }
      bound =
          work -> {
            fail("list of items", reference);
            return List.of();
          };
    }
    return item == null ? null : itemList(item, reference, bound);
  }

  @SuppressWarnings("unchecked") // who binds a list says that it is of the variable's type
  private static <T> MultipleInstance.ItemList<T> itemList(
      final Variable<T> item, final String reference, final MultipleInstance.Items<?> items) {
    return new MultipleInstance.ItemList<>(
        item, new Referred.Items<>(reference, (MultipleInstance.Items<T>) items));
  }

  private List<MultipleInstance.Reduction<?>> reductions(final Fields fields) {
    final List<MultipleInstance.Reduction<?>> reductions = new ArrayList<>();
    for (final Node node : fields.list("reduce")) {
      final Fields reduction = new Fields(node, "reduction", findings);
      final Variable<?> from = variable(reduction, reduction.neededText("from"));
      final Variable<?> into = variable(reduction, reduction.neededText("into"));
      final BinaryOperator<?> operator = operator(reduction, from);
      reduction.end();
      if (from != null && into != null && operator != null) {
        if (from.type() == into.type()) {
          reductions.add(reduction(from, into, operator));
        } else {
          reduction.problem(
              reduction.line(), "must have variables of one type: from=" + from + ", into=" + into);
        }
      }
    }
    return reductions;
  }

  @SuppressWarnings("unchecked") // both variables have one type, and the operator fits it
  private static <V> MultipleInstance.Reduction<V> reduction(
      final Variable<V> from, final Variable<?> into, final BinaryOperator<?> operator) {
    return new MultipleInstance.Reduction<>(from, (Variable<V>) into, (BinaryOperator<V>) operator);
  }

  private @Nullable BinaryOperator<?> operator(
      final Fields fields, final @Nullable Variable<?> variable) {
    final Node by = fields.any("by");
    if (by != null && by.kind == Kind.TEXT) {
      final Fold fold = Fold.of(by.text).orElse(null);
      if (fold == null || (variable != null && !fold.folds(variable.type()))) {
        fields.problem(
            by.line,
            "must be by "
                + Words.all(Fold.class)
                + ", for values that have it: by="
                + by.text
                + ", variable="
                + variable);
        return null;
      }
      return fold;
    }
    final Fields named = fields.object("by", "operator");
    if (named == null) {
      if (by == null) {
        fields.problem(fields.line(), "must have a member: member=by");
      }
      return null;
    }
    final String reference = named.neededText("reference");
    named.end();
    final BinaryOperator<?> bound = options.operator(reference);
    if (bound != null) {
      return new Referred.Operator<>(reference, bound);
    }
    if (options.unbound() == FormOptions.Unbound.REFUSED) {
      fields.problem(
          fields.line(),
          "must have an operator that is bound: reference="
              + reference
              + "; give FormOptions.operator one");
    }
    return new Referred.Operator<>(
        reference,
        (one, other) -> {
          fail("operator", reference);
          return one;
        });
  }
}
