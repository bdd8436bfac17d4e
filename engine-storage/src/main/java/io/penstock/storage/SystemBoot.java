package io.penstock.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Tells one run of the operating system from the next: what a process wrote outlives the process,
 * but not the system.
 */
final class SystemBoot {
  /** Not known on this system. */
  static final long UNKNOWN = 0;

  private static final Path LINUX_BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final long CURRENT = read();

  private SystemBoot() {}

  /**
   * Identifies the current run of the system.
   *
   * @return a number that the next run will not have, or {@link #UNKNOWN}
   */
  static long current() {
    return CURRENT;
  }

  private static long read() {
    try {
      final UUID id = UUID.fromString(Files.readString(LINUX_BOOT_ID).trim());
      return id.getMostSignificantBits() ^ id.getLeastSignificantBits();
    } catch (final IOException | IllegalArgumentException e) {
      return UNKNOWN;
    }
  }
}
