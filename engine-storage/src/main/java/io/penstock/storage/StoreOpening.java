package io.penstock.storage;

import io.penstock.spi.Durability;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens one store: lock, manifest, recovery of every shard, and only then the first change to a
 * journal.
 *
 * <p>Used once. Whatever fails, all that was opened is closed again.
 */
final class StoreOpening {
  private static final Logger LOGGER = LoggerFactory.getLogger(StoreOpening.class);
  private static final String SHARD_DIRECTORY_PREFIX = "shard-";

  private final StorageOptions options;
  private final Durability durability;
  private final FileLayer files;
  private final FileModes modes;
  private @Nullable Flusher flusher;
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final Map<Integer, JournalSalvage> salvages = new HashMap<>();

  /**
   * Creates the opening of one store.
   *
   * @param options how the store is laid out
   * @param durability what it is to survive
   * @param files the file system
   */
  StoreOpening(final StorageOptions options, final Durability durability, final FileLayer files) {
    this.options = options;
    this.durability = durability;
    this.files = files;
    modes = FileModes.of(options.readers());
  }

  /**
   * Opens a store that keeps nothing.
   *
   * @param shardCount number of shards
   * @return the store
   */
  Store inMemory(final int shardCount) {
    if (options.ledger()) {
      throw new StoreException(
          "a ledger must have a directory: durability="
              + durability
              + "; open the engine on a directory or leave StorageOptions.withLedger out");
    }
    try {
      final List<StateView> views = createViews(shardCount);
      final List<ViewedShard> shards = new ArrayList<>();
      for (final StateView view : views) {
        shards.add(new ViewedShard(null, null, view));
      }
      return new LocalStore(shards, describe(durability, views), null, null, false, resources);
    } catch (final RuntimeException | Error e) {
      closeAll(e);
      throw e;
    }
  }

  /**
   * Opens the store of a directory, made if absent.
   *
   * @param directory where it lives
   * @param shardCount number of shards of a new store
   * @return the store, recovered
   */
  Store inDirectory(final Path directory, final int shardCount) {
    try {
      createDirectory(directory);
      final DirectoryLock lock = own(DirectoryLock.acquire(directory, modes));
      flusher =
          new Flusher(
              String.valueOf(directory.getFileName()),
              options.forceInterval().toNanos(),
              lock::check);
      final EngineManifest manifest = EngineManifest.read(directory);
      return manifest == null
          ? create(directory, EngineManifest.create(shardCount))
          : recover(directory, manifest);
    } catch (final IOException e) {
      closeAll(e);
      throw FullDisk.explain("directory must be writable: directory=" + directory, directory, e);
    } catch (final UncheckedIOException e) {
      closeAll(e);
      throw FullDisk.explain("directory must be writable: directory=" + directory, directory, e);
    } catch (final RuntimeException | Error e) {
      closeAll(e);
      throw e;
    }
  }

  /** The manifest comes last: a directory without one never acknowledged anything. */
  private Store create(final Path directory, final EngineManifest manifest) throws IOException {
    removeUnfinished(directory);
    final List<JournalRecovery.Tail> tails = new ArrayList<>();
    final List<LiveImages> live = new ArrayList<>();
    for (int shard = 0; shard < manifest.shardCount(); shard++) {
      live.add(new LiveImages());
      files.createDirectory(shardDirectory(directory, shard));
      tails.add(JournalRecovery.Tail.ofNothing(List.of()));
    }
    final Store store = open(directory, manifest, createViews(manifest.shardCount()), tails, live);
    forceShards(directory, manifest);
    manifest.write(files, directory);
    files.forceDirectory(directory); // the manifest's name; the directory's own is there since
    forceParent(directory);
    return store;
  }

  /** The names that the manifest promises. */
  private void forceShards(final Path directory, final EngineManifest manifest) {
    for (int shard = 0; shard < manifest.shardCount(); shard++) {
      files.forceDirectory(shardDirectory(directory, shard));
    }
    files.forceDirectory(directory);
  }

