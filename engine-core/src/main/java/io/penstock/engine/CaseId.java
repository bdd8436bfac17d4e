package io.penstock.engine;

/**
 * How a case id is made up: where the case lives, and which of the cases that lived there it is.
 *
 * <pre>
 *   bit 63     62        53 52                    24 23              0
 *  +-----+---------------+------------------------+-----------------+
 *  |  0  | virtual shard |       generation       |      slot       |
 *  +-----+---------------+------------------------+-----------------+
 * </pre>
 *
 * <p>The 1,024 virtual shards are laid on the engine's shards, so that one day they can move. The
 * slot is an index into the virtual shard's status table; the generation tells cases apart that
 * used the same slot.
 */
final class CaseId {
  static final int VIRTUAL_SHARDS = 1024;
  static final int SLOT_BITS = 24;
  static final int GENERATION_BITS = 29;
  static final int GENERATION_MASK = (1 << GENERATION_BITS) - 1;

  private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;

  private CaseId() {}

  static long of(final int virtualShard, final int generation, final int slot) {
    return (long) virtualShard << (SLOT_BITS + GENERATION_BITS)
        | (long) generation << SLOT_BITS
        | slot;
  }

  static int virtualShard(final long caseId) {
    return (int) (caseId >>> (SLOT_BITS + GENERATION_BITS));
  }

  static int generation(final long caseId) {
    return (int) (caseId >>> SLOT_BITS) & GENERATION_MASK;
  }

  static int slot(final long caseId) {
    return (int) caseId & SLOT_MASK;
  }

  static boolean isValid(final long caseId) {
    return caseId > 0 && generation(caseId) > 0;
  }

  static int shard(final int virtualShard, final int shardCount) {
    return virtualShard % shardCount;
  }
}
