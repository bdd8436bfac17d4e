package io.penstock.examples.payroll;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A payment file in the manner of NACHA: lines of 94 characters, a header, a batch of credits,
 * control totals, filled up to a block of ten lines.
 */
final class AchFile {
  private static final int LINE_LENGTH = 94;
  private static final int BLOCK_LINES = 10;
  private static final long HASH_MODULUS = 10_000_000_000L;
  private static final int AMOUNT_BEGIN = 29;
  private static final int AMOUNT_END = 39;
  private static final int DFI_LENGTH = 8;

  private AchFile() {}

  /** Writes the file beside its place and moves it there, so that nobody sees half of it. */
  static void write(
      final Path file, final Map<String, BigDecimal> netPay, final Map<String, Employee> roster)
      throws IOException {
    final List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "101 021000021 1234567892601050800A094101%-23s%-23s",
            "FIRST EXAMPLE BANK", "PENSTOCK EXAMPLE CO"));
    lines.add(
        line(
            "5220%-16s%-20s1123456789PPD%-10s260105260105   1021000020000001",
            "PENSTOCK EXAMPLE", "", "PAYROLL"));
    long hash = 0;
    long cents = 0;
    int count = 0;
    for (final Map.Entry<String, BigDecimal> entry : netPay.entrySet()) {
      final Employee employee = roster.get(entry.getKey());
      if (employee == null) {
        throw new IllegalStateException(
            "paid employee must be on the roster: employee=" + entry.getKey());
      }
      final long amount = entry.getValue().movePointRight(2).longValueExact();
      lines.add(
          line(
              "622%s%-17s%010d%-15s%-22s  002100002%07d",
              employee.routing(),
              employee.account(),
              amount,
              employee.id(),
              employee.name(),
              ++count));
      hash += Long.parseLong(employee.routing().substring(0, DFI_LENGTH));
      cents += amount;
    }
    lines.add(
        line(
            "8220%06d%010d%012d%012d1123456789%25s021000020000001",
            count, hash % HASH_MODULUS, 0, cents, ""));
    final int blocks = (lines.size() + BLOCK_LINES) / BLOCK_LINES;
    lines.add(line("9000001%06d%08d%010d%012d%012d", blocks, count, hash % HASH_MODULUS, 0, cents));
    while (lines.size() % BLOCK_LINES != 0) {
      lines.add("9".repeat(LINE_LENGTH));
    }
    final Path unfinished = file.resolveSibling(file.getFileName() + ".part");
    Files.write(unfinished, lines);
    Files.move(
        unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The sum of the credits in a file. */
  static BigDecimal total(final Path file) throws IOException {
    long cents = 0;
    for (final String line : Files.readAllLines(file)) {
      if (line.startsWith("622")) {
        cents += Long.parseLong(line.substring(AMOUNT_BEGIN, AMOUNT_END));
      }
    }
    return BigDecimal.valueOf(cents, 2);
  }

  private static String line(final String format, final Object... values) {
    final String text = String.format(Locale.ROOT, format, values);
    if (text.length() > LINE_LENGTH) {
      throw new IllegalArgumentException(
          "line must have at most " + LINE_LENGTH + " characters: line=" + text);
    }
    return String.format(Locale.ROOT, "%-" + LINE_LENGTH + "s", text);
  }
}
