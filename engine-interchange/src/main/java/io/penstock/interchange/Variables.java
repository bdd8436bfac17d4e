package io.penstock.interchange;

import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.Kind;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.Variable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a model: declared ones, and those whose types are told from their use. Not
 * thread safe.
 */
public final class Variables {
  /** Names that BPMN gives to attributes of instances and loops. */
  private static final Set<String> COUNTERS =
      Set.of(
          "nrOfInstances",
          "nrOfCompletedInstances",
          "numberOfInstances",
          "numberOfCompletedInstances",
          "nrOfActiveInstances",
          "numberOfActiveInstances",
          "nrOfTerminatedInstances",
          "numberOfTerminatedInstances",
          "loopCounter");

  private final Map<String, Variable<?>> known = new LinkedHashMap<>();
  private final Map<String, @Nullable Kind> used = new LinkedHashMap<>();
  private final Map<String, XmlElement> users = new HashMap<>();

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
   * @param at where it stands
   */
  public void use(final Expression expression, final Kind wanted, final XmlElement at) {
    expression
        .kinds(wanted)
        .forEach(
            (name, kind) -> {
              users.putIfAbsent(name, at);
              if (used.get(name) == null) {
                used.put(name, kind);
              }
            });
  }

  /**
   * Gives a type to those whose use shows it: numbers are decimals.
   *
   * @param findings takes a note of each, as it may be a slip of the pen
   */
  public void settle(final Findings findings) {
    used.forEach(
        (name, kind) -> {
          if (kind != null && !COUNTERS.contains(name) && isName(name)) {
            if (!known.containsKey(name)) {
              findings.note(
                  Objects.requireNonNull(users.get(name)),
                  "nothing declares the variable, its type is that of its use: variable="
                      + XmlElement.shorten(name)
                      + ", kind="
                      + kind);
            }
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

  private static boolean isName(final String name) {
    return !name.isBlank()
        && name.length() <= 200
        && name.chars().noneMatch(Character::isISOControl);
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
