package io.penstock.benchmarks;

import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * H2's MVStore: a put into a map and a commit for each command, and {@code sync} if asked to. The
 * commit writes a chunk to the file; the store's own delayed commits, which lose what was
 * acknowledged, are off.
 */
final class MvStore implements AcknowledgedStore {
  private final MVStore store;
  private final MVMap<Long, byte[]> map;
  private final byte[] image;
  private final boolean synced;

  MvStore(final Path directory, final int imageLength, final boolean synced) {
    store =
        new MVStore.Builder()
            .fileName(directory.resolve("records.mv").toString())
            .autoCommitDisabled()
            .open();
    map = store.openMap("cases");
    image = new byte[imageLength];
    this.synced = synced;
  }

  @Override
  public void put(final int caller) {
    map.put((long) caller, image.clone());
    store.commit();
    if (synced) {
      store.sync();
    }
  }

  @Override
  public void close() {
    store.closeImmediately();
  }
}
