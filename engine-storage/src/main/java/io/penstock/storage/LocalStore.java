package io.penstock.storage;

import io.penstock.spi.BackupException;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.spi.StoreBackup;
import io.penstock.spi.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The opened storage of one engine; closes its parts last opened first. */
final class LocalStore implements Store {
  private final List<ShardStore> shards;
  private final String description;
  private final @Nullable Flusher flusher;
  private final @Nullable Function<Path, StoreBackup> backups;
  private final boolean keepsReceipts;
  private final List<AutoCloseable> resources;
  private boolean closed;

  /**
   * Creates the store.
   *
   * @param shards its shards by index
   * @param description one line for people
   * @param flusher forces the journals; null when there are none
   * @param backups begins a backup; null when nothing is kept
   * @param keepsReceipts whether its shards have ledgers
   * @param resources what it owns, in the order of opening
   */
  LocalStore(
      final List<? extends ShardStore> shards,
      final String description,
      final @Nullable Flusher flusher,
      final @Nullable Function<Path, StoreBackup> backups,
      final boolean keepsReceipts,
      final List<? extends AutoCloseable> resources) {
    this.shards = List.copyOf(shards);
    this.description = description;
    this.flusher = flusher;
    this.backups = backups;
    this.keepsReceipts = keepsReceipts;
    this.resources = List.copyOf(resources);
  }

  @Override
  public ShardStore shard(final int shardIndex) {
    return shards.get(shardIndex);
  }

  @Override
  public int shardCount() {
    return shards.size();
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public boolean keepsReceipts() {
    return keepsReceipts;
  }

  @Override
  public void flush() {
    if (flusher != null) {
      flusher.flush();
    }
  }

  @Override
  public StoreBackup backup(final Path target) {
    if (backups == null) {
      throw new BackupException(
          "store must keep something to make a backup of it: durability=MEMORY; open the engine on a"
              + " directory");
    }
    return backups.apply(target);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    final Exception failure = Interrupts.deferredDuring(() -> closeAll(resources));
    if (failure != null) {
      throw new StoreException(
          "store must close cleanly: " + description + "; the directory was given back", failure);
    }
  }

  /**
   * Closes resources, last first, all of them whatever happens.
   *
   * @param resources in the order of opening
   * @return the first failure, with the later ones suppressed, or null
   */
  static @Nullable Exception closeAll(final List<? extends AutoCloseable> resources) {
    final List<AutoCloseable> lastFirst = new ArrayList<>(resources);
    Collections.reverse(lastFirst);
    Exception failure = null;
    for (final AutoCloseable resource : lastFirst) {
      try {
        resource.close();
      } catch (final Exception e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    return failure;
  }
}
