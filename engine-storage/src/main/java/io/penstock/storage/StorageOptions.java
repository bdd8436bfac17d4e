package io.penstock.storage;

/**
 * How an engine's storage is laid out. Immutable: each {@code with} method returns changed options.
 *
 * @param view where the live records are kept
 * @param segmentLengthFirst length of a shard's first journal segment in bytes; each next one is
 *     twice as long
 * @param segmentLengthMax length in bytes at which segments stop growing
 * @param recordLengthMax longest record image in bytes that is accepted
 * @param openModules whether Penstock may open the JDK packages that Chronicle Map needs; the
 *     system property {@code penstock.modules.open=false} forbids it for the whole JVM
 */
public record StorageOptions(
    View view,
    int segmentLengthFirst,
    int segmentLengthMax,
    int recordLengthMax,
    boolean openModules) {
  private static final int SEGMENT_LENGTH_FIRST = 256 * 1024;
  private static final int SEGMENT_LENGTH_MAX = 32 * 1024 * 1024;
  private static final int RECORD_LENGTH_MAX = 1024 * 1024;

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

  /** Checks the options. */
  public StorageOptions {
    require(
        segmentLengthFirst >= SegmentFormat.SEGMENT_LENGTH_MIN,
        "segmentLengthFirst must be at least " + SegmentFormat.SEGMENT_LENGTH_MIN,
        "segmentLengthFirst",
        segmentLengthFirst);
    require(
        segmentLengthMax >= segmentLengthFirst
            && segmentLengthMax <= SegmentFormat.SEGMENT_LENGTH_MAX,
        "segmentLengthMax must be in [segmentLengthFirst, "
            + SegmentFormat.SEGMENT_LENGTH_MAX
            + "]",
        "segmentLengthMax",
        segmentLengthMax);
    require(
        recordLengthMax > 0 && recordLengthMax <= SegmentFormat.SEGMENT_LENGTH_MAX / 2,
        "recordLengthMax must be in [1, " + SegmentFormat.SEGMENT_LENGTH_MAX / 2 + "]",
        "recordLengthMax",
        recordLengthMax);
  }

  /**
   * The options an engine uses unless told otherwise: Chronicle Map, segments from 256 KiB to 32
   * MiB, records up to 1 MiB.
   *
   * @return the defaults
   */
  public static StorageOptions defaults() {
    return new StorageOptions(
        View.CHRONICLE, SEGMENT_LENGTH_FIRST, SEGMENT_LENGTH_MAX, RECORD_LENGTH_MAX, true);
  }

  /**
   * Chooses the view.
   *
   * @param view where the live records are kept
   * @return the changed options
   */
  public StorageOptions withView(final View view) {
    return new StorageOptions(
        view, segmentLengthFirst, segmentLengthMax, recordLengthMax, openModules);
  }

  /**
   * Chooses the journal's segment lengths; each segment is twice as long as the one before, within
   * them.
   *
   * @param first length of the first segment in bytes
   * @param max length in bytes at which segments stop growing
   * @return the changed options
   */
  public StorageOptions withSegmentLengths(final int first, final int max) {
    return new StorageOptions(view, first, max, recordLengthMax, openModules);
  }

  /**
   * Chooses the longest record that is accepted.
   *
   * @param recordLengthMax bytes
   * @return the changed options
   */
  public StorageOptions withRecordLengthMax(final int recordLengthMax) {
    return new StorageOptions(
        view, segmentLengthFirst, segmentLengthMax, recordLengthMax, openModules);
  }

  /**
   * Chooses whether Penstock may open JDK packages for Chronicle Map.
   *
   * @param openModules false when the JVM's own options are to be enough
   * @return the changed options
   */
  public StorageOptions withOpenModules(final boolean openModules) {
    return new StorageOptions(
        view, segmentLengthFirst, segmentLengthMax, recordLengthMax, openModules);
  }

  private static void require(
      final boolean holds, final String rule, final String name, final int value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ": " + name + "=" + value);
    }
  }
}
