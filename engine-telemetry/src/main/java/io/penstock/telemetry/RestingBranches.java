package io.penstock.telemetry;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.penstock.spi.ShardObserver;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands after which sampled cases came to rest, until a join goes on from there: its span
 * links to theirs. Belongs to the shard's thread.
 *
 * <p>They are saved behind the shard's other observations, to be found from the end, so that who
 * knows nothing of them passes over them:
 *
 * <pre>
 *   for each case, the one that rests longest first: int64 trace key | int32 commands
 *                                                    | trace context, 32 bytes, for each
 *   int32 length of that | int32 0x314B4E4C
 * </pre>
 *
 * <p>A case that went on just before the process was killed is still there after the restart. Of
 * cases that never come back it is nobody's task to forget them: the longest rest gives way.
 */
final class RestingBranches {
  private static final Logger LOG = LoggerFactory.getLogger(RestingBranches.class);

  /** Cases that are remembered at a time; of more, those that came to rest last. */
  static final int CASES_MAX = 10_000;

  /** Commands that are remembered of a case, the last ones. */
  static final int BRANCHES_MAX = 16;

  /** How much is saved at most, in bytes: of more cases, those that came to rest last. */
  static final int SAVED_LENGTH_MAX = 1024 * 1024;

  /** "LNK1" as the bytes stand there; no count of events, which end the observations else. */
  static final int MAGIC = 0x314B_4E4C;

  static final int TRAILER_LENGTH = 2 * Integer.BYTES;

  private static final int CASE_HEADER_LENGTH = Long.BYTES + Integer.BYTES;

  private final Map<Long, ArrayDeque<SpanContext>> byCase = new LinkedHashMap<>();
  private boolean hasNews;

  /** A command is done, and nothing went on from it. */
  void add(final long traceKey, final SpanContext command) {
    ArrayDeque<SpanContext> branches = byCase.get(traceKey);
    if (branches == null) {
      if (byCase.size() >= CASES_MAX) {
        forgetTheLongest();
      }
      branches = new ArrayDeque<>();
      byCase.put(traceKey, branches);
    }
    if (branches.size() == BRANCHES_MAX) {
      branches.remove();
    }
    branches.add(command);
    hasNews = true;
  }

  private void forgetTheLongest() {
    final Iterator<Long> cases = byCase.keySet().iterator();
    cases.next();
    cases.remove();
  }

  /** Links the span of a command that completed a join, and forgets what it joined. */
  void link(final long traceKey, final Span join) {
    final ArrayDeque<SpanContext> branches = take(traceKey);
    if (branches != null) {
      branches.forEach(join::addLink);
    }
  }

  void forget(final long traceKey) {
    take(traceKey);
  }

  private @Nullable ArrayDeque<SpanContext> take(final long traceKey) {
    final ArrayDeque<SpanContext> branches = byCase.remove(traceKey);
    hasNews |= branches != null;
    return branches;
  }

  /** Whether anything has changed since the last {@link #save}. */
  boolean hasNews() {
    return hasNews;
  }

  /**
   * Writes what shall survive the process.
   *
   * @return how many bytes, 0 when no case rests
   */
  int save(final MutableDirectBuffer target, final int offset) {
    hasNews = false;
    int left = byCase.values().stream().mapToInt(RestingBranches::savedLength).sum();
    int at = offset;
    for (final Map.Entry<Long, ArrayDeque<SpanContext>> each : byCase.entrySet()) {
      if (left <= SAVED_LENGTH_MAX) {
        at = put(target, at, each.getKey(), each.getValue());
      }
      left -= at == offset ? savedLength(each.getValue()) : 0;
    }
    if (at == offset) {
      return 0;
    }
    target.putInt(at, at - offset, LITTLE_ENDIAN);
    target.putInt(at + Integer.BYTES, MAGIC, LITTLE_ENDIAN);
    return at + TRAILER_LENGTH - offset;
  }

  private static int savedLength(final ArrayDeque<SpanContext> branches) {
    return CASE_HEADER_LENGTH + branches.size() * ShardObserver.TRACE_LENGTH;
  }

  private static int put(
      final MutableDirectBuffer target,
      final int offset,
      final long traceKey,
      final ArrayDeque<SpanContext> branches) {
    target.putLong(offset, traceKey, LITTLE_ENDIAN);
    target.putInt(offset + Long.BYTES, branches.size(), LITTLE_ENDIAN);
    int at = offset + CASE_HEADER_LENGTH;
    for (final SpanContext branch : branches) {
      target.setMemory(at, ShardObserver.TRACE_LENGTH, (byte) 0);
      TraceContext.write(branch, target, at);
      at += ShardObserver.TRACE_LENGTH;
    }
    return at;
  }

  /**
   * Takes in what was saved, if anything was. Links are worth no failure: what is not whole is left
   * out, and the log says so.
   *
   * @param source ends with what {@link #save} wrote, if it wrote anything
   */
  void restore(final DirectBuffer source, final int offset, final int length) {
    final int end = offset + length - TRAILER_LENGTH;
    if (end < offset || source.getInt(end + Integer.BYTES, LITTLE_ENDIAN) != MAGIC) {
      return;
    }
    int at = end - source.getInt(end, LITTLE_ENDIAN);
    while (at >= offset && at + CASE_HEADER_LENGTH <= end) {
      final int count = source.getInt(at + Long.BYTES, LITTLE_ENDIAN);
      final int branches = at + CASE_HEADER_LENGTH;
      if (count < 1
          || count > BRANCHES_MAX
          || branches + count * ShardObserver.TRACE_LENGTH > end) {
        break;
      }
      for (int i = 0; i < count; i++) {
        final SpanContext branch =
            TraceContext.read(source, branches + i * ShardObserver.TRACE_LENGTH);
        if (branch.isValid()) {
          add(source.getLong(at, LITTLE_ENDIAN), branch);
        }
      }
      at = branches + count * ShardObserver.TRACE_LENGTH;
    }
    if (at != end) {
      LOG.warn(
          "saved links of joins are not whole, some spans of joins will have none: length={},"
              + " cases={}",
          length,
          byCase.size());
    }
    hasNews = false;
  }
}
