package io.penstock.storage;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How an engine's storage is laid out. Immutable: begin with {@link #defaults} and change what you
 * must, each {@code with} method returns changed options.
 */
public final class StorageOptions {
  private static final StorageOptions DEFAULTS = new StorageOptions(new Fields());
  private static final Duration FORCE_INTERVAL_MIN = Duration.ofMillis(1);
  private static final Duration FORCE_INTERVAL_MAX = Duration.ofHours(1);

  private static final long UNFORCED_LENGTH_MIN = 4096;

  private final Fields fields;

  /** Where the live records are kept, off heap in either case. */
  public enum View {
    /**
     * A Chronicle Map; where it cannot run, the slab serves and a warning names the JVM options
     * that are missing.
     */
    CHRONICLE,

    /** Penstock's own slab: plain direct buffers, no JVM options. */
    SLAB
  }

  /** Who may read what Penstock writes, where the file system has POSIX modes. */
  public enum Readers {
    /** The owner of the process alone: directories 700, files 600. */
    OWNER,

    /**
     * The group of the process too: directories 750, files 640, as far as the umask leaves that.
     */
    GROUP,

    /** Whoever the umask of the process leaves: directories 777, files 666 without it. */
    UMASK
  }

  private StorageOptions(final Fields fields) {
    this.fields = fields;
  }

  /**
   * What an engine uses unless told otherwise: Chronicle Map, segments from 256 KiB to 32 MiB.
   *
   * @return the defaults
   */
  public static StorageOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Chooses where the live records are kept.
   *
   * @param view the view; the journal is the same with either
   * @return the changed options
   */
  public StorageOptions withView(final View view) {
    Objects.requireNonNull(view, "view");
    final Fields changed = fields.copy();
    changed.view = view;
    return new StorageOptions(changed);
  }

