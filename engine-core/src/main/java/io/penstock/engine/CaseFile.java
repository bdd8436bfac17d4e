package io.penstock.engine;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The case records that the command in hand works on: loaded from the store once, changed in place,
 * written as one batch.
 *
 * <p>Belongs to the shard's thread. Buffers are used again.
 */
final class CaseFile {
  private static final int POOL_MAX = 64;

  private final ShardStore store;
  private final Definitions definitions;
  private final RecordBatch batch = new RecordBatch(4096);
  private final Long2ObjectHashMap<CaseRecord> open = new Long2ObjectHashMap<>();
  private final List<CaseRecord> order = new ArrayList<>();
  private final LargeValues large;
  private final CaseRecord peeked;
  private final LongHashSet removed = new LongHashSet();
  private final ArrayDeque<CaseRecord> pool = new ArrayDeque<>();

  CaseFile(final ShardStore store, final Definitions definitions) {
    this.store = store;
    this.definitions = definitions;
    large = new LargeValues(store, batch);
    peeked = new CaseRecord(large);
  }

  void begin(final long nowNs) {
    batch.begin(nowNs);
  }

  ShardStore store() {
    return store;
  }

  /** A case's record, or null when there is no such case; the same view all through one command. */
  @Nullable CaseRecord load(final long caseId) {
    final CaseRecord loaded = open.get(caseId);
    if (loaded != null) {
      return loaded;
    }
    if (removed.contains(caseId)) {
      return null;
    }
    final CaseRecord record = fromPool();
    if (store.read(caseId, record.buffer(), 0) < 0) {
      pool.add(record);
      return null;
    }
    keep(caseId, record.wrap(definitions.layout(record)));
    return record;
  }

  /** A case's record to look at once, or null; valid until the next call, and never written. */
  @Nullable CaseRecord peek(final long caseId) {
    final CaseRecord loaded = open.get(caseId);
    if (loaded != null || removed.contains(caseId)) {
      return loaded;
    }
    return store.read(caseId, peeked.buffer(), 0) < 0
        ? null
        : peeked.wrap(definitions.layout(peeked));
  }

  /**
   * The bytes of a case's record, its workflow deployed or not, or null when it is not there; valid
   * until the next call, and never written.
   */
  @Nullable DirectBuffer raw(final long caseId) {
    final CaseRecord loaded = open.get(caseId);
    if (loaded != null) {
      return loaded.buffer();
    }
    return removed.contains(caseId) || store.read(caseId, peeked.buffer(), 0) < 0
        ? null
        : peeked.buffer();
  }

  /** A case's record, or null when it is not there or its workflow is not deployed. */
  @Nullable CaseRecord loadIfDeployed(final long caseId) {
    final CaseRecord loaded = open.get(caseId);
    if (loaded != null || removed.contains(caseId)) {
      return loaded;
    }
    return store.read(caseId, peeked.buffer(), 0) >= 0
            && definitions.get(peeked.definitionId()).deployed() != null
        ? load(caseId)
        : null;
  }

  CaseRecord create(
      final CaseLayout layout, final long caseId, final int definitionId, final long nowNs) {
    final CaseRecord record = fromPool().create(layout, caseId, definitionId, nowNs);
    keep(caseId, record);
    return record;
  }

  /** The values that records only refer to. */
  LargeValues large() {
    return large;
  }

  /** Whether a case is there, its workflow deployed or not. */
  boolean isThere(final long caseId) {
    return store.read(caseId, peeked.buffer(), 0) >= 0;
  }

  /** The case around all others that a case is in; itself when it is in none. */
  long outermost(final CaseRecord record) {
    CaseRecord at = record;
    while (at.parentId() != 0) {
      final CaseRecord parent = load(at.parentId());
      if (parent == null) {
        return at.parentId(); // gone already, with what was around it
      }
      at = parent;
    }
    return at.caseId();
  }

  /** Writes to a record what a command brings; large values get records of their own. */
  void apply(
      final CaseRecord record, final DirectBuffer changes, final int offset, final int length) {
    if (length <= LargeValues.INLINE_LENGTH_MAX) {
      record.apply(changes, offset, length);
    } else {
      final int splitLength = large.split(outermost(record), changes, offset, length);
      record.apply(large.split(), 0, splitLength);
    }
  }

  /** Records that something other than a case record is part of the batch. */
  RecordBatch batch() {
    return batch;
  }

  /** Takes a record out: it will not be there after the batch. */
  void remove(final long caseId) {
    batch.removal(caseId);
    removed.add(caseId);
    final CaseRecord record = open.remove(caseId);
    if (record == null) {
      large.resumed(caseId); // of a workflow that is not deployed: nothing of it was counted
    } else {
      record.forEachReference(large::release);
    }
  }

  /** Writes every record that changed and appends the batch to the store. */
  void commit(final TimerQueue timers) {
    for (int i = 0; i < order.size(); i++) {
      final CaseRecord record = order.get(i);
      if (record.isChanged() && open.get(record.caseId()) == record) {
        record.nextCaseVersion();
        batch.image(record.caseId(), record.buffer(), 0, record.length());
        timers.schedule(
            record.caseId(), record.isRunning() ? record.nextDueNs() : TimerQueue.NEVER);
      }
    }
    if (!batch.isEmpty()) {
      large.removeUnreferenced();
      store.append(batch);
    }
    close();
  }

  /** Whether nothing was written since the command began. */
  boolean isUnchanged() {
    return batch.isEmpty() && order.stream().noneMatch(CaseRecord::isChanged);
  }

  /** Forgets the open records. */
  void close() {
    for (int i = 0; i < order.size() && pool.size() < POOL_MAX; i++) {
      pool.add(order.get(i));
    }
    large.forgetUnwritten();
    order.clear();
    open.clear();
    removed.clear();
  }

  private CaseRecord fromPool() {
    final CaseRecord record = pool.poll();
    return record == null ? new CaseRecord(large) : record;
  }

  private void keep(final long caseId, final CaseRecord record) {
    open.put(caseId, record);
    order.add(record);
  }
}
