package io.penstock.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * An open work item as it stands in a directory.
 *
 * @param task name of its task
 * @param state where it stands
 * @param attempt number of the try, from 1
 * @param claimed whether somebody has claimed it
 * @param begun when it was opened
 * @param nextTry when it is tried again, if it waits for that
 * @param deadline by when it has to be done, if it has a deadline
 */
public record StoredWorkItem(
    String task,
    State state,
    int attempt,
    boolean claimed,
    Instant begun,
    Optional<Instant> nextTry,
    Optional<Instant> deadline) {
  /** Where an open work item stands. */
  public enum State {
    /** It waits for somebody, a message, a signal or a time. */
    OFFERED,
    /** A handler runs. */
    EXECUTING,
    /** A try failed, and the next has yet to come. */
    WAITING_TO_RETRY,
    /** The cases inside run. */
    INSTANCES_RUNNING,
    /** The cases inside run, and none may be added. */
    INSTANCES_CLOSED,
    /** Somebody has started it. */
    STARTED;

    static State ofCode(final int code) {
      return switch (code) {
        case CaseRecord.ITEM_OFFERED -> OFFERED;
        case CaseRecord.ITEM_EXECUTING -> EXECUTING;
        case CaseRecord.ITEM_RESTING -> WAITING_TO_RETRY;
        case CaseRecord.ITEM_CHILDREN -> INSTANCES_RUNNING;
        case CaseRecord.ITEM_CLOSED -> INSTANCES_CLOSED;
        case CaseRecord.ITEM_STARTED -> STARTED;
        default ->
            throw new IllegalArgumentException("state of a work item must be known: code=" + code);
      };
    }
  }
}
