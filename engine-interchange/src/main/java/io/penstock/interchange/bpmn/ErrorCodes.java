package io.penstock.interchange.bpmn;

import io.penstock.interchange.ModelError;
import io.penstock.workflow.Guard;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import java.util.Set;

/**
 * How an error travels outward: as a text in a variable, which each activity around looks at. Empty
 * means that there is none.
 */
final class ErrorCodes {
  static final Variable<String> ERROR = Variable.ofString("bpmn error");
  static final String CANCEL = "cancel:";
  static final String ERROR_PREFIX = "error:";
  static final String ESCALATION_PREFIX = "escalation:";

  private ErrorCodes() {}

  static String error(final String code) {
    return ERROR_PREFIX + code;
  }

  static String escalation(final String code) {
    return ESCALATION_PREFIX + code;
  }

  /**
   * A guard on the error that travels.
   *
   * @param text the error, or how it begins; empty means any
   * @param isPrefix whether it only begins so
   */
  record ErrorGuard(String text, boolean isPrefix) implements Guard {
    @Override
    public boolean test(final Values values) {
      final String error = values.find(ERROR).orElse("");
      if (text.isEmpty()) {
        return !error.isEmpty();
      }
      return isPrefix ? error.startsWith(text) : error.equals(text);
    }

    @Override
    public Set<Variable<?>> variables() {
      return Set.of(ERROR);
    }

    @Override
    public String toString() {
      return text.isEmpty() ? "an error" : "error is " + (isPrefix ? "any " : "") + text;
    }
  }

  /**
   * Raises an error.
   *
   * @param text the error
   */
  record Raising(String text) implements TaskHandler {
    @Override
    public void run(final Work work) {
      work.set(ERROR, text);
    }
  }

  /** Takes the error back, as it is caught. */
  record Clearing() implements TaskHandler {
    @Override
    public void run(final Work work) {
      work.set(ERROR, "");
    }
  }

  /**
   * Fails the case: nothing around catches the error.
   *
   * @param element where it was raised
   */
  record Failing(String element) implements TaskHandler {
    @Override
    public void run(final Work work) {
      throw new IllegalStateException(
          "error of the model must be caught: error="
              + work.find(ERROR).orElse("")
              + ", element="
              + element);
    }
  }

  static Guard isAny() {
    return new ErrorGuard("", true);
  }

  static Guard is(final String text) {
    return new ErrorGuard(text, false);
  }

  static Guard startsWith(final String prefix) {
    return new ErrorGuard(prefix, true);
  }

  static Guard isAnyError() {
    return startsWith(ERROR_PREFIX);
  }

  static Guard isAnyEscalation() {
    return startsWith(ESCALATION_PREFIX);
  }

  static TaskHandler raising(final String text) {
    return new Raising(text);
  }

  static TaskHandler clearing() {
    return new Clearing();
  }

  /** A handler whose errors of the model are noted instead of failing the task. */
  static TaskHandler catching(final TaskHandler handler) {
    return work -> {
      try {
        handler.run(work);
      } catch (final ModelError e) {
        work.set(ERROR, error(e.code()));
      }
    };
  }

  static TaskHandler failing(final String element) {
    return new Failing(element);
  }

  static String firstOf(final String one, final String other) {
    return one.isEmpty() ? other : one;
  }
}
