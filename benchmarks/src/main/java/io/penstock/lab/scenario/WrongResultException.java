package io.penstock.lab.scenario;

/** What was measured is not what should have happened; its figures mean nothing. */
public final class WrongResultException extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongResultException(final String message) {
    super(message);
  }
}
