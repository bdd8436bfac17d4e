package io.penstock.engine;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongArrayQueue;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The work items of one shard that handlers do: those under way, and a backlog of those that wait
 * for a worker, kept as numbers so that a million of them take no more than their place in a queue.
 * Belongs to the shard's thread.
 */
final class HandlerRuns {
  private static final Object NO_PARENT = Optional.empty(); // the queue takes no null

  private static final int HANDED_OUT_A_ROUND = 16;

  private final Shard shard;
  private final Workers workers;
  private final Long2ObjectHashMap<HandlerRun> running = new Long2ObjectHashMap<>();
  private final LongArrayQueue backlog = new LongArrayQueue();
  private final ArrayDeque<Object> traceParents = new ArrayDeque<>();
  private final KeptWork kept = new KeptWork();
  private final HandOutWindow window;
  private long lastRunId;
  private final int backlogMax;
  private volatile int runningCount;
  private volatile int backlogCount;

  HandlerRuns(final Shard shard, final Workers workers, final int backlogMax) {
    this.shard = shard;
    this.workers = workers;
    this.backlogMax = backlogMax;
    window = new HandOutWindow(2 * Runtime.getRuntime().availableProcessors(), workers.limit());
  }

  /** A round begins. */
  void begin() {
    window.begin();
  }

  /** Whether work waits for handlers to end, and for no other reason. */
  boolean isWindowFull() {
    return backlogCount > 0 && running.size() >= window.size() && window.size() < workers.limit();
  }

  /** Whether as many work items wait as may; any thread. */
  boolean isBacklogFull() {
    return backlogCount >= backlogMax;
  }

  /** Handlers under way; any thread. */
  int runningCount() {
    return runningCount;
  }

  /**
   * Puts a work item at the end of the backlog, with the trace context of the command that wants it
   * done.
   */
  void add(final long caseId, final long item, final @Nullable Object traceParent) {
    backlog.addLong(caseId);
    backlog.addLong(item);
    traceParents.add(traceParent == null ? NO_PARENT : traceParent);
    kept.add();
  }

  /**
   * What was added is on the disk now; called where that is measured.
   *
   * @param persistNs how long it was kept for that
   */
  void persisted(final long persistNs) {
    kept.persisted(persistNs);
  }

  /**
   * The result of a run has come back.
   *
   * @param waitNs how long it has waited for the shard
   */
  void ended(final long runId, final long waitNs) {
    window.onResult(waitNs, running.size());
    final HandlerRun run = running.remove(runId);
    if (run != null) {
      run.copy().forEachReference(shard.large()::release);
    }
    runningCount = running.size();
  }

  /**
   * The shard begins anew: counts what the copies of records refer to that handlers under way read.
   */
  void retainCopies() {
    for (final HandlerRun run : running.values()) {
      run.copy().forEachReference(shard.large()::retain);
    }
  }

  /**
   * The shard has begun anew: the backlog is what it wants done now, but for what is under way.
   *
   * @param handedOut pairs of case id and packed work item
   */
  void restart(final LongArrayList handedOut) {
    backlog.clear();
    traceParents.clear();
    kept.clear();
    final Map<Long, LongHashSet> underWay = new HashMap<>();
    for (final HandlerRun run : running.values()) {
      underWay
          .computeIfAbsent(run.caseId, none -> new LongHashSet())
          .add(Effects.pack(run.task, run.number));
    }
    for (int i = 0; i < handedOut.size(); i += 2) {
      final LongHashSet items = underWay.get(handedOut.getLong(i));
      if (items == null || !items.contains(handedOut.getLong(i + 1))) {
        add(handedOut.getLong(i), handedOut.getLong(i + 1), null);
      }
    }
  }

  /** Tells the handler of a work item that its result will be refused. */
  void cancel(final long caseId, final long item) {
    for (final HandlerRun run : running.values()) {
      if (run.caseId == caseId
          && run.task == Effects.task(item)
          && run.number == Effects.number(item)) {
        run.cancel();
      }
    }
  }

  /**
   * Gives work to workers as long as they take it, and says how much; so much at a time that their
   * results do not wait long for each other.
   */
  int handOut() {
    int handedOut = 0;
    while (handedOut < HANDED_OUT_A_ROUND && !backlog.isEmpty() && running.size() < window.size()) {
      final Object traceParent = traceParents.remove();
      handOut(
          backlog.pollLong(),
          backlog.pollLong(),
          NO_PARENT.equals(traceParent) ? null : traceParent,
          kept.next());
      handedOut++;
    }
    final int left = backlog.size() / 2;
    if (left > 0 && running.size() >= window.size()) {
      window.onFull(System.nanoTime());
    }
    if (left != backlogCount) {
      backlogCount = left;
    }
    return handedOut;
  }

  private void handOut(
      final long caseId,
      final long item,
      final @Nullable Object traceParent,
      final long persistNs) {
    final int task = Effects.task(item);
    final CaseRecord copy = shard.read(caseId);
    if (copy != null && copy.isAwaited(task, Effects.number(item))) {
      final long now = shard.clock().monotonicNs();
      final HandlerRun run =
          new HandlerRun(shard, ++lastRunId, copy, task, traceParent, now, persistNs);
      copy.forEachReference(shard.large()::retain); // until it has ended they stay
      running.put(lastRunId, run);
      runningCount = running.size();
      workers.execute(run);
    }
  }
}