  /** Of a directory that was there before: whoever made it may not have forced its name. */
  private void forceParent(final Path directory) {
    final Path parent = directory.getParent();
    if (parent != null) {
      files.forceDirectory(parent);
    }
  }

  private Store recover(final Path directory, final EngineManifest manifest) {
    requireNoFurtherShard(shardDirectory(directory, manifest.shardCount()), manifest);
    final List<StateView> views = createViews(manifest.shardCount());
    final List<JournalRecovery.Tail> tails = new ArrayList<>();
    final List<LiveImages> live = new ArrayList<>();
    for (int shard = 0; shard < manifest.shardCount(); shard++) {
      modes.narrow(shardDirectory(directory, shard));
      live.add(new LiveImages());
      tails.add(
          recover(
              shard,
              shardDirectory(directory, shard),
              new ShardIdentity(manifest.engineId(), shard),
              ViewedShard.applyTo(views.get(shard)),
              live.get(shard)));
    }
    return open(directory, manifest, views, tails, live);
  }

  private JournalRecovery.Tail recover(
      final int shard,
      final Path directory,
      final ShardIdentity identity,
      final RecordBatch.EntryVisitor apply,
      final LiveImages live) {
    try {
      return JournalRecovery.recover(directory, identity, apply, live);
    } catch (final JournalCorruptedException e) {
      if (options.recoveryPolicy() == RecoveryPolicy.STRICT) {
        throw e;
      }
      final JournalSalvage salvage = salvage(directory, identity, apply, e);
      salvages.put(shard, salvage);
      return tail(salvage, directory);
    }
  }

  private static JournalRecovery.Tail tail(final JournalSalvage salvage, final Path directory) {
    try {
      return salvage.tail();
    } catch (final IOException e) {
      throw new StoreException(
          "journal must be readable: directory=" + directory + "; check its permissions", e);
    }
  }

  /** Applies the journal once more from its begin: what was applied already comes to the same. */
  private JournalSalvage salvage(
      final Path directory,
      final ShardIdentity identity,
      final RecordBatch.EntryVisitor apply,
      final JournalCorruptedException reason) {
    try {
      final JournalSalvage salvage = JournalSalvage.read(directory, identity, apply);
      LOGGER.warn(
          "damaged journal is opened with what is readable: directory={}, damages={}",
          directory,
          salvage.damages(),
          reason);
      salvage.damages().forEach(options.onDamage());
      if (salvage.damages().isEmpty()) {
        options
            .onDamage()
            .accept(new JournalDamage(Path.of(reason.file()), reason.position(), 0, reason.rule()));
      }
      return salvage;
    } catch (final IOException e) {
      throw new StoreException(
          "journal must be readable: directory=" + directory + "; check its permissions", e);
    }
  }

  /** Writes what was salvaged to the new segment of its journal. */
  private static void keep(
      final JournalSalvage salvage, final Journal journal, final StateView view) {
    final RecordBatch batch = new RecordBatch(4096);
    view.forEach(
        (recordId, image, offset, length) -> {
          batch.begin(0);
          batch.image(recordId, image, offset, length);
          journal.append(batch);
        });
    journal.beginHere(salvage);
  }

  private Store open(
      final Path directory,
      final EngineManifest manifest,
      final List<StateView> views,
      final List<JournalRecovery.Tail> tails,
      final List<LiveImages> live) {
    final Flusher chores = Objects.requireNonNull(flusher);
    final JournalOptions journalOptions =
        new JournalOptions(
            options.segmentLengthFirst(),
            options.segmentLengthMax(),
            options.historyLengthMax(),
            options.unforcedLengthMax(),
            durability == Durability.POWER_LOSS,
            options.ledger() ? ledgerOptions() : null);
    final List<Journal> journals = new ArrayList<>();
    final List<ViewedShard> shards = new ArrayList<>();
    for (int shard = 0; shard < manifest.shardCount(); shard++) {
      final Journal journal =
          own(
              Journal.open(
                  files,
                  shardDirectory(directory, shard),
                  new ShardIdentity(manifest.engineId(), shard),
                  tails.get(shard),
                  live.get(shard),
                  journalOptions,
                  chores));
      journals.add(journal);
      final JournalSalvage salvage = salvages.get(shard);
      if (salvage != null) {
        keep(salvage, journal, views.get(shard));
      }
      final Compaction compaction = own(new Compaction(journal, views.get(shard)));
      shards.add(new ViewedShard(journal, compaction, views.get(shard)));
    }
    own(chores).start(journals);
    return new LocalStore(
        shards,
        describe(durability, views) + ", directory=" + directory,
        chores,
        target -> HotBackup.begin(files, directory, manifest, journals, chores, target),
        options.ledger(),
        resources);
  }

