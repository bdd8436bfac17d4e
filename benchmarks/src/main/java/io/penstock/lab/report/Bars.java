package io.penstock.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Named amounts beside each other on a logarithmic scale, the least first, as SVG in the style of
 * {@link Chart}. Not thread safe.
 */
public final class Bars {
  private static final int WIDTH = 520;
  private static final int LINE = 22;
  private static final int NAMES = 205;
  private static final int NUMBERS = 80;
  private static final double SHORTEST = 0.03;

  private final String title;
  private final String unit;
  private final List<Bar> bars = new ArrayList<>();

  private record Bar(String name, double amount) {}

  /**
   * Begins.
   *
   * @param title what it shows, for those who cannot see it
   * @param unit of all amounts
   */
  public Bars(final String title, final String unit) {
    this.title = title;
    this.unit = unit;
  }

  /**
   * Adds a bar.
   *
   * @param name stands before it
   * @param amount positive, or it is left out
   * @return this
   */
  public Bars bar(final String name, final double amount) {
    if (amount > 0) {
      bars.add(new Bar(name, amount));
    }
    return this;
  }

  /**
   * The bars as an element of a page.
   *
   * @return SVG
   */
  public String svg() {
    final double least = bars.stream().mapToDouble(Bar::amount).min().orElse(1);
    final double most = bars.stream().mapToDouble(Bar::amount).max().orElse(1);
    final double span = Math.max(Math.log10(most / least), 1);
    final StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"%s\">%n",
            WIDTH,
            LINE * bars.size() + 6,
            Words.escape(title)));
    int line = 0;
    for (final Bar each :
        bars.stream().sorted((a, b) -> Double.compare(a.amount, b.amount)).toList()) {
      final double share = SHORTEST + (1 - SHORTEST) * Math.log10(each.amount / least) / span;
      final double width = share * (WIDTH - NAMES - NUMBERS);
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                  + "<rect class=\"bar %s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>"
                  + "<text class=\"tick\" x=\"%.1f\" y=\"%d\">%s %s</text>%n",
              NAMES - 6,
              line * LINE + 15,
              Words.escape(each.name),
              each.name.startsWith("Penstock") ? "s0" : "s5",
              NAMES,
              line * LINE + 4,
              width,
              LINE - 7,
              NAMES + width + 5,
              line * LINE + 15,
              Words.number(each.amount),
              Words.escape(unit)));
      line++;
    }
    return svg.append("</svg>\n").toString();
  }
}
