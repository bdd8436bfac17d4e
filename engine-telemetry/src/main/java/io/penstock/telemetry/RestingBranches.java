package io.penstock.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.ArrayDeque;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The commands after which sampled cases came to rest, until a join goes on from there: its span
 * links to theirs. In memory only, so that a link across a restart is not made. Belongs to the
 * shard's thread.
 */
final class RestingBranches {
  /** Cases that are remembered at a time; more have no such links. */
  static final int CASES_MAX = 10_000;

  /** Commands that are remembered of a case, the last ones. */
  static final int BRANCHES_MAX = 16;

  private final Long2ObjectHashMap<ArrayDeque<SpanContext>> byCase = new Long2ObjectHashMap<>();

  /** A command is done, and nothing went on from it. */
  void add(final long traceKey, final SpanContext command) {
    ArrayDeque<SpanContext> branches = byCase.get(traceKey);
    if (branches == null) {
      if (byCase.size() >= CASES_MAX) {
        return;
      }
      branches = new ArrayDeque<>();
      byCase.put(traceKey, branches);
    }
    if (branches.size() == BRANCHES_MAX) {
      branches.remove();
    }
    branches.add(command);
  }

  /** Links the span of a command that completed a join, and forgets what it joined. */
  void link(final long traceKey, final Span join) {
    final ArrayDeque<SpanContext> branches = byCase.remove(traceKey);
    if (branches != null) {
      branches.forEach(join::addLink);
    }
  }

  void forget(final long traceKey) {
    byCase.remove(traceKey);
  }
}
