package io.penstock.telemetry;

/** How often a shard reads the clock for how long its steps took. */
public enum Timing {
  /** After each step; one reading, about 20 ns, ends it and begins the next. */
  PER_STEP,

  /**
   * Once for all that a shard found to do, and after every 64 steps: the inline tasks in between
   * count with the mean of the time that they and their commands took together, and cases that a
   * single command brings from start to end with the mean of the commands. Medians are about right,
   * while the tail of a single task is hidden, so an objective on an inline task is judged by
   * means. Commands, from sending to acknowledgement, worker tasks, cases that wait for anything,
   * and all tasks of sampled cases are timed as ever; the span of a sampled command may begin with
   * the steps that went before it.
   */
  AMORTISED
}
