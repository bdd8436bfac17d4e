package io.penstock.storage;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.spi.StoreProvider;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens stores in directories, or in memory: the entry to this module.
 *
 * <p>Found by {@link java.util.ServiceLoader}; make one yourself to choose {@link StorageOptions}.
 * Has no state; any thread may open stores, several at once.
 */
public final class StorageProvider implements StoreProvider {
  private final StorageOptions options;

  /** Creates a provider with the default options. */
  public StorageProvider() {
    this(StorageOptions.defaults());
  }

  /**
   * Creates a provider.
   *
   * @param options how stores are laid out
   */
  public StorageProvider(final StorageOptions options) {
    this.options = Objects.requireNonNull(options, "options");
  }

  /**
   * {@inheritDoc}
   *
   * @throws DirectoryInUseException when another engine owns the directory
   * @throws JournalCorruptedException when the journal is damaged before its end
   */
  @Override
  public Store open(
      final @Nullable Path directory, final Durability durability, final int shardCount) {
    if (shardCount < 1 || shardCount > EngineManifest.SHARD_COUNT_MAX) {
      throw new IllegalArgumentException(
          "shardCount must be in [1, "
              + EngineManifest.SHARD_COUNT_MAX
              + "]: shardCount="
              + shardCount);
    }
    return Interrupts.deferredDuring(
        () -> {
          final StoreOpening opening =
              new StoreOpening(
                  options, durability, new SystemFiles(FileModes.of(options.readers())));
          return durability == Durability.MEMORY
              ? opening.inMemory(shardCount)
              : opening.inDirectory(require(directory, durability), shardCount);
        });
  }

  private static Path require(final @Nullable Path directory, final Durability durability) {
    if (directory == null) {
      throw new IllegalArgumentException(
          "directory must be given: durability=" + durability + "; use MEMORY to keep nothing");
    }
    return directory.toAbsolutePath().normalize();
  }
}
