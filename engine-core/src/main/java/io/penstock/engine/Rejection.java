package io.penstock.engine;

/** Why a command was refused; the state is as it was before. */
public enum Rejection {
  /** No such case is known. */
  UNKNOWN_CASE,
  /** The case has ended. */
  CASE_ENDED,
  /** The workflow has no such task of the kind that is asked for. */
  UNKNOWN_TASK,
  /** The workflow waits for no message of that name. */
  UNKNOWN_MESSAGE,
  /** The work item is not open: not yet offered, completed before, or cancelled. */
  WORK_ITEM_NOT_OPEN,
  /** The case has no task of that name itself, and more than one of the cases in it has it open. */
  WORK_ITEM_AMBIGUOUS,
  /** The step is not running: not yet started, completed before, or cancelled. */
  STEP_NOT_RUNNING,
  /** The step was not declared to be one that instances may be added to. */
  INSTANCES_NOT_ADDABLE,
  /** The step has all the instances that may be added to it. */
  INSTANCES_MAXIMUM_REACHED,
  /** The step takes no more instances: it was closed, or it has enough. */
  INSTANCES_CLOSED,
  /** The workflow waits for no signal of that name. */
  UNKNOWN_SIGNAL,
  /** Somebody else has claimed the work item. */
  WORK_ITEM_CLAIMED,
  /** The case's record would grow past its limit. */
  RECORD_TOO_LARGE,
  /** The workflow of the case has not been deployed since the engine was opened. */
  WORKFLOW_NOT_DEPLOYED,
  /** Cases are running on a workflow of the same name and version but another structure. */
  WORKFLOW_CHANGED,
  /** More commands are under way than the shard's inbox takes. */
  INBOX_FULL,
  /**
   * A protected objective's budget burns too fast to take in new cases of this priority. {@link
   * CommandRejectedException#retryAfter} tells when it may be better.
   */
  OVERLOADED,
  /**
   * The shard's store has no room: a full disk, a quota, too many open files. Nothing was changed;
   * the shard goes on by itself when there is room.
   */
  STORE_FULL,
  /** The shard has stopped after a failure of its storage. */
  SHARD_STOPPED,
  /** Nothing waits for the message now, and it is none that is kept. */
  MESSAGE_NOT_AWAITED
}
