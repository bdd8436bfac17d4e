package io.penstock;

import io.penstock.spi.Durability;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.spi.StoreFullException;
import io.penstock.spi.StoreProvider;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/** The real store on a disk that is full when the test says so. */
final class FullStore implements StoreProvider {
  private final StoreProvider real =
      new StorageProvider(StorageOptions.defaults().withView(StorageOptions.View.SLAB));
  private final BooleanSupplier full;

  FullStore(final BooleanSupplier full) {
    this.full = full;
  }

  @Override
  public Store open(
      final @Nullable Path directory, final Durability durability, final int shardCount) {
    final Store store = real.open(directory, durability, shardCount);
    return new Store() {
      @Override
      public ShardStore shard(final int shardIndex) {
        return new Shard(store.shard(shardIndex));
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
    };
  }

  private final class Shard implements ShardStore {
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
      if (full.getAsBoolean()) {
        throw new StoreFullException("no room, says the test", new IOException("disk full"));
      }
      store.append(batch);
    }

    @Override
    public boolean makeRoom() {
      return !full.getAsBoolean();
    }

    @Override
    public void sync() {
      store.sync();
    }

    @Override
    public int read(final long recordId, final MutableDirectBuffer target, final int offset) {
      return store.read(recordId, target, offset);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