  /**
   * Chooses the journal's segment lengths: each segment is twice as long as the one before, within
   * them. A frame that is longer still gets a segment of its own.
   *
   * @param first length of a shard's first segment in bytes, at least 4096
   * @param max length in bytes at which segments stop growing, at most 1 GiB
   * @return the changed options
   */
  public StorageOptions withSegmentLengths(final int first, final int max) {
    if (first < SegmentFormat.SEGMENT_LENGTH_MIN
        || max < first
        || max > SegmentFormat.SEGMENT_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "segment lengths must grow within ["
              + SegmentFormat.SEGMENT_LENGTH_MIN
              + ", "
              + SegmentFormat.SEGMENT_LENGTH_MAX
              + "]: first="
              + first
              + ", max="
              + max);
    }
    final Fields changed = fields.copy();
    changed.segmentLengthFirst = first;
    changed.segmentLengthMax = max;
    return new StorageOptions(changed);
  }

  /**
   * Chooses whether Penstock may open the JDK packages that Chronicle Map needs, in place of
   * options of the JVM. The system property {@code penstock.modules.open=false} forbids it for the
   * whole JVM.
   *
   * @param openModules false when the JVM's own options are to be enough
   * @return the changed options
   */
  public StorageOptions withOpenModules(final boolean openModules) {
    final Fields changed = fields.copy();
    changed.openModules = openModules;
    return new StorageOptions(changed);
  }

  /**
   * Chooses how soon an acknowledged command is forced to the disk at {@code PROCESS_CRASH}: what a
   * power failure can take is what was acknowledged in the last interval. {@code POWER_LOSS} forces
   * before it acknowledges and has no use for it.
   *
   * @param forceInterval from one millisecond to one hour
   * @return the changed options
   */
  public StorageOptions withForceInterval(final Duration forceInterval) {
    if (forceInterval.compareTo(FORCE_INTERVAL_MIN) < 0
        || forceInterval.compareTo(FORCE_INTERVAL_MAX) > 0) {
      throw new IllegalArgumentException(
          "forceInterval must be in ["
              + FORCE_INTERVAL_MIN
              + ", "
              + FORCE_INTERVAL_MAX
              + "]: forceInterval="
              + forceInterval);
    }
    final Fields changed = fields.copy();
    changed.forceInterval = forceInterval;
    return new StorageOptions(changed);
  }

  /**
   * Chooses who may read what the store writes: its directories, journal, history, ledger, lock and
   * backups. {@link Readers#OWNER} unless changed. What is there already keeps its mode, but the
   * directories of shards, which are closed to whoever may not read by this choice.
   *
   * @param readers who may read
   * @return the changed options
   */
  public StorageOptions withReaders(final Readers readers) {
    Objects.requireNonNull(readers, "readers");
    final Fields changed = fields.copy();
    changed.readers = readers;
    return new StorageOptions(changed);
  }

  /**
   * Who may read what the store writes.
   *
   * @return the owner alone unless changed
   */
  public Readers readers() {
    return fields.readers;
  }

  /**
   * Chooses how much of a shard's journal may wait to be forced to the disk at {@code
   * PROCESS_CRASH}. The force begins early when half of it waits; when all of it does, the disk is
   * slower than the load, and the shard does not acknowledge the commands in hand before the force
   * is done. So callers get the disk's pace, the inbox fills and admission refuses, instead of
   * files, and memory for what is not written yet, growing without a bound. A power failure takes
   * at most so much a shard, and the commands in hand. {@code POWER_LOSS} forces before it
   * acknowledges and has no use for it.
   *
   * @param bytes for each shard, at least 4096; 64 MiB by default
   * @return the changed options
   */
  public StorageOptions withUnforcedLengthMax(final long bytes) {
    if (bytes < UNFORCED_LENGTH_MIN) {
      throw new IllegalArgumentException(
          "unforcedLengthMax must be at least "
              + UNFORCED_LENGTH_MIN
              + ": unforcedLengthMax="
              + bytes);
    }
    final Fields changed = fields.copy();
    changed.unforcedLengthMax = bytes;
    return new StorageOptions(changed);
  }

  /**
   * How much of a shard's journal may wait to be forced to the disk at {@code PROCESS_CRASH}.
   *
   * @return bytes
   */
  public long unforcedLengthMax() {
    return fields.unforcedLengthMax;
  }

  /**
   * Chooses how much history outlives the journal: segments that compaction drops are kept for the
   * events in them, the oldest go first. Engines that write no history keep nothing.
   *
   * @param bytes for each shard, at least 0; 1 GiB by default
   * @return the changed options
   */
  public StorageOptions withHistoryLengthMax(final long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException(
          "historyLengthMax must be at least 0: historyLengthMax=" + bytes);
    }
    final Fields changed = fields.copy();
    changed.historyLengthMax = bytes;
    return new StorageOptions(changed);
  }

  long historyLengthMax() {
    return fields.historyLengthMax;
  }

  /**
   * Chooses whether each shard keeps a ledger: a receipt for each event of a case, chained by
   * SHA-256 to all before it, kept for good; {@link Ledger} reads and verifies it. An engine with a
   * ledger writes history, and has a directory.
   *
   * <p>Switched on later, it begins with what the journal and the history still hold, and says so;
   * switched off, it stays as it is.
   *
   * @param ledger true to keep one; false by default
   * @return the changed options
   */
  public StorageOptions withLedger(final boolean ledger) {
    final Fields changed = fields.copy();
    changed.ledger = ledger;
    return new StorageOptions(changed);
  }

  /**
   * Whether each shard keeps a ledger.
   *
   * @return false unless changed
   */
  public boolean ledger() {
    return fields.ledger;
  }

  /**
   * Chooses what an opening does with a damaged journal or ledger; {@link RecoveryPolicy#STRICT}
   * unless changed.
   *
   * @param recoveryPolicy what to do
   * @param onDamage is told of each part that could not be read, on the opening thread, before the
   *     opening ends; the log has them too
   * @return the changed options
   */
  public StorageOptions withRecovery(
      final RecoveryPolicy recoveryPolicy, final Consumer<JournalDamage> onDamage) {
    Objects.requireNonNull(recoveryPolicy, "recoveryPolicy");
    Objects.requireNonNull(onDamage, "onDamage");
    final Fields changed = fields.copy();
    changed.recoveryPolicy = recoveryPolicy;
    changed.onDamage = onDamage;
    return new StorageOptions(changed);
  }

  /**
   * What an opening does with a damaged journal.
   *
   * @return the policy
   */
  public RecoveryPolicy recoveryPolicy() {
    return fields.recoveryPolicy;
  }

  /** Who is told of each part of a journal that could not be read. */
  Consumer<JournalDamage> onDamage() {
    return fields.onDamage;
  }

  /**
   * How soon an acknowledged command is forced to the disk at {@code PROCESS_CRASH}.
   *
   * @return the interval
   */
  public Duration forceInterval() {
    return fields.forceInterval;
  }

  /**
   * Where the live records are kept.
   *
   * @return the view that is asked for
   */
  public View view() {
    return fields.view;
  }

  /**
   * Length of a shard's first journal segment.
   *
   * @return bytes
   */
  public int segmentLengthFirst() {
    return fields.segmentLengthFirst;
  }

  /**
   * Length at which journal segments stop growing.
   *
   * @return bytes
   */
  public int segmentLengthMax() {
    return fields.segmentLengthMax;
  }

  /**
   * Whether Penstock may open JDK packages.
   *
   * @return true unless changed
   */
  public boolean openModules() {
    return fields.openModules;
  }

  /** The values; copied, changed once and then left alone. */
  private static final class Fields {
    View view = View.CHRONICLE;
    int segmentLengthFirst = 256 * 1024;
    int segmentLengthMax = 32 * 1024 * 1024;
    boolean openModules = true;
    Duration forceInterval = Duration.ofSeconds(1);
    long historyLengthMax = 1L << 30;
    long unforcedLengthMax = 64L << 20;
    RecoveryPolicy recoveryPolicy = RecoveryPolicy.STRICT;
    Consumer<JournalDamage> onDamage = damage -> {};
    boolean ledger;
    Readers readers = Readers.OWNER;

    Fields copy() {
      final Fields copy = new Fields();
      copy.view = view;
      copy.segmentLengthFirst = segmentLengthFirst;
      copy.segmentLengthMax = segmentLengthMax;
      copy.openModules = openModules;
      copy.forceInterval = forceInterval;
      copy.historyLengthMax = historyLengthMax;
      copy.unforcedLengthMax = unforcedLengthMax;
      copy.recoveryPolicy = recoveryPolicy;
      copy.onDamage = onDamage;
      copy.ledger = ledger;
      copy.readers = readers;
      return copy;
    }
  }
}
