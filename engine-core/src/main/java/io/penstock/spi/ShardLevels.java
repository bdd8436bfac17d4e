package io.penstock.spi;

/**
 * What a shard of a running engine can be asked at any time. Any thread; wait-free, a read or two,
 * and the shard's thread has nothing to do with it.
 */
public interface ShardLevels {
  /**
   * How full the inbox is.
   *
   * @return bytes of commands that the shard has not taken up, 0 or more
   */
  long inboxLength();

  /**
   * How long the shard's journal is, after the last round of commands.
   *
   * @return bytes, 0 when nothing is kept
   */
  long storeLength();

  /**
   * How many start keys of cases that are no longer kept the shard remembers.
   *
   * @return keys, 0 or more
   */
  default long startKeysRemembered() {
    return 0;
  }

  /**
   * How often the shard had to wait because its journal grew faster than the disk takes it; its
   * callers waited with it.
   *
   * @return times since the opening, 0 or more
   */
  default long writeStalls() {
    return 0;
  }
}
