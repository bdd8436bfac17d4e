package io.penstock.lab.regression;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.zip.CRC32C;

/**
 * A loop that does on any machine what an engine must do at least: it copies a record of 480 bytes
 * to the next place of a buffer that does not fit the caches, and takes its checksum. One thread.
 */
final class Calibration {
  private static final int RECORD = 480;
  private static final int BUFFER = 32 << 20;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final byte[] record = new byte[RECORD];
  private final byte[] buffer = new byte[BUFFER];
  private final CRC32C checksum = new CRC32C();
  private int position;

  /** Keeps the loop from being left out. */
  private long sum;

  /**
   * Runs.
   *
   * @param rounds how many records
   * @return nanoseconds of this thread's processor time for one
   */
  double nsPerRecord(final int rounds) {
    final long startNs = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < rounds; i++) {
      record[i % RECORD]++;
      if (position + RECORD > BUFFER) {
        position = 0;
      }
      System.arraycopy(record, 0, buffer, position, RECORD);
      checksum.reset();
      checksum.update(buffer, position, RECORD);
      sum += checksum.getValue();
      position += RECORD;
    }
    if (sum == 0) {
      throw new AssertionError("checksums must not all be 0");
    }
    return (double) (THREADS.getCurrentThreadCpuTime() - startNs) / rounds;
  }
}
