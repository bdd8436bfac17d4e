package io.penstock.interchange.export;

import io.penstock.interchange.export.Layout.Box;
import io.penstock.interchange.export.Picture.Edge;
import io.penstock.interchange.export.Picture.Line;
import io.penstock.interchange.export.Picture.Node;
import io.penstock.interchange.export.Picture.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Writes pictures as one SVG, one below the other. Not thread safe; one document. */
final class SvgWriter {
  private static final int LINE_LENGTH = 20;
  private static final int LINES_MAX = 3;
  private static final double CHARACTER = 6.6;
  private static final double LINE_HEIGHT = 15;
  private static final double TITLE_HEIGHT = 26;
  static final int LABEL_LENGTH_MAX = 34;
  private static final int NOTE_LENGTH_MAX = 44;
  private static final int NOTE_HEIGHT = 12;
  private static final String STYLE =
      """
      .p{fill:#fff}.t{font:600 13px sans-serif;fill:#334155}
      .l{font:12px sans-serif;fill:#0f172a;text-anchor:middle}
      .g{font:10.5px sans-serif;fill:#475569;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3px}
      .n{font:10px sans-serif;fill:#92400e;text-anchor:middle}
      .b{fill:#f1f5f9;stroke:#475569;stroke-width:1.2}.r{fill:#fff;stroke:#475569;stroke-width:1.2}
      .w{fill:#ecfeff;stroke:#0e7490;stroke-width:1.2}.s{fill:#eef2ff;stroke:#4338ca;stroke-width:1.2}
      .m{fill:#fde68a;stroke:#b45309;stroke-width:2}.c{fill:#dcfce7;stroke:#15803d}
      .f{fill:#fecaca;stroke:#b91c1c;stroke-width:2}
      .e{fill:none;stroke:#64748b;stroke-width:1.3}.d{stroke-dasharray:5 3}.x{stroke:#b91c1c;stroke-dasharray:2 3}
      """;

  private final Function<String, WorkflowDrawing.Look> looks;
  private final Map<String, Integer> tokens;
  private final Map<String, String> notes;
  private final StringBuilder out = new StringBuilder();

  SvgWriter(
      final Function<String, WorkflowDrawing.Look> looks,
      final Map<String, Integer> tokens,
      final Map<String, String> notes) {
    this.looks = looks;
    this.tokens = tokens;
    this.notes = notes;
  }

