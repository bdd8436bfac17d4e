package io.penstock.telemetry;

import static io.penstock.telemetry.Tree.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Panels in lines and rows on Grafana's grid of 24 columns, from above. Not thread safe. */
final class GrafanaGrid {
  static final int WIDTH = 24;

  /** Of a panel, unless there is more to say: about 260 pixels. */
  static final int HEIGHT = 7;

  private final List<Object> panels = new ArrayList<>();
  private int idLast;
  private int y;

  /** All panels and rows. */
  List<Object> panels() {
    return panels;
  }

  /** Begins an open row, whose panels follow. */
  void addRow(final String title) {
    panels.add(row(++idLast, title, List.of()));
    y++;
  }

  /** Adds a line of panels of equal widths. */
  void addLine(final GrafanaPanel... line) {
    final int width = WIDTH / line.length;
    for (int i = 0; i < line.length; i++) {
      panels.add(line[i].at(++idLast, i * width, y, width, HEIGHT));
    }
    y += HEIGHT;
  }

  /** Adds a line of two panels, the left one of another width. */
  void addLine(
      final int height, final int leftWidth, final GrafanaPanel left, final GrafanaPanel right) {
    panels.add(left.at(++idLast, 0, y, leftWidth, height));
    panels.add(right.at(++idLast, leftWidth, y, WIDTH - leftWidth, height));
    y += height;
  }

  /** Adds a row that is closed, with a line of panels of these widths. */
  void addClosedRow(final String title, final List<Integer> widths, final GrafanaPanel... line) {
    final int rowId = ++idLast;
    final List<Object> own = new ArrayList<>();
    int x = 0;
    for (int i = 0; i < line.length; i++) {
      own.add(line[i].at(++idLast, x, y + 1, widths.get(i), HEIGHT));
      x += widths.get(i);
    }
    panels.add(row(rowId, title, own));
    y++;
  }

  private Map<String, Object> row(final int id, final String title, final List<Object> own) {
    return map(
        "id",
        id,
        "type",
        "row",
        "title",
        title,
        "collapsed",
        !own.isEmpty(),
        "gridPos",
        map("x", 0, "y", y, "w", WIDTH, "h", 1),
        "panels",
        own);
  }
}
