package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.spi.ShardObserver;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Who is there: gives ids to new cases, finds cases by key and parent, and lets ended ones go in
 * time. Belongs to the shard's thread.
 *
 * <p>Keeps one record of its own in the store: the generation up to which ids may be given,
 * reserved in blocks, so that an id is not given twice over restarts.
 */
final class CaseRoster {
  /** Id of the roster's own record. Definitions have negative ids above it, cases positive ones. */
  static final long RECORD_ID = Long.MIN_VALUE;

  /** Longest case record, in bytes. */
  static final int RECORD_LENGTH_MAX = 120 * 1024;

  /** Stands in the queue of timers for the ended cases, as no case has this id. */
  static final long RETENTION = 0;

  private static final int FORGOTTEN_AT_ONCE = 256;
  private static final int GENERATIONS_RESERVED = 1 << 20;

  private final CaseFile file;
  private final CaseIndex index;
  private final StatusTable statuses;
  private final TimerQueue timers;
  private final Effects effects;
  private final Definitions definitions;
  private final ShardObserver observer;
  private final Retention retention;
  private final StartKeys keys;
  private final UnsafeBuffer ownRecord = new UnsafeBuffer(new byte[Long.BYTES]);
  private int generation;
  private long generationLimit;

  CaseRoster(
      final CaseFile file,
      final CaseIndex index,
      final StatusTable statuses,
      final TimerQueue timers,
      final Effects effects,
      final Definitions definitions,
      final ShardObserver observer,
      final Retention retention,
      final StartKeys keys) {
    this.file = file;
    this.index = index;
    this.statuses = statuses;
    this.timers = timers;
    this.effects = effects;
    this.definitions = definitions;
    this.observer = observer;
    this.retention = retention;
    this.keys = keys;
  }

  /** Takes in the roster's own record at recovery. */
  void recover(final DirectBuffer record, final int offset) {
    generationLimit = record.getLong(offset, LITTLE_ENDIAN);
    generation = (int) (generationLimit & CaseId.GENERATION_MASK);
  }

  /** Makes a case; the key, if it has a length, lies in the buffer. */
  CaseRecord createCase(
      final Definition definition,
      final CaseLayout layout,
      final int virtualShard,
      final DirectBuffer keyBuffer,
      final int keyOffset,
      final int keyLength,
      final long nowNs) {
    final CaseRecord record = create(definition.id, layout, virtualShard, nowNs);
    if (keyLength > 0) {
      record.putSystem(CaseLayout.KEY_SLOT, keyBuffer, keyOffset, keyLength);
      keys.add(record.buffer(), 0);
    }
    return record;
  }

  private long keyHash(final CaseRecord record) {
    final int length = record.systemLength(CaseLayout.KEY_SLOT);
    return length == 0
        ? CaseIndex.NO_KEY
        : index.hash(
            definitions.get(record.definitionId()).name,
            record.buffer(),
            record.systemOffset(CaseLayout.KEY_SLOT),
            length);
  }

  /** Makes a case inside another: an instance, or a composite. */
  CaseRecord createChild(
      final CaseRecord parent,
      final int task,
      final int instance,
      final CaseLayout layout,
      final long nowNs) {
    final CaseRecord child =
        create(parent.definitionId(), layout, CaseId.virtualShard(parent.caseId()), nowNs);
    child.setParent(parent, task, instance);
    child.copyTraceFrom(parent);
    index.addChild(parent.caseId(), child.caseId());
    return child;
  }

  private CaseRecord create(
      final int definitionId, final CaseLayout layout, final int virtualShard, final long nowNs) {
    final long caseId = CaseId.of(virtualShard, nextGeneration(), statuses.allocate(virtualShard));
    effects.publish(caseId, CaseStatus.RUNNING);
    definitions.get(definitionId).runningCount++;
    return file.create(layout, caseId, definitionId, nowNs);
  }

  private int nextGeneration() {
    generation = generation + 1 & CaseId.GENERATION_MASK;
    if (generation == 0) {
      generation = 1;
    }
    if (generation > generationLimit || generationLimit - generation > GENERATIONS_RESERVED) {
      generationLimit = (long) generation + GENERATIONS_RESERVED - 1;
      ownRecord.putLong(0, generationLimit, LITTLE_ENDIAN);
      file.batch().image(RECORD_ID, ownRecord, 0, Long.BYTES);
    }
    return generation;
  }

  /**
   * A case that is nobody's child has ended: it is kept for a while, and those that ended longest
   * ago go.
   */
  void ended(final CaseRecord record, final CaseStatus status, final long nowNs) {
    final Definition definition = definitions.get(record.definitionId());
    definition.runningCount--;
    effects.publish(record.caseId(), status);
    final Definition.Deployed deployed = definition.deployed();
    if (deployed != null) {
      observer.caseEnded(deployed.workflowNumber(), status.code(), nowNs - record.startedNs());
    }
    retention.add(record.caseId(), nowNs, keyHash(record));
    if (retention.isDue(nowNs)) {
      forgetDue(nowNs);
    } else {
      timers.schedule(RETENTION, nextDueNs());
    }
  }

  private long nextDueNs() {
    return Math.min(retention.nextDueNs(), keys.nextDueNs());
  }

  /** Takes in an ended case at recovery, after those that ended before it. */
  void recoverEnded(final long caseId, final long endedNs, final long keyHash) {
    retention.add(caseId, endedNs, keyHash);
  }

  /** After the last record. */
  void recovered() {
    timers.schedule(RETENTION, nextDueNs());
  }

  /** Lets go of the ended cases that are too many or too old, some at a time. */
  void forgetDue(final long nowNs) {
    for (int i = 0; i < FORGOTTEN_AT_ONCE && retention.isFirstDue(nowNs); i++) {
      final long keyHash = retention.firstKeyHash();
      final long endedNs = retention.firstEndedNs();
      forget(retention.poll(), endedNs, keyHash);
    }
    keys.forgetDue(nowNs);
    timers.schedule(RETENTION, nextDueNs());
  }

  /** A join of several branches of a case is complete. */
  void branchesJoined() {
    observer.branchesJoined();
  }

  /** An OR-join of a case waits because it could not be decided. */
  void orJoinUndecided(final CaseRecord record) {
    final Definition.Deployed deployed = definitions.get(record.definitionId()).deployed();
    if (deployed != null) {
      observer.orJoinUndecided(deployed.workflowNumber());
    }
  }

  /** Lets a case go; its record is read only if something in it is to be kept, or let go too. */
  private void forget(final long caseId, final long endedNs, final long keyHash) {
    if (file.large().isUsed()) {
      file.loadIfDeployed(caseId);
    }
    if (keyHash != CaseIndex.NO_KEY) {
      keys.caseGoes(caseId, endedNs, keyHash);
    }
    file.remove(caseId);
    effects.release(caseId);
  }

  /** A child has ended and been counted: nothing of it is kept. */
  void forgetChild(final CaseRecord child) {
    definitions.get(child.definitionId()).runningCount--;
    index.removeChild(child.parentId(), child.caseId());
    timers.schedule(child.caseId(), TimerQueue.NEVER);
    effects.publish(child.caseId(), child.status()); // for those who wait for its end
    effects.release(child.caseId());
    file.remove(child.caseId());
  }

  boolean hasChildren(final long caseId) {
    return index.hasChildren(caseId);
  }

  LongArrayList childrenOf(final long caseId) {
    return index.childrenOf(caseId);
  }

  /** A case and all below it, depth first, siblings in the order of their ids. */
  LongArrayList familyOf(final long caseId) {
    return index.familyOf(caseId);
  }
}
