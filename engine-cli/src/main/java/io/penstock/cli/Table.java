package io.penstock.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Text in columns as wide as their widest cell; a column without a cell that says something is left
 * out. What would break a line is shown as a space.
 */
final class Table {
  private static final String GAP = "  ";

  private final String[] head;
  private final List<String[]> rows = new ArrayList<>();

  Table(final String... head) {
    this.head = head;
  }

  void row(final String... cells) {
    for (int i = 0; i < cells.length; i++) {
      cells[i] = Terminal.line(cells[i].replaceAll("\\p{Cntrl}", " "));
    }
    rows.add(cells);
  }

  void print(final PrintWriter out) {
    print(head, out);
    rows.forEach(row -> print(row, out));
  }

  private void print(final String[] cells, final PrintWriter out) {
    final StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.length; column++) {
      final int width = width(column);
      if (width > 0) {
        line.append(cells[column]).append(" ".repeat(width - cells[column].length())).append(GAP);
      }
    }
    out.println(line.toString().stripTrailing());
  }

  private int width(final int column) {
    final int widest = rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
    return widest == 0 ? 0 : Math.max(widest, head[column].length());
  }
}
