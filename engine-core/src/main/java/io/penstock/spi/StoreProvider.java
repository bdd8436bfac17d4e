package io.penstock.spi;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Opens stores; found on the class path by {@link java.util.ServiceLoader}, or given to the
 * engine's options.
 */
public interface StoreProvider {
  /**
   * Opens or creates the store of one engine.
   *
   * @param directory where it lives, created if absent; null only for {@link Durability#MEMORY}
   * @param durability what acknowledged commands survive
   * @param shardCount number of shards when the directory is new; an existing directory keeps the
   *     number it was made with
   * @return the store, recovered
   * @throws StoreException when the directory has an owner, is damaged, or cannot be used
   */
  Store open(@Nullable Path directory, Durability durability, int shardCount);
}
