package io.penstock.spi;

/** What an acknowledged command survives, named by that. */
public enum Durability {
  /** Nothing: the state is gone with the process. No file is written. */
  MEMORY,

  /**
   * The end of the process by any means, {@code kill -9} included: an acknowledged command is in
   * the operating system's page cache. It is forced to the disk within an interval, one second
   * unless the storage is told otherwise: a power failure or a crash of the operating system may
   * lose what was acknowledged in the last interval, or what a slower disk has not taken yet, the
   * latest commands of a shard first, and nothing else. {@code Engine.flush} forces it at once.
   *
   * <p>Costs a copy of the changed records into a mapped file. When more than the storage allows
   * waits for the disk, commands wait too before they are acknowledged.
   */
  PROCESS_CRASH,

  /**
   * A power failure and a crash of the operating system too: an acknowledged command has been
   * forced to the disk, and so has everything before it on its shard. It holds as far as the disk
   * keeps what it says it has written.
   *
   * <p>Costs one force of the disk for all commands that a shard takes in one round; while a force
   * is under way the next commands gather, so many callers share one. A read can show a command's
   * effect before its force has ended, and so before its answer. A force that fails stops the
   * shard: its callers are told, nothing is tried again, and what had been acknowledged is there
   * when the engine is opened again.
   */
  POWER_LOSS
}
