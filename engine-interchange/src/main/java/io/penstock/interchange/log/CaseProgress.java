package io.penstock.interchange.log;

import io.penstock.engine.CaseTimes;
import io.penstock.engine.HistoryEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far a case has come, from its history: which work items are open, how often each task was
 * done, and which have failed. Of cases inside, too; tasks are told apart by name alone. Tokens
 * that wait in front of a join leave no trace in history. Immutable.
 *
 * @param open names of tasks to open work items
 * @param completed names of tasks to how often they completed
 * @param failures names of tasks to how many tries failed or timed out
 * @param failed those of them whose last try did; it may be tried again
 * @param times how long they took; empty where nobody has told
 */
public record CaseProgress(
    Map<String, Integer> open,
    Map<String, Integer> completed,
    Map<String, Integer> failures,
    Set<String> failed,
    Map<String, CaseTimes.TaskTimes> times) {
  /**
   * Keeps copies.
   *
   * @param open open work items
   * @param completed how often tasks completed
   * @param failures how many tries failed
   * @param failed tasks whose last try failed
   * @param times how long they took
   */
  public CaseProgress {
    open = Map.copyOf(open);
    completed = Map.copyOf(completed);
    failures = Map.copyOf(failures);
    failed = Set.copyOf(failed);
    times = Map.copyOf(times);
  }

  /** A work item, as far as history tells one from another. */
  private record Item(long caseId, String task) {}

  /**
   * Reads a history of {@link io.penstock.engine.History#WORK_ITEMS}.
   *
   * @param events what {@link io.penstock.engine.CaseHandle#history} gives, oldest first
   * @return the progress, without times
   */
  public static CaseProgress of(final List<HistoryEvent> events) {
    final Set<Item> open = new HashSet<>();
    final Map<String, Integer> completed = new TreeMap<>();
    final Map<String, Integer> failures = new TreeMap<>();
    final Set<String> failed = new LinkedHashSet<>();
    for (final HistoryEvent event : events) {
      final Item item = new Item(event.caseId(), event.task().orElse(""));
      switch (event.type()) {
        case WORK_ITEM_ENABLED, WORK_ITEM_STARTED -> {
          open.add(item);
          failed.remove(item.task);
        }
        case WORK_ITEM_COMPLETED -> {
          open.remove(item);
          failed.remove(item.task);
          completed.merge(item.task, 1, Integer::sum);
        }
        case WORK_ITEM_FAILED, WORK_ITEM_TIMED_OUT -> {
          open.remove(item);
          failed.add(item.task);
          failures.merge(item.task, 1, Integer::sum);
        }
        case WORK_ITEM_CANCELLED, WORK_ITEM_WITHDRAWN -> open.remove(item);
        case CASE_ENDED -> open.removeIf(each -> each.caseId == event.caseId());
        case CASE_STARTED,
            WORK_ITEM_CLAIMED,
            WORK_ITEM_RELEASED,
            MESSAGE_RECEIVED,
            SIGNAL_RECEIVED,
            INSTANCE_ADDED -> {}
      }
    }
    final Map<String, Integer> byTask = new TreeMap<>();
    open.forEach(item -> byTask.merge(item.task, 1, Integer::sum));
    return new CaseProgress(byTask, completed, failures, failed, Map.of());
  }

  /**
   * Adds how long tasks took.
   *
   * @param caseTimes what {@link io.penstock.engine.Engine#explainSlow} gives of the same case
   * @return a copy
   */
  public CaseProgress with(final CaseTimes caseTimes) {
    final Map<String, CaseTimes.TaskTimes> byTask = new HashMap<>();
    caseTimes.tasks().forEach(task -> byTask.put(task.task(), task));
    return new CaseProgress(open, completed, failures, failed, byTask);
  }

  /**
   * A short text for each task that something is known of: how often it completed when that is not
   * once, how long its handler ran, how long it waited for a worker, the disk and others.
   *
   * @return name of the task to text, of up to two lines
   */
  public Map<String, String> notes() {
    final Map<String, String> notes = new LinkedHashMap<>();
    final Set<String> tasks = new LinkedHashSet<>(completed.keySet());
    tasks.addAll(open.keySet());
    tasks.addAll(failed);
    tasks.addAll(times.keySet());
    for (final String task : tasks) {
      final int count = completed.getOrDefault(task, 0);
      final StringBuilder note = new StringBuilder();
      note.append(open.containsKey(task) ? "open" : failed.contains(task) ? "failed" : "done");
      note.append(
          count > 1 || (count == 1 && open.containsKey(task)) ? " " + count + "\u00d7" : "");
      final int tries = failures.getOrDefault(task, 0);
      note.append(
          tries == 0 || (tries == 1 && failed.contains(task)) ? "" : ", " + tries + " failed");
      final CaseTimes.TaskTimes time = times.get(task);
      if (time != null) {
        append(note, "ran", time.running());
        append(note, "queued", time.queueing());
        append(note, "kept for the disk", time.persisting());
        append(note, "waited", time.waiting());
        append(note, "took", time.other());
      }
      notes.put(task, note.toString());
    }
    return notes;
  }

  private static void append(final StringBuilder note, final String what, final Duration duration) {
    if (!duration.isZero()) {
      note.append(note.indexOf("\n") < 0 ? "\n" : ", ").append(what).append(' ');
      note.append(text(duration));
    }
  }

  /** Two or three digits and a unit. */
  static String text(final Duration duration) {
    final double seconds = duration.toNanos() / 1e9;
    if (seconds < 1e-3) {
      return number(seconds * 1e6) + " \u00b5s";
    }
    if (seconds < 1) {
      return number(seconds * 1e3) + " ms";
    }
    if (seconds < 120) {
      return number(seconds) + " s";
    }
    if (seconds < 7_200) {
      return number(seconds / 60) + " min";
    }
    return seconds < 172_800 ? number(seconds / 3_600) + " h" : number(seconds / 86_400) + " d";
  }

  private static String number(final double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }
}