  private LedgerOptions ledgerOptions() {
    return new LedgerOptions(
        options.segmentLengthFirst(),
        options.segmentLengthMax(),
        options.recoveryPolicy(),
        options.onDamage());
  }

  private List<StateView> createViews(final int shardCount) {
    final List<StateView> views = new ArrayList<>();
    for (int shard = 0; shard < shardCount; shard++) {
      views.add(own(Views.create(options)));
    }
    return views;
  }

  private <T extends AutoCloseable> T own(final T resource) {
    resources.add(resource);
    return resource;
  }

  private void closeAll(final Throwable reason) {
    final Exception failure = LocalStore.closeAll(resources);
    if (failure != null) {
      reason.addSuppressed(failure);
    }
  }

  private void createDirectory(final Path directory) throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new StoreException(
          "directory must be a directory: directory=" + directory + "; choose another path");
    }
    files.createDirectories(directory);
  }

  /**
   * Deletes what an opening that a crash cut short has left; journals with frames in them are not
   * that, and stay.
   */
  private static void removeUnfinished(final Path directory) throws IOException {
    final List<Path> unfinished = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (final Path entry : (Iterable<Path>) entries::iterator) {
        if (entry.getFileName().toString().startsWith(SHARD_DIRECTORY_PREFIX)
            && Files.isDirectory(entry)) {
          unfinished.add(entry);
        }
      }
    }
    for (final Path shard : unfinished) {
      requireNoFrames(shard, directory);
      requireNoReceipts(shard, directory);
    }
    for (final Path shard : unfinished) {
      LedgerFiles.deleteAll(LedgerFiles.directory(shard));
      SegmentFiles.deleteAll(shard);
      Files.delete(shard);
    }
  }

  private static void requireNoFrames(final Path shard, final Path directory) throws IOException {
    for (final SegmentFiles.Found segment : SegmentFiles.list(shard)) {
      if (!JournalRecovery.isWithoutFrames(segment.path())) {
        throw new StoreException(
            "a directory with a journal must have its manifest: missing="
                + directory.resolve(EngineManifest.FILE_NAME)
                + ", journal="
                + segment.path()
                + "; restore the manifest from a backup");
      }
    }
  }

  private static void requireNoReceipts(final Path shard, final Path directory) throws IOException {
    for (final SegmentFiles.Found file : LedgerFiles.list(LedgerFiles.directory(shard))) {
      if (!LedgerFiles.isWithoutReceipts(file.path())) {
        throw new StoreException(
            "a directory with a ledger must have its manifest: missing="
                + directory.resolve(EngineManifest.FILE_NAME)
                + ", ledger="
                + file.path()
                + "; restore the manifest from a backup");
      }
    }
  }

  /** A number of shards that was read wrong must not hide one. */
  static void requireNoFurtherShard(final Path further, final EngineManifest manifest) {
    if (Files.exists(further)) {
      throw new StoreException(
          "manifest must count every shard: shardCount="
              + manifest.shardCount()
              + ", found="
              + further
              + "; restore "
              + EngineManifest.FILE_NAME
              + " from a backup");
    }
  }

  static Path shardDirectory(final Path directory, final int shard) {
    return directory.resolve(SHARD_DIRECTORY_PREFIX + shard);
  }

  private static String describe(final Durability durability, final List<StateView> views) {
    return "durability="
        + durability
        + ", view="
        + views.get(0).name()
        + ", shards="
        + views.size();
  }
}
