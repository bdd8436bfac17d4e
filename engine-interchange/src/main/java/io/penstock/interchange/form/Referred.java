package io.penstock.interchange.form;

import io.penstock.workflow.Guard;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import java.util.Collection;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * Something that only code can say, which keeps the reference under which a file names it, so that
 * it is written as it was read.
 */
sealed interface Referred {
  /**
   * What the file calls it.
   *
   * @return the reference
   */
  String reference();

  /** A handler. */
  record Handler(String reference, TaskHandler handler) implements Referred, TaskHandler {
    @Override
    public void run(final Work work) throws Exception {
      handler.run(work);
    }
  }

  /** A guard, with what the file says that it reads. */
  record Condition(String reference, Set<Variable<?>> variables, Guard guard)
      implements Referred, Guard {
    @Override
    public boolean test(final Values values) {
      return guard.test(values);
    }

    @Override
    public String toString() {
      return reference;
    }
  }

  /** A list of items. */
  record Items<T>(String reference, MultipleInstance.Items<T> items)
      implements Referred, MultipleInstance.Items<T> {
    @Override
    public Collection<T> of(final Work work) throws Exception {
      return items.of(work);
    }
  }

  /** An operator. */
  record Operator<T>(String reference, BinaryOperator<T> operator)
      implements Referred, BinaryOperator<T> {
    @Override
    public T apply(final T one, final T other) {
      return operator.apply(one, other);
    }
  }
}
