package io.penstock.interchange.bpmn;

import io.penstock.interchange.ModelError;
import io.penstock.workflow.Guard;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import java.util.Set;

/**
 * How an error travels outward: as a text in a variable, which each activity around looks at. Empty
 * means that there is none.
 */
final class ErrorCodes {
  static final Variable<String> ERROR = Variable.ofString("bpmn error");
  static final String CANCEL = "cancel:";
  private static final String ERROR_PREFIX = "error:";
  private static final String ESCALATION_PREFIX = "escalation:";

  private ErrorCodes() {}

  static String error(final String code) {
    return ERROR_PREFIX + code;
  }

  static String escalation(final String code) {
    return ESCALATION_PREFIX + code;
  }

  static Guard isAny() {
    return Guard.named(
        "an error", Set.of(ERROR), values -> !values.find(ERROR).orElse("").isEmpty());
  }

  static Guard is(final String text) {
    return Guard.named(
        "error is " + text, Set.of(ERROR), values -> text.equals(values.find(ERROR).orElse("")));
  }

  static Guard startsWith(final String prefix) {
    return Guard.named(
        "error is any " + prefix,
        Set.of(ERROR),
        values -> values.find(ERROR).orElse("").startsWith(prefix));
  }

  static Guard isAnyError() {
    return startsWith(ERROR_PREFIX);
  }

  static Guard isAnyEscalation() {
    return startsWith(ESCALATION_PREFIX);
  }

  static TaskHandler raising(final String text) {
    return work -> work.set(ERROR, text);
  }

  static TaskHandler clearing() {
    return work -> work.set(ERROR, "");
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

  /** Fails the case: nothing around catches the error. */
  static TaskHandler failing(final String element) {
    return work -> {
      throw new IllegalStateException(
          "error of the model must be caught: error="
              + work.find(ERROR).orElse("")
              + ", element="
              + element);
    };
  }

  static String firstOf(final String one, final String other) {
    return one.isEmpty() ? other : one;
  }
}
