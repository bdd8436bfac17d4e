package io.penstock;

import io.penstock.spi.Durability;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.spi.StoreProvider;
import io.penstock.spi.VirtualClock;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The real store on a disk that takes its time, of a clock moved by hand, to force what is new. */
final class SlowDisk implements StoreProvider {
  private final StoreProvider real =
      new StorageProvider(StorageOptions.defaults().withView(StorageOptions.View.SLAB));
  private final VirtualClock clock;
  private final Duration force;

  SlowDisk(final VirtualClock clock, final Duration force) {
    this.clock = clock;
    this.force = force;
  }

  @Override
  public Store open(
      final @Nullable Path directory, final Durability durability, final int shardCount) {
    return new ForwardingStore(real.open(directory, durability, shardCount), Shard::new);
  }

  private final class Shard extends ForwardingStore.Shard {
    private boolean hasNews;

    Shard(final ShardStore store) {
      super(store);
    }

    @Override
    public void append(final RecordBatch batch) {
      super.append(batch);
      hasNews = true;
    }

    @Override
    public void sync() {
      super.sync();
      if (hasNews) {
        hasNews = false;
        clock.advance(force);
      }
    }
  }
}
