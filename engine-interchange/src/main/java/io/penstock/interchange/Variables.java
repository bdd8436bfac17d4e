package io.penstock.interchange;

import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.Kind;
import io.penstock.workflow.Variable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a model: declared ones, and those whose types are told from their use. Not
 * thread safe.
 */
public final class Variables {
  /** Names that multi-instance activities give to counters of their own. */
  private static final Set<String> COUNTERS =
      Set.of(
          "nrOfInstances",
          "nrOfCompletedInstances",
          "numberOfInstances",
          "numberOfCompletedInstances");

  private final Map<String, Variable<?>> known = new LinkedHashMap<>();
  private final Map<String, @Nullable Kind> used = new LinkedHashMap<>();

  /**
   * Starts with those that are declared.
   *
   * @param declared name to variable
   */
  public Variables(final Map<String, Variable<?>> declared) {
    known.putAll(declared);
  }

  /**
   * Declares one, unless the name is taken.
   *
   * @param variable the variable
   */
  public void declare(final Variable<?> variable) {
    known.putIfAbsent(variable.name(), variable);
  }

  /**
   * Looks at how an expression uses variables.
   *
   * @param expression the expression
   * @param wanted what it is to be worth
   */
  public void use(final Expression expression, final Kind wanted) {
    expression
        .kinds(wanted)
        .forEach(
            (name, kind) -> {
              if (used.get(name) == null) {
                used.put(name, kind);
              }
            });
  }

  /** Gives a type to those whose use tells it: numbers are decimals. */
  public void settle() {
    used.forEach(
        (name, kind) -> {
          if (kind != null && !COUNTERS.contains(name)) {
            declare(
                switch (kind) {
                  case NUMBER -> Variable.ofDecimal(name);
                  case TEXT -> Variable.ofString(name);
                  case TRUTH -> Variable.ofBoolean(name);
                });
          }
        });
    used.clear();
  }

  /**
   * All of them.
   *
   * @return name to variable
   */
  public Map<String, Variable<?>> all() {
    return known;
  }
}
