package io.penstock;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import java.util.function.UnaryOperator;
import org.agrona.MutableDirectBuffer;

/** The real store, of whose shards a test changes what it wants. */
class ForwardingStore implements Store {
  private final Store store;
  private final UnaryOperator<ShardStore> changed;

  ForwardingStore(final Store store, final UnaryOperator<ShardStore> changed) {
    this.store = store;
    this.changed = changed;
  }

  @Override
  public ShardStore shard(final int shardIndex) {
    return changed.apply(store.shard(shardIndex));
  }

  @Override
  public int shardCount() {
    return store.shardCount();
  }

  @Override
  public String description() {
    return store.description();
  }

  @Override
  public void flush() {
    store.flush();
  }

  @Override
  public void close() {
    store.close();
  }

  /** Does what the real one does, unless it is told otherwise. */
  abstract static class Shard implements ShardStore {
    private final ShardStore store;

    Shard(final ShardStore store) {
      this.store = store;
    }

    @Override
    public void forEach(final RecordVisitor visitor) {
      store.forEach(visitor);
    }

    @Override
    public void append(final RecordBatch batch) {
      store.append(batch);
    }

    @Override
    public boolean makeRoom() {
      return store.makeRoom();
    }

    @Override
    public void sync() {
      store.sync();
    }

    @Override
    public long length() {
      return store.length();
    }

    @Override
    public int read(final long recordId, final MutableDirectBuffer target, final int offset) {
      return store.read(recordId, target, offset);
    }

    @Override
    public void readEvents(final long recordId, final EventVisitor visitor) {
      store.readEvents(recordId, visitor);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
