package io.penstock.examples.swift;

/** A message breaks the rules of its type; the field is named. */
public final class MalformedMessageException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param field the field, as the standard numbers it
   * @param problem the rule that it breaks
   * @param value what it holds
   */
  public MalformedMessageException(final String field, final String problem, final String value) {
    super("MT103 field " + field + " " + problem + ": value=" + value);
  }
}
