package io.penstock.telemetry;

/** How often a shard reads the clock for the service times of inline tasks. */
public enum Timing {
  /** After each task; one reading, about 20 ns, ends it and begins the next. */
  PER_STEP,

  /**
   * Once a command, at its end, and after every 64 tasks: the tasks in between count with the mean
   * of the time that they took together. Medians are about right, while the tail of a single task
   * is hidden, so an objective on an inline task is judged by means. Cases, commands, worker tasks,
   * and all tasks of sampled cases are timed as ever.
   */
  AMORTISED
}
