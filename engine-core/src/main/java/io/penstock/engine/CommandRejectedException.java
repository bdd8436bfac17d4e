package io.penstock.engine;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A command was refused; nothing changed. */
public final class CommandRejectedException extends EngineException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  private final Rejection rejection;

  /** When to try again, or null. */
  private final @Nullable Duration retryAfter;

  /**
   * Creates the exception.
   *
   * @param rejection why
   * @param message the rule that failed, the values by name, what to do
   */
  public CommandRejectedException(final Rejection rejection, final String message) {
    this(rejection, message, null);
  }

  CommandRejectedException(
      final Rejection rejection, final String message, final @Nullable Duration retryAfter) {
    super(message + " [" + rejection + "]");
    this.rejection = rejection;
    this.retryAfter = retryAfter;
  }

  CommandRejectedException(final CommandRejectedException refusal) {
    super(String.valueOf(refusal.getMessage()), refusal);
    rejection = refusal.rejection;
    retryAfter = refusal.retryAfter;
  }

  /**
   * Why the command was refused.
   *
   * @return the reason, stable over versions
   */
  public Rejection rejection() {
    return rejection;
  }

  /**
   * When it may be worth while to try again.
   *
   * @return how long to wait; empty when waiting does not help, or nobody knows for how long
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
