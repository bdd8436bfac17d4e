package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.RecordBatch.EntryVisitor;
import io.penstock.spi.ShardStore;
import io.penstock.spi.StoreException;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A shard's store: a journal that is the record, absent for MEMORY, and a view of it that answers
 * reads.
 */
final class ViewedShard implements ShardStore {
  private final @Nullable Journal journal;
  private final @Nullable Compaction compaction;
  private final StateView view;
  private final EntryVisitor apply;
  private @Nullable Throwable viewFailure;

  /**
   * Creates the store of a shard.
   *
   * @param journal where batches are appended; null keeps nothing
   * @param compaction keeps the journal small; null when there is none
   * @param view the live records, as the journal has them
   */
  ViewedShard(
      final @Nullable Journal journal,
      final @Nullable Compaction compaction,
      final StateView view) {
    this.journal = journal;
    this.compaction = compaction;
    this.view = view;
    apply = applyTo(view);
  }

  /**
   * Makes what applies journal entries to a view.
   *
   * @param view the view
   * @return puts images, removes removals, skips events
   */
  static EntryVisitor applyTo(final StateView view) {
    return (kind, recordId, payload, offset, length) -> {
      if (kind == RecordBatch.IMAGE) {
        view.put(recordId, payload, offset, length);
      } else if (kind == RecordBatch.REMOVAL) {
        view.remove(recordId);
      }
    };
  }

  @Override
  public void forEach(final RecordVisitor visitor) {
    view.forEach(visitor);
  }

  @Override
  public void append(final RecordBatch batch) {
    if (batch.isEmpty()) {
      return;
    }
    requireViewInStep();
    if (journal != null) {
      journal.append(batch);
    }
    try {
      batch.forEach(apply);
    } catch (final RuntimeException | Error e) {
      viewFailure = e;
      requireViewInStep();
    }
    if (compaction != null) {
      compaction.onAppend(batch.length());
    }
  }

  @Override
  public long length() {
    return journal == null ? 0 : journal.usedLength();
  }

  @Override
  public long writeStalls() {
    return journal == null ? 0 : journal.stalls();
  }

  @Override
  public boolean makeRoom() {
    return journal == null || journal.makeRoom();
  }

  @Override
  public void sync() {
    if (compaction != null && viewFailure == null) {
      compaction.step();
    }
    if (journal != null) {
      journal.sync();
    }
  }

  @Override
  public int read(final long recordId, final MutableDirectBuffer target, final int targetOffset) {
    return view.read(recordId, target, targetOffset);
  }

  @Override
  public void readEvents(final long recordId, final EventVisitor visitor) {
    if (journal == null) {
      throw new StoreException(
          "store must have a journal to keep events: durability=MEMORY; open the engine on a"
              + " directory");
    }
    journal.readEvents(recordId, visitor);
  }

  /** Closes the view; the journal is closed by the store, once the flusher has let go of it. */
  @Override
  public void close() {
    view.close();
  }

  /** A view that missed a batch is no view of the journal any more. */
  private void requireViewInStep() {
    if (viewFailure != null) {
      throw new StoreException(
          "view must take every batch: view="
              + view.name()
              + ", records="
              + view.size()
              + "; give the JVM more direct memory and open the engine again, the journal has all that was appended",
          viewFailure);
    }
  }
}
