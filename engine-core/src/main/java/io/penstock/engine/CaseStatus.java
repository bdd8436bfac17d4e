package io.penstock.engine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a case stands. The code is part of the record format and never changes. */
public enum CaseStatus {
  /**
   * The engine does not know the case: it never was, or it ended long ago and is no longer kept.
   */
  UNKNOWN(0, null),
  /** It goes on. */
  RUNNING(1, null),
  /** It reached its end. */
  COMPLETED(2, Outcome.COMPLETED),
  /** It was cancelled. */
  CANCELLED(3, Outcome.CANCELLED),
  /** A task failed for good. */
  FAILED(4, Outcome.FAILED),
  /** Nothing could move any more. */
  DEADLOCKED(5, Outcome.DEADLOCKED),
  /** A deadline passed. */
  TIMED_OUT(6, Outcome.TIMED_OUT);

  private static final CaseStatus[] BY_CODE = values();

  private final int code;
  private final @Nullable Outcome outcome;

  CaseStatus(final int code, final @Nullable Outcome outcome) {
    this.code = code;
    this.outcome = outcome;
  }

  /**
   * Stands for the status in records.
   *
   * @return the code
   */
  public int code() {
    return code;
  }

  /**
   * How the case ended, if it has.
   *
   * @return the outcome, or empty while it runs or when it is not known
   */
  public Optional<Outcome> outcome() {
    return Optional.ofNullable(outcome);
  }

  static CaseStatus ofCode(final int code) {
    return BY_CODE[code];
  }

  static CaseStatus of(final Outcome outcome) {
    return switch (outcome) {
      case COMPLETED -> COMPLETED;
      case CANCELLED -> CANCELLED;
      case FAILED -> FAILED;
      case DEADLOCKED -> DEADLOCKED;
      case TIMED_OUT -> TIMED_OUT;
    };
  }
}
