package io.penstock.engine;

import io.penstock.objective.GateReport;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.ObjectiveReading;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Readings as text for people: how the objectives stand, then what took how long. */
final class ObjectivesText {
  private static final double NS_PER_US = 1e3;
  private static final double NS_PER_MS = 1e6;
  private static final double NS_PER_S = 1e9;
  private static final int NAME_MAX = 44;

  private final StringBuilder text = new StringBuilder();

  private ObjectivesText() {}

  /** Tables, each at most 120 columns wide unless numbers are huge. */
  static String of(final List<ObjectiveReading> readings, final List<GateReport> gates) {
    final ObjectivesText text = new ObjectivesText();
    text.addObjectives(readings);
    text.text.append('\n');
    if (!gates.isEmpty()) {
      text.addGates(gates);
      text.text.append('\n');
    }
    text.addLatencies(readings);
    return text.text.toString();
  }

  private void addObjectives(final List<ObjectiveReading> readings) {
    final List<ObjectiveReading> promised =
        readings.stream().filter(each -> each.status() != null).toList();
    final String format = "%-" + nameWidth(promised) + "s  %-25s %-12s %9s %9s %8s %6s%n";
    line(format, "objective", "promised", "state", "good", "bad", "budget", "burn");
    for (final ObjectiveReading reading : promised) {
      final ObjectiveStatus status = reading.status();
      if (status != null) {
        line(
            format,
            name(reading),
            promise(status.objective()),
            status.state(),
            status.good(),
            status.bad(),
            percent(status.budgetRemaining()),
            rate(status.burnRate()));
      }
    }
  }

  /** Two lines each: the numbers, and why it stands where it does. */
  private void addGates(final List<GateReport> gates) {
    final String format = "%-28s  %-9s %7s %9s %9s %9s %9s  %19s %8s%n";
    line(
        format,
        "gate",
        "state",
        "share",
        "good",
        "bad",
        "rest good",
        "rest bad",
        "bad share",
        "allowed");
    for (final GateReport gate : gates) {
      line(
          format,
          shorten(gate.name(), 28),
          gate.state(),
          percent(gate.share()),
          gate.good(),
          gate.bad(),
          gate.baselineGood(),
          gate.baselineBad(),
          String.format(
              Locale.ROOT, "%.4g to %.4g %%", 100 * gate.badLower(), 100 * gate.badUpper()),
          String.format(Locale.ROOT, "%.4g %%", 100 * gate.budget()));
      line("  for %s: %s%n", age(Duration.ofNanos(gate.sinceNs())), shorten(gate.reason(), 90));
    }
  }

  private static String shorten(final String text, final int lengthMax) {
    return text.length() <= lengthMax ? text : text.substring(0, lengthMax - 1) + "\u2026";
  }

  private void addLatencies(final List<ObjectiveReading> readings) {
    final String format = "%-" + nameWidth(readings) + "s  %10s %9s %9s %9s %9s%n";
    line(format, "since the opening", "count", "p50", "p99", "p99.9", "max");
    for (final ObjectiveReading reading : readings) {
      final long count = reading.count();
      line(
          format,
          name(reading),
          count,
          duration(reading.p50(), count),
          duration(reading.p99(), count),
          duration(reading.p999(), count),
          duration(reading.max(), count));
    }
  }

  private void line(final String format, final @Nullable Object... cells) {
    text.append(String.format(Locale.ROOT, format, cells));
  }

  private static int nameWidth(final List<ObjectiveReading> readings) {
    return Math.max(
        "since the opening".length(),
        readings.stream().mapToInt(each -> name(each).length()).max().orElse(0));
  }

  /** The name and what must be known of it; the middle of a long one is left out. */
  private static String name(final ObjectiveReading reading) {
    final String name =
        reading.name() + (reading.note().isEmpty() ? "" : " (" + reading.note() + ")");
    return name.length() <= NAME_MAX
        ? name
        : name.substring(0, NAME_MAX / 2 - 1)
            + ".."
            + name.substring(name.length() - NAME_MAX / 2 + 1);
  }

  private static String promise(final Objective objective) {
    return String.format(
        Locale.ROOT,
        "%s %% in %s over %s",
        trimmed(100 * objective.target()),
        duration((double) objective.threshold().toNanos(), 1),
        window(objective.window()));
  }

  /** In the largest unit that there are at least two of. */
  private static String age(final Duration age) {
    if (age.toDays() > 1) {
      return age.toDays() + " days";
    }
    if (age.toHours() > 1) {
      return age.toHours() + " h";
    }
    return age.toMinutes() > 1 ? age.toMinutes() + " min" : age.toSeconds() + " s";
  }

  /** In the largest unit that it is a whole number of. */
  private static String window(final Duration window) {
    if (window.toSeconds() % 86_400 == 0) {
      return window.toDays() + "d";
    }
    if (window.toSeconds() % 3_600 == 0) {
      return window.toHours() + "h";
    }
    return window.toSeconds() % 60 == 0 ? window.toMinutes() + "m" : window.toSeconds() + "s";
  }

  private static String percent(final double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  private static String rate(final double rate) {
    return Double.isNaN(rate) ? "-" : String.format(Locale.ROOT, "%.1f", rate);
  }

  /** Without a fraction where there is none; 99.9 and 99.99 stay what they are. */
  private static String trimmed(final double number) {
    final double rounded = Math.rint(number * 1000) / 1000;
    return rounded == Math.rint(rounded)
        ? Long.toString((long) rounded)
        : rounded < 99 ? String.format(Locale.ROOT, "%.1f", rounded) : Double.toString(rounded);
  }

  private static String duration(final double ns, final long count) {
    if (count == 0) {
      return "-";
    }
    if (ns < NS_PER_US) {
      return String.format(Locale.ROOT, "%s ns", tenths(ns));
    }
    if (ns < NS_PER_MS) {
      return String.format(Locale.ROOT, "%s us", tenths(ns / NS_PER_US));
    }
    return ns < NS_PER_S
        ? String.format(Locale.ROOT, "%s ms", tenths(ns / NS_PER_MS))
        : String.format(Locale.ROOT, "%s s", tenths(ns / NS_PER_S));
  }

  private static String tenths(final double number) {
    return number == Math.rint(number)
        ? Long.toString((long) number)
        : String.format(Locale.ROOT, number < 10 ? "%.2f" : "%.1f", number);
  }
}
