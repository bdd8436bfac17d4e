package io.penstock.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the time of one case went, from what its history has of it. Each moment counts once, so
 * that the five parts add up to {@link #total}: where several work items were open at once, as
 * running if any ran, else as queueing if any queued, else as persisting, else as waiting. Of a
 * handler it is known how long it ran and when its result was taken up; it counts as having run
 * just before that, and as having been kept for the disk just after it was wanted.
 *
 * @param caseId the case
 * @param started when it was started
 * @param ended when it ended, if it has
 * @param total from its start to its end, or until now
 * @param running a worker's handler ran
 * @param queueing work was ready: it waited for a worker, or its result for the shard
 * @param persisting work was ready, and was kept until the command that wanted it was on the disk
 * @param waiting nothing was ready: for people, messages, signals, timers, or the next try
 * @param other what is left: no work item was open, or it cannot be told what one did
 * @param tasks times of each task by itself, the longest first; of tasks that lay parallel they add
 *     up to more than the case's
 * @param unknown what these figures do not show, in words; never empty
 */
public record CaseTimes(
    long caseId,
    Instant started,
    Optional<Instant> ended,
    Duration total,
    Duration running,
    Duration queueing,
    Duration persisting,
    Duration waiting,
    Duration other,
    List<TaskTimes> tasks,
    List<String> unknown) {
  /**
   * Where the time of a task's work items went.
   *
   * @param task name of the task
   * @param count how often it began, tries after the first not counted
   * @param running its handler ran
   * @param queueing it waited for a worker, or its result for the shard
   * @param persisting it was kept until the command that wanted it was on the disk
   * @param waiting it waited for people, a message, a signal, a timer, or the next try
   * @param other it cannot be told: it was cancelled or is under way, or holds cases of its own
   */
  public record TaskTimes(
      String task,
      int count,
      Duration running,
      Duration queueing,
      Duration persisting,
      Duration waiting,
      Duration other) {
    /**
     * All of it.
     *
     * @return the sum
     */
    public Duration total() {
      return running.plus(queueing).plus(persisting).plus(waiting).plus(other);
    }
  }

  /**
   * Copies the lists.
   *
   * @param caseId the case
   * @param started when it was started
   * @param ended when it ended, if it has
   * @param total from its start to its end, or until now
   * @param running a worker's handler ran
   * @param queueing work was ready
   * @param persisting work was kept until it was on the disk
   * @param waiting nothing was ready
   * @param other what is left
   * @param tasks times of each task by itself
   * @param unknown what these figures do not show
   */
  public CaseTimes {
    tasks = List.copyOf(tasks);
    unknown = List.copyOf(unknown);
  }

  /** The times as a table for people. */
  @Override
  public String toString() {
    final StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "case %x: %s %s, started %s%n",
            caseId,
            total,
            ended.isPresent() ? "from start to end" : "until now",
            started));
    line(text, "", "", "running", "queueing", "persisting", "waiting", "other");
    line(text, "the case", "", running, queueing, persisting, waiting, other);
    for (final TaskTimes task : tasks) {
      line(
          text,
          task.task,
          task.count + "x",
          task.running,
          task.queueing,
          task.persisting,
          task.waiting,
          task.other);
    }
    unknown.forEach(each -> text.append("unknown: ").append(each).append('\n'));
    return text.toString();
  }

  private static void line(
      final StringBuilder text,
      final String name,
      final String count,
      final Object running,
      final Object queueing,
      final Object persisting,
      final Object waiting,
      final Object other) {
    text.append(
        String.format(
            Locale.ROOT,
            "  %-32s %5s %14s %14s %14s %14s %14s%n",
            name,
            count,
            cell(running),
            cell(queueing),
            cell(persisting),
            cell(waiting),
            cell(other)));
  }

  private static Object cell(final Object value) {
    return Duration.ZERO.equals(value) ? "-" : value;
  }
}
