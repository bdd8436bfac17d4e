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
    return new ForwardingStore(real.open(directory, durability, shardCount), Shard::new);
  }

  private final class Shard extends ForwardingStore.Shard {
    Shard(final ShardStore store) {
      super(store);
    }

    @Override
    public void append(final RecordBatch batch) {
      if (full.getAsBoolean()) {
        throw new StoreFullException("no room, says the test", new IOException("disk full"));
      }
      super.append(batch);
    }

    @Override
    public boolean makeRoom() {
      return !full.getAsBoolean();
    }
  }
}
