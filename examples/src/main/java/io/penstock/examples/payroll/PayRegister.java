package io.penstock.examples.payroll;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What each employee is to be paid, in a file: stands for the payroll department's own records.
 *
 * <p>Handlers run at least once, so an employee may be written twice; the last line counts, and a
 * line cut short by a crash does not.
 */
final class PayRegister {
  private static final int FIELDS = 3;

  private final Path file;

  PayRegister(final Path file) {
    this.file = file;
  }

  void write(final String employee, final BigDecimal net) throws IOException {
    Files.writeString(
        file,
        employee + "," + net + ",end\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** Net pay by employee. */
  SortedMap<String, BigDecimal> read() throws IOException {
    final SortedMap<String, BigDecimal> entries = new TreeMap<>();
    for (final String line : Files.readAllLines(file)) {
      final String[] fields = line.split(",", -1);
      if (fields.length == FIELDS && fields[2].equals("end")) {
        entries.put(fields[0], new BigDecimal(fields[1]));
      }
    }
    return entries;
  }
}
