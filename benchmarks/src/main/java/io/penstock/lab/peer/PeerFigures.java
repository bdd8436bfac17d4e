package io.penstock.lab.peer;

import java.util.Locale;

/**
 * What a peer's process measured.
 *
 * @param rate cases a second, one at a time
 * @param cpuNs processor time of the whole process for a case, one at a time
 * @param p50Ns of a case, one at a time
 * @param p99Ns of a case, one at a time
 * @param hiccupP99Ns of the machine meanwhile
 * @param manyRate cases a second, many under way
 * @param manyCpuNs processor time of the whole process for a case, many under way
 */
public record PeerFigures(
    double rate,
    double cpuNs,
    double p50Ns,
    double p99Ns,
    double hiccupP99Ns,
    double manyRate,
    double manyCpuNs) {
  private static final String MARK = "figures";

  /** One line for the process that asked. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%s %f %f %f %f %f %f %f",
        MARK,
        rate,
        cpuNs,
        p50Ns,
        p99Ns,
        hiccupP99Ns,
        manyRate,
        manyCpuNs);
  }

  /** Whether a line of a process' output is one. */
  static boolean isOne(final String line) {
    return line.startsWith(MARK + " ");
  }

  /** Reads a line again. */
  static PeerFigures of(final String line) {
    final String[] fields = line.split(" ", -1);
    final double[] values = new double[fields.length - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.parseDouble(fields[i + 1]);
    }
    return new PeerFigures(
        values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
  }
}
