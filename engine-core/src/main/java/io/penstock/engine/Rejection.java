package io.penstock.engine;

/** Why a command was refused; the state is as it was before. */
public enum Rejection {
  /** No such case is known. */
  UNKNOWN_CASE,
  /** The case has ended. */
  CASE_ENDED,
  /** The workflow has no such manual task. */
  UNKNOWN_TASK,
  /** The workflow waits for no message of that name. */
  UNKNOWN_MESSAGE,
  /** The work item is not open: not yet offered, completed before, or cancelled. */
  WORK_ITEM_NOT_OPEN,
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
  /** The shard has stopped after a failure of its storage. */
  SHARD_STOPPED
}
