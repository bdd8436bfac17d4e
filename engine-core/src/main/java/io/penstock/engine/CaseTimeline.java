package io.penstock.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Divides the time of a case by what its work items did, event by event in their order: what {@link
 * Engine#explainSlow} does, for who reads a directory. Used for one case; not thread safe.
 */
public final class CaseTimeline {
  /** What a work item does between two events; of several, the first that any does counts. */
  private enum Activity {
    RUN(0),
    QUEUE(1),
    PERSIST(2),
    WAIT(3),
    OTHER(4);

    /** Its place in sums by activity. */
    private final int index;

    Activity(final int index) {
      this.index = index;
    }
  }

  private static final List<String> ALWAYS_UNKNOWN =
      List.of(
          "inline tasks take no time here: events have the time at which their command was taken up",
          "what callers waited for the disk is in the latencies of W1, not in a case's history");

  private static final String NO_PERSIST =
      "no wait for the disk was written down: only POWER_LOSS has one, older versions did not tell";

  /** Who does what; a case inside has work items of its own. */
  private record Item(long caseId, String task) {}

  /** From when on a work item does it. */
  private record Open(Activity activity, long sinceNs) {}

  /** Sums of a task. */
  private static final class Sums {
    private final long[] ns = new long[Activity.values().length];
    private int count;

    Duration of(final Activity activity) {
      return Duration.ofNanos(ns[activity.index]);
    }
  }

  /** Something that begins (1) or ends (-1). */
  private record Edge(long timeNs, Activity activity, int change) {}

  private final long caseId;
  private final Map<Item, Open> open = new HashMap<>();

  /** Since when work items have failed; whether they are tried again shows when they end again. */
  private final Map<Item, Long> failed = new HashMap<>();

  private final Map<String, Sums> tasks = new LinkedHashMap<>();
  private final List<Edge> edges = new ArrayList<>();
  private boolean toldPersist;
  private long startedNs = Long.MIN_VALUE;
  private long endedNs = Long.MIN_VALUE;

  /**
   * Starts without events.
   *
   * @param caseId id of the case
   */
  public CaseTimeline(final long caseId) {
    this.caseId = caseId;
  }

  /**
   * Takes the next event of the case, or of one inside it.
   *
   * @param event what happened
   * @param serviceNs how long the handler ran whose result the event tells of, 0 if none or
   *     unknown: {@link HistoryEvent#serviceNs}
   * @param persistNs how long it had been kept until what wanted it to run was on the disk, 0 if
   *     that is unknown or it was not: {@link HistoryEvent#persistNs}
   */
  public void add(final HistoryEvent event, final long serviceNs, final long persistNs) {
    final long nowNs = ns(event.time());
    final Item item = new Item(event.caseId(), event.task().orElse(""));
    switch (event.type()) {
      case CASE_STARTED -> {
        if (event.caseId() == caseId) {
          startedNs = nowNs;
        }
      }
      case CASE_ENDED -> endCase(event.caseId(), nowNs);
      case WORK_ITEM_ENABLED -> begin(item, Activity.WAIT, nowNs);
      case WORK_ITEM_STARTED -> {
        if (event.who().isEmpty() && !open.containsKey(item)) {
          begin(item, Activity.OTHER, nowNs); // what it did shows when it ends
        }
      }
      case WORK_ITEM_COMPLETED -> end(item, nowNs, serviceNs, persistNs);
      case WORK_ITEM_FAILED -> {
        end(item, nowNs, serviceNs, persistNs);
        failed.put(item, nowNs);
      }
      case WORK_ITEM_TIMED_OUT, WORK_ITEM_CANCELLED, WORK_ITEM_WITHDRAWN -> end(item, nowNs, 0, 0);
      case WORK_ITEM_CLAIMED,
          WORK_ITEM_RELEASED,
          MESSAGE_RECEIVED,
          SIGNAL_RECEIVED,
          INSTANCE_ADDED -> {}
    }
  }

  private static long ns(final Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  private void begin(final Item item, final Activity activity, final long nowNs) {
    failed.remove(item);
    open.put(item, new Open(activity, nowNs));
    tasks.computeIfAbsent(item.task, none -> new Sums()).count++;
  }

  /**
   * The last that a work item did: its first try was kept for the disk and then queued, a later one
   * waited and was kept then; in the end its handler ran; as far as it is known how long.
   */
  private void end(final Item item, final long nowNs, final long serviceNs, final long persistNs) {
    final Long failedNs = failed.remove(item);
    final Open begun = open.remove(item);
    final Open was = begun == null && failedNs != null ? new Open(Activity.WAIT, failedNs) : begun;
    if (was != null) {
      final long runNs = Math.min(serviceNs, nowNs - was.sinceNs);
      final long keptNs = Math.max(0, Math.min(persistNs, nowNs - was.sinceNs - runNs));
      final long readyNs = nowNs - runNs;
      if (was.activity == Activity.OTHER) {
        final boolean isWork = serviceNs > 0 || persistNs > 0;
        spend(item, Activity.PERSIST, was.sinceNs, was.sinceNs + keptNs);
        spend(item, isWork ? Activity.QUEUE : was.activity, was.sinceNs + keptNs, readyNs);
      } else {
        spend(item, was.activity, was.sinceNs, readyNs - keptNs);
        spend(item, Activity.PERSIST, readyNs - keptNs, readyNs);
      }
      spend(item, Activity.RUN, readyNs, nowNs);
      toldPersist |= persistNs > 0;
    }
  }

  private void spend(final Item item, final Activity activity, final long fromNs, final long toNs) {
    if (toNs > fromNs) {
      edges.add(new Edge(fromNs, activity, 1));
      edges.add(new Edge(toNs, activity, -1));
      tasks.computeIfAbsent(item.task, none -> new Sums()).ns[activity.index] += toNs - fromNs;
    }
  }

  /** What a case has open ends with it. */
  private void endCase(final long ended, final long nowNs) {
    for (final Item item : List.copyOf(open.keySet())) {
      if (item.caseId == ended) {
        end(item, nowNs, 0, 0);
      }
    }
    if (ended == caseId) {
      endedNs = nowNs;
    }
  }

  /**
   * The times; asked for once, after the last event.
   *
   * @param nowNs calendar time, ns since the epoch
   * @param isComplete whether work items are written down at all
   * @return the times, or null when the start of the case is not kept
   */
  public @Nullable CaseTimes times(final long nowNs, final boolean isComplete) {
    if (startedNs == Long.MIN_VALUE) {
      return null;
    }
    final boolean hasEnded = endedNs != Long.MIN_VALUE;
    final List<String> unknown = new ArrayList<>(ALWAYS_UNKNOWN);
    if (!toldPersist) {
      unknown.add(NO_PERSIST);
    }
    if (!isComplete) {
      unknown.add(0, "history has no work items; open the engine with History.WORK_ITEMS");
    }
    for (final Map.Entry<Item, Open> each : List.copyOf(open.entrySet())) {
      if (each.getValue().activity == Activity.OTHER) {
        unknown.add(
            "\"" + each.getKey().task + "\" is under way: what it does shows when it has ended");
      }
      end(each.getKey(), nowNs, 0, 0);
    }
    final long untilNs = hasEnded ? endedNs : Math.max(startedNs, nowNs);
    final long[] parts = partition(untilNs);
    return new CaseTimes(
        caseId,
        Instant.EPOCH.plusNanos(startedNs),
        hasEnded ? Optional.of(Instant.EPOCH.plusNanos(endedNs)) : Optional.empty(),
        Duration.ofNanos(untilNs - startedNs),
        Duration.ofNanos(parts[Activity.RUN.index]),
        Duration.ofNanos(parts[Activity.QUEUE.index]),
        Duration.ofNanos(parts[Activity.PERSIST.index]),
        Duration.ofNanos(parts[Activity.WAIT.index]),
        Duration.ofNanos(parts[Activity.OTHER.index]),
        taskTimes(),
        unknown);
  }

  /** Each moment from the start on goes to the first activity that any work item had then. */
  private long[] partition(final long untilNs) {
    edges.sort(Comparator.comparingLong(Edge::timeNs));
    final long[] parts = new long[Activity.values().length];
    final int[] active = new int[parts.length];
    long atNs = startedNs;
    for (final Edge edge : edges) {
      final long toNs = Math.min(Math.max(edge.timeNs, atNs), untilNs);
      parts[first(active)] += toNs - atNs;
      atNs = toNs;
      active[edge.activity.index] += edge.change;
    }
    parts[first(active)] += untilNs - atNs;
    return parts;
  }

  private static int first(final int[] active) {
    for (int activity = 0; activity < active.length; activity++) {
      if (active[activity] > 0) {
        return activity;
      }
    }
    return Activity.OTHER.index;
  }

  private List<CaseTimes.TaskTimes> taskTimes() {
    final List<CaseTimes.TaskTimes> times = new ArrayList<>();
    tasks.forEach(
        (task, sums) ->
            times.add(
                new CaseTimes.TaskTimes(
                    task,
                    sums.count,
                    sums.of(Activity.RUN),
                    sums.of(Activity.QUEUE),
                    sums.of(Activity.PERSIST),
                    sums.of(Activity.WAIT),
                    sums.of(Activity.OTHER))));
    times.sort(Comparator.comparing(CaseTimes.TaskTimes::total).reversed());
    return times;
  }
}
