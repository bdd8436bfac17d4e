package io.penstock.workflow;

/** Who does a task, and where. */
public enum TaskKind {
  /** Nobody: it only routes tokens. */
  ROUTING,
  /** Nobody: it ends the case as cancelled (WCP-20). */
  CANCEL,
  /** A handler on a worker thread; may block. */
  WORKER,
  /** A handler on the shard's own thread; must be quick and must not block. */
  INLINE,
  /** Somebody outside, who may claim the work item and completes it. */
  MANUAL,
  /** A message that somebody sends to the case (WCP-24). */
  MESSAGE,
  /** A signal that somebody sends to the case while the task waits for it (WCP-23). */
  SIGNAL,
  /** The passing of time. */
  DELAY,
  /** A block that runs several times at once (WCP-12 to WCP-15). */
  MULTIPLE_INSTANCE,
  /** A net of its own, run as a case inside the case (WCP-22). */
  COMPOSITE
}
