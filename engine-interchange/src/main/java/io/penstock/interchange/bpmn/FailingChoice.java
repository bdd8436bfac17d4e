package io.penstock.interchange.bpmn;

import io.penstock.workflow.Guard;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The first guard of a choice without a default: fails the case where none of them holds, as a
 * token must not vanish.
 *
 * @param element id of the gateway or activity that chooses
 * @param all the guards of its flows, in their order
 */
record FailingChoice(String element, List<Guard> all) implements Guard {
  @Override
  public boolean test(final Values values) {
    if (all.get(0).test(values)) {
      return true;
    }
    if (all.stream().noneMatch(guard -> guard.test(values))) {
      throw new IllegalStateException(
          "a condition must hold where there is no default: element=" + element);
    }
    return false;
  }

  @Override
  public Set<Variable<?>> variables() {
    final Set<Variable<?>> variables = new HashSet<>();
    all.forEach(guard -> variables.addAll(guard.variables()));
    return variables;
  }

  @Override
  public String toString() {
    return all.get(0).toString();
  }
}
