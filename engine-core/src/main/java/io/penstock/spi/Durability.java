package io.penstock.spi;

/** What an acknowledged command survives, named by that. */
public enum Durability {
  /** Nothing: the state is gone with the process. No file is written. */
  MEMORY,

  /**
   * The end of the process by any means, {@code kill -9} included: an acknowledged command is in
   * the operating system's page cache. A power failure or a crash of the operating system may lose
   * the last moments.
   */
  PROCESS_CRASH,

  /**
   * A power failure too: an acknowledged command has been forced to the disk. Not available yet;
   * refused when asked for.
   */
  POWER_LOSS
}
