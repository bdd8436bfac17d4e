package io.penstock.storage;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How an engine's storage is laid out. Immutable: begin with {@link #defaults} and change what you
 * must, each {@code with} method returns changed options.
 */
public final class StorageOptions {
  private static final StorageOptions DEFAULTS =
      new StorageOptions(
          View.CHRONICLE,
          256 * 1024,
          32 * 1024 * 1024,
          1024 * 1024,
          true,
          Duration.ofSeconds(1),
          1L << 30,
          RecoveryPolicy.STRICT,
          damage -> {});
  private static final Duration FORCE_INTERVAL_MIN = Duration.ofMillis(1);
  private static final Duration FORCE_INTERVAL_MAX = Duration.ofHours(1);
  private static final int RECORD_LENGTH_MAX = SegmentFormat.SEGMENT_LENGTH_MAX / 2;

  private final View view;
  private final int segmentLengthFirst;
  private final int segmentLengthMax;
  private final int recordLengthMax;
  private final boolean openModules;
  private final Duration forceInterval;
  private final long historyLengthMax;
  private final RecoveryPolicy recoveryPolicy;
  private final Consumer<JournalDamage> onDamage;

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

  private StorageOptions(
      final View view,
      final int segmentLengthFirst,
      final int segmentLengthMax,
      final int recordLengthMax,
      final boolean openModules,
      final Duration forceInterval,
      final long historyLengthMax,
      final RecoveryPolicy recoveryPolicy,
      final Consumer<JournalDamage> onDamage) {
    this.view = view;
    this.segmentLengthFirst = segmentLengthFirst;
    this.segmentLengthMax = segmentLengthMax;
    this.recordLengthMax = recordLengthMax;
    this.openModules = openModules;
    this.forceInterval = forceInterval;
    this.historyLengthMax = historyLengthMax;
    this.recoveryPolicy = recoveryPolicy;
    this.onDamage = onDamage;
  }

  /**
   * What an engine uses unless told otherwise: Chronicle Map, segments from 256 KiB to 32 MiB,
   * records up to 1 MiB.
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
    return new StorageOptions(
        view,
        segmentLengthFirst,
        segmentLengthMax,
        recordLengthMax,
        openModules,
        forceInterval,
        historyLengthMax,
        recoveryPolicy,
        onDamage);
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
    return new StorageOptions(
        view,
        first,
        max,
        recordLengthMax,
        openModules,
        forceInterval,
        historyLengthMax,
        recoveryPolicy,
        onDamage);
  }

  /**
   * Chooses the longest record that is accepted.
   *
   * @param recordLengthMax bytes, at most 512 MiB
   * @return the changed options
   */
  public StorageOptions withRecordLengthMax(final int recordLengthMax) {
    if (recordLengthMax < 1 || recordLengthMax > RECORD_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "recordLengthMax must be in [1, "
              + RECORD_LENGTH_MAX
              + "]: recordLengthMax="
              + recordLengthMax);
    }
    return new StorageOptions(
        view,
        segmentLengthFirst,
        segmentLengthMax,
        recordLengthMax,
        openModules,
        forceInterval,
        historyLengthMax,
        recoveryPolicy,
        onDamage);
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
    return new StorageOptions(
        view,
        segmentLengthFirst,
        segmentLengthMax,
        recordLengthMax,
        openModules,
        forceInterval,
        historyLengthMax,
        recoveryPolicy,
        onDamage);
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
    return new StorageOptions(
        view,
        segmentLengthFirst,
        segmentLengthMax,
        recordLengthMax,
        openModules,
        forceInterval,
        historyLengthMax,
        recoveryPolicy,
        onDamage);
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
    return new StorageOptions(
        view,
        segmentLengthFirst,
        segmentLengthMax,
        recordLengthMax,
        openModules,
        forceInterval,
        bytes,
        recoveryPolicy,
        onDamage);
  }

  long historyLengthMax() {
    return historyLengthMax;
  }

  /**
   * Chooses what an opening does with a damaged journal; {@link RecoveryPolicy#STRICT} unless
   * changed.
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
    return new StorageOptions(
        view,
        segmentLengthFirst,
        segmentLengthMax,
        recordLengthMax,
        openModules,
        forceInterval,
        historyLengthMax,
        recoveryPolicy,
        onDamage);
  }

  /**
   * What an opening does with a damaged journal.
   *
   * @return the policy
   */
  public RecoveryPolicy recoveryPolicy() {
    return recoveryPolicy;
  }

  /** Who is told of each part of a journal that could not be read. */
  Consumer<JournalDamage> onDamage() {
    return onDamage;
  }

  /**
   * How soon an acknowledged command is forced to the disk at {@code PROCESS_CRASH}.
   *
   * @return the interval
   */
  public Duration forceInterval() {
    return forceInterval;
  }

  /**
   * Where the live records are kept.
   *
   * @return the view that is asked for
   */
  public View view() {
    return view;
  }

  /**
   * Length of a shard's first journal segment.
   *
   * @return bytes
   */
  public int segmentLengthFirst() {
    return segmentLengthFirst;
  }

  /**
   * Length at which journal segments stop growing.
   *
   * @return bytes
   */
  public int segmentLengthMax() {
    return segmentLengthMax;
  }

  /**
   * Longest record that is accepted.
   *
   * @return bytes
   */
  public int recordLengthMax() {
    return recordLengthMax;
  }

  /**
   * Whether Penstock may open JDK packages.
   *
   * @return true unless changed
   */
  public boolean openModules() {
    return openModules;
  }
}
