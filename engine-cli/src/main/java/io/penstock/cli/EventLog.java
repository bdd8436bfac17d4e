package io.penstock.cli;

import io.penstock.engine.CaseDecoder;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.StoredCase;
import io.penstock.interchange.log.XesWriter;
import io.penstock.storage.ShardSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2LongCounterMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the history of a shard case by case, though its journal has it as it happened: as many
 * cases at a time as have so many events together, each such group by one pass over the journal.
 * Memory goes with that number and, at a few bytes each, with the number of cases.
 */
final class EventLog {
  private static final int EVENTS_AT_A_TIME = 100_000;

  private final XesWriter xes;
  private final int eventsAtATime;
  private final @Nullable String workflow;
  private final @Nullable Long caseId;
  private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer();
  private long traces;

  EventLog(final XesWriter xes, final @Nullable String workflow, final @Nullable Long caseId) {
    this(xes, workflow, caseId, EVENTS_AT_A_TIME);
  }

  EventLog(
      final XesWriter xes,
      final @Nullable String workflow,
      final @Nullable Long caseId,
      final int eventsAtATime) {
    this.xes = xes;
    this.workflow = workflow;
    this.caseId = caseId;
    this.eventsAtATime = eventsAtATime;
  }

  /** How many cases were written. */
  long traces() {
    return traces;
  }

  void write(final ShardSnapshot shard, final CaseDecoder decoder) {
    final Long2LongCounterMap counts = new Long2LongCounterMap(0);
    shard.forEachEvents(
        (outermost, timeNs, events, offset, length) -> {
          if (caseId == null || caseId == outermost) {
            counts.incrementAndGet(outermost);
          }
        });
    final long[] ids = new long[counts.size()];
    final int[] next = new int[1];
    counts.forEach((id, count) -> ids[next[0]++] = id);
    Arrays.sort(ids);
    for (int from = 0; from < ids.length; ) {
      final Map<Long, List<HistoryEvent>> group = new HashMap<>();
      long events = 0;
      int to = from;
      while (to < ids.length && (to == from || events + counts.get(ids[to]) <= eventsAtATime)) {
        events += counts.get(ids[to]);
        group.put(ids[to], new ArrayList<>());
        to++;
      }
      collect(shard, group);
      for (int at = from; at < to; at++) {
        write(shard, decoder, ids[at], group.getOrDefault(ids[at], List.of()));
      }
      from = to;
    }
  }

  private static void collect(
      final ShardSnapshot shard, final Map<Long, List<HistoryEvent>> group) {
    shard.forEachEvents(
        (outermost, timeNs, events, offset, length) -> {
          final List<HistoryEvent> collected = group.get(outermost);
          if (collected != null) {
            collected.add(HistoryEvent.decode(timeNs, events, offset));
          }
        });
  }

  private void write(
      final ShardSnapshot shard,
      final CaseDecoder decoder,
      final long id,
      final List<HistoryEvent> events) {
    final StoredCase stored = shard.read(id, scratch, 0) < 0 ? null : decoder.decode(id);
    if (workflow != null && (stored == null || !workflow.equals(stored.workflow()))) {
      return;
    }
    try {
      xes.trace(id, stored == null ? Map.of() : Map.of("workflow", stored.workflow()), events);
      traces++;
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