  String write(final List<Picture> pictures) {
    double width = 0;
    double height = 0;
    final List<Layout> layouts = new ArrayList<>();
    for (final Picture picture : pictures) {
      final Layout layout = new Layout(picture.nodes, picture.edges, new Sizes());
      layouts.add(layout);
      width = Math.max(width, Math.max(layout.width, picture.title.length() * 8 + 32));
      height += layout.height + TITLE_HEIGHT;
    }
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\""
                + " height=\"%.0f\" role=\"img\">%n",
            width,
            height,
            width,
            height));
    line("<title>%s</title>", escape(pictures.get(0).title));
    line("<style>%s</style>", STYLE.strip());
    line("<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\"");
    line(
        " markerHeight=\"8\" orient=\"auto-start-reverse\"><path d=\"M0 0L8 4L0 8z\""
            + " fill=\"#64748b\"/>");
    line("</marker></defs><rect class=\"p\" width=\"100%%\" height=\"100%%\"/>");
    double y = 0;
    for (int i = 0; i < pictures.size(); i++) {
      line("<g transform=\"translate(0 %.1f)\">", y);
      line("<text class=\"t\" x=\"16\" y=\"18\">%s</text>", escape(pictures.get(i).title));
      line("<g transform=\"translate(0 %.1f)\">", TITLE_HEIGHT);
      draw(pictures.get(i), layouts.get(i));
      line("</g></g>");
      y += layouts.get(i).height + TITLE_HEIGHT;
    }
    return out.append("</svg>\n").toString();
  }

  private void line(final String format, final Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void draw(final Picture picture, final Layout layout) {
    for (final Layout.Route route : layout.routes) {
      drawRoute(route);
    }
    for (final Node node : picture.nodes) {
      drawNode(node, layout.box(node.id()));
    }
  }

  private void drawRoute(final Layout.Route route) {
    final List<Box> boxes = route.boxes();
    final StringBuilder path = new StringBuilder();
    final Box first = boxes.get(0);
    if (boxes.size() == 2 && first == boxes.get(1)) {
      loop(first);
      return;
    }
    double x = first.x + first.width / 2;
    double y = first.y;
    path.append(String.format(Locale.ROOT, "M%.1f %.1f", x, y));
    final double startX = x;
    final double startY = y;
    double labelX = 0;
    double labelY = 0;
    for (int i = 1; i < boxes.size(); i++) {
      final Box box = boxes.get(i);
      final double toX = box.x - box.width / 2;
      final double bend = Math.min((toX - x) / 2, Layout.GAP_X);
      path.append(
          String.format(
              Locale.ROOT,
              "C%.1f %.1f %.1f %.1f %.1f %.1f",
              x + bend,
              y,
              toX - bend,
              box.y,
              toX,
              box.y));
      if (i == 1) {
        labelX = (startX + toX) / 2;
        labelY = (startY + box.y) / 2;
      }
      x = box.x;
      y = box.y;
      if (i < boxes.size() - 1) {
        path.append(String.format(Locale.ROOT, "L%.1f %.1f", x, y));
      }
    }
    final Edge edge = route.edge();
    line(
        "<path class=\"e%s\" d=\"%s\" marker-%s=\"url(#a)\"/>",
        style(edge.line()), path, route.back() ? "start" : "end");
    if (!edge.label().isEmpty()) {
      line(
          "<text class=\"g\" x=\"%.1f\" y=\"%.1f\">%s</text>",
          labelX, labelY - 4, escape(shorten(edge.label(), LABEL_LENGTH_MAX)));
    }
  }

  private void loop(final Box box) {
    final double top = box.y - box.height / 2;
    line(
        "<path class=\"e\" d=\"M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f\" marker-end=\"url(#a)\"/>",
        box.x - 8, top, box.x - 14, top - 16, box.x + 14, top - 16, box.x + 8, top);
  }

  private static String style(final Line edge) {
    return switch (edge) {
      case NORMAL -> "";
      case DEFAULT -> " d";
      case EXIT -> " x";
    };
  }

  private void drawNode(final Node node, final Box box) {
    final double left = box.x - box.width / 2;
    final double top = box.y - box.height / 2;
    final Integer count = tokens.get(node.name());
    final String marked =
        switch (looks.apply(node.name())) {
          case PLAIN -> "";
          case MARKED -> " m";
          case DONE -> " c";
          case FAILED -> " f";
        };
    switch (node.shape()) {
      case START, CONDITION ->
          line("<circle class=\"r%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"11\"/>", marked, box.x, box.y);
      case END ->
          line(
              "<circle class=\"r%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"11\" style=\"stroke-width:3\"/>",
              marked, box.x, box.y);
      case ROUTE, JOIN_ALL, JOIN_SOME -> {
        line(
            "<path class=\"r%s\" d=\"M%.1f %.1fl15 -15l15 15l-15 15z\"/>",
            marked, box.x - 15, box.y);
        line(
            "<text class=\"l\" x=\"%.1f\" y=\"%.1f\">%s</text>",
            box.x, box.y + 4, Picture.sign(node.shape()));
      }
      default -> {
        final boolean inner = node.shape() == Shape.COMPOSITE || node.shape() == Shape.INSTANCES;
        final String style = node.shape() == Shape.WAIT ? "w" : inner ? "s" : "b";
        final double round = node.shape() == Shape.WAIT ? box.height / 2 : 5;
        if (node.shape() == Shape.INSTANCES) {
          line(
              "<rect class=\"s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\""
                  + " rx=\"5\"/>",
              left + 4, top + 4, box.width - 4, box.height - 4);
        }
        final double less = node.shape() == Shape.INSTANCES ? 4 : 0;
        line(
            "<rect class=\"%s%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\""
                + " rx=\"%.1f\"/>",
            style, marked, left, top, box.width - less, box.height - less, round);
        writeLabel(node, box);
      }
    }
    if (count != null && count > 1) {
      line("<text class=\"n\" x=\"%.1f\" y=\"%.1f\">%d</text>", box.x, top - 2, count);
    }
  }

  private void writeLabel(final Node node, final Box box) {
    final List<String> lines = wrap(node.label());
    final List<String> note = note(node);
    final double all = lines.size() * LINE_HEIGHT + note.size() * NOTE_HEIGHT;
    double y = box.y - all / 2 + 11;
    for (final String text : lines) {
      line("<text class=\"l\" x=\"%.1f\" y=\"%.1f\">%s</text>", box.x, y, escape(text));
      y += LINE_HEIGHT;
    }
    for (final String text : note) {
      line(
          "<text class=\"n\" x=\"%.1f\" y=\"%.1f\">%s</text>",
          box.x, y, escape(shorten(text, NOTE_LENGTH_MAX)));
      y += NOTE_HEIGHT;
    }
  }

  private List<String> note(final Node node) {
    final String note = notes.get(node.name());
    return note == null ? List.of() : note.lines().toList();
  }

  /** Breaks a label at spaces, hyphens and changes of case, into at most three lines. */
  static List<String> wrap(final String label) {
    final List<String> lines = new ArrayList<>();
    String rest = label.strip();
    while (rest.length() > LINE_LENGTH && lines.size() < LINES_MAX - 1) {
      int cut = LINE_LENGTH;
      for (int i = LINE_LENGTH; i > LINE_LENGTH / 2; i--) {
        final char before = rest.charAt(i - 1);
        if (before == ' ' || before == '-' || before == '_') {
          cut = i;
          break;
        }
      }
      lines.add(rest.substring(0, cut).strip());
      rest = rest.substring(cut).strip();
    }
    lines.add(shorten(rest, LINE_LENGTH));
    return lines;
  }

  private static String shorten(final String text, final int lengthMax) {
    return text.length() <= lengthMax ? text : text.substring(0, lengthMax - 1) + "\u2026";
  }

  private static String escape(final String text) {
    final StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      final char character = text.charAt(i);
      switch (character) {
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '&' -> escaped.append("&amp;");
        case '"' -> escaped.append("&quot;");
        default -> {
          final boolean paired = Character.isSurrogate(character);
          escaped.append(character < ' ' || character >= '\ufffe' || paired ? '?' : character);
        }
      }
    }
    return escaped.toString();
  }

  /** How large nodes are, by their labels. */
  private final class Sizes implements Layout.Measure {
    @Override
    public double width(final Node node) {
      return switch (node.shape()) {
        case START, END, CONDITION -> 22;
        case ROUTE, JOIN_ALL, JOIN_SOME -> 30;
        default -> {
          double longest = 0;
          for (final String text : note(node)) {
            longest = Math.max(longest, Math.min(text.length(), NOTE_LENGTH_MAX) * 5.5);
          }
          for (final String text : wrap(node.label())) {
            longest = Math.max(longest, text.length() * CHARACTER);
          }
          yield Math.max(60, longest + 18);
        }
      };
    }

    @Override
    public double height(final Node node) {
      return switch (node.shape()) {
        case START, END, CONDITION -> 22;
        case ROUTE, JOIN_ALL, JOIN_SOME -> 30;
        default -> wrap(node.label()).size() * LINE_HEIGHT + 14 + note(node).size() * NOTE_HEIGHT;
      };
    }
  }
}
