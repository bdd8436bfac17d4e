package io.penstock.telemetry;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.objective.EventCounts;
import io.penstock.workflow.Objective;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The counts of the objectives that one shard, or what happens outside of them, is held to, by the
 * names of the objectives; and their form that survives the process:
 *
 * <pre>
 *   int32 number of objectives, then for each
 *   int64 saved, ns since the epoch | int32 name length | int32 counts length | name | counts
 * </pre>
 *
 * <p>What was saved of an objective that is not measured in this opening, as its workflow is not
 * deployed, is kept as it is. Written by one thread at a time; any thread may read the counts.
 */
final class ObjectiveCounts {
  private static final int HEADER_LENGTH = Long.BYTES + 2 * Integer.BYTES;

  private final EpochTime time;
  private final Map<String, Saved> unclaimed = new LinkedHashMap<>();
  private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer();
  private volatile Map<String, EventCounts> byName = Map.of();
  private long eventsSaved;

  /** What was saved of one objective, and when by the calendar. */
  private record Saved(long epochNs, DirectBuffer counts) {}

  ObjectiveCounts(final EpochTime time) {
    this.time = time;
  }

  /** Counts by name, in the order in which they were added. */
  Map<String, EventCounts> byName() {
    return byName;
  }

  /**
   * Counts events from now on, on top of what was saved under the name; an objective that is known
   * goes on with its counts.
   */
  EventCounts add(final String name, final Objective objective) {
    final EventCounts known = byName.get(name);
    if (known != null && known.objective().equals(objective)) {
      return known;
    }
    final EventCounts counts = new EventCounts(objective, time.openedMonotonicNs());
    restore(counts, unclaimed.remove(name));
    final Map<String, EventCounts> more = new LinkedHashMap<>(byName);
    more.put(name, counts);
    byName = more;
    return counts;
  }

  private void restore(final EventCounts counts, final @Nullable Saved saved) {
    if (saved != null) {
      final long nowNs = time.monotonicNs();
      final long elapsedNs = Math.max(0, time.epochNs(nowNs) - saved.epochNs);
      counts.restore(saved.counts, 0, nowNs, elapsedNs);
    }
  }

  /**
   * Takes in what was saved at an earlier opening; before the first event.
   *
   * @return how many bytes
   */
  int restore(final DirectBuffer source, final int offset) {
    final int count = source.getInt(offset, LITTLE_ENDIAN);
    int at = offset + Integer.BYTES;
    for (int i = 0; i < count; i++) {
      final long epochNs = source.getLong(at, LITTLE_ENDIAN);
      final byte[] nameBytes = new byte[source.getInt(at + Long.BYTES, LITTLE_ENDIAN)];
      final byte[] bytes = new byte[source.getInt(at + Long.BYTES + Integer.BYTES, LITTLE_ENDIAN)];
      source.getBytes(at + HEADER_LENGTH, nameBytes);
      source.getBytes(at + HEADER_LENGTH + nameBytes.length, bytes);
      at += HEADER_LENGTH + nameBytes.length + bytes.length;
      final String name = new String(nameBytes, StandardCharsets.UTF_8);
      final EventCounts counts = byName.get(name);
      if (counts == null) {
        unclaimed.put(name, new Saved(epochNs, new UnsafeBuffer(bytes)));
      } else {
        restore(counts, new Saved(epochNs, new UnsafeBuffer(bytes)));
      }
    }
    return at - offset;
  }

  /** Whether events were counted since the last {@link #save}. */
  boolean hasNews() {
    return events() != eventsSaved;
  }

  private long events() {
    long events = 0;
    for (final EventCounts counts : byName.values()) {
      events += counts.good() + counts.bad();
    }
    return events;
  }

  /**
   * Writes all counts.
   *
   * @return how many bytes
   */
  int save(
      final MutableDirectBuffer target, final int offset, final long nowNs, final long epochNs) {
    eventsSaved = events();
    target.putInt(offset, byName.size() + unclaimed.size(), LITTLE_ENDIAN);
    int at = offset + Integer.BYTES;
    for (final Map.Entry<String, EventCounts> each : byName.entrySet()) {
      final int length = each.getValue().save(scratch, 0, nowNs);
      at = put(target, at, epochNs, each.getKey(), scratch, length);
    }
    for (final Map.Entry<String, Saved> each : unclaimed.entrySet()) {
      final Saved saved = each.getValue();
      at = put(target, at, saved.epochNs, each.getKey(), saved.counts, saved.counts.capacity());
    }
    return at - offset;
  }

  private static int put(
      final MutableDirectBuffer target,
      final int offset,
      final long epochNs,
      final String name,
      final DirectBuffer counts,
      final int length) {
    final byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    target.putLong(offset, epochNs, LITTLE_ENDIAN);
    target.putInt(offset + Long.BYTES, nameBytes.length, LITTLE_ENDIAN);
    target.putInt(offset + Long.BYTES + Integer.BYTES, length, LITTLE_ENDIAN);
    target.putBytes(offset + HEADER_LENGTH, nameBytes);
    target.putBytes(offset + HEADER_LENGTH + nameBytes.length, counts, 0, length);
    return offset + HEADER_LENGTH + nameBytes.length + length;
  }
}
