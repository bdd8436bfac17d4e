package io.penstock.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** An axis: where a value lies between its ends, and which values are worth a label. */
public final class Scale {
  private static final double LAST_PERCENTILE = 99.999_999_9;
  private static final int TICKS_MAX = 6;
  private static final int DECADES_FOR_ONE_TICK_EACH = 3;

  private final Way way;
  private final double low;
  private final double high;
  private final List<Tick> ticks;

  /** How values are spread. */
  private enum Way {
    LINEAR {
      @Override
      double of(final double value) {
        return value;
      }
    },
    LOGARITHMIC {
      @Override
      double of(final double value) {
        return Math.log10(Math.max(value, Double.MIN_NORMAL));
      }
    },
    NINES { // 0 for 0 %, 1 for 90 %, 2 for 99 %
      @Override
      double of(final double value) {
        return -Math.log10(1 - Math.min(value, LAST_PERCENTILE) / 100);
      }
    };

    abstract double of(double value);
  }

  /** A label and where it stands. */
  record Tick(double value, String label) {}

  private Scale(final Way way, final double low, final double high, final List<Tick> ticks) {
    this.way = way;
    this.low = way.of(low);
    this.high = way.of(high);
    this.ticks = ticks;
  }

  /**
   * From 0 up.
   *
   * @param highest greatest value that must find room; not negative
   * @param label of a value
   * @return the scale
   */
  public static Scale linear(final double highest, final DoubleFunction<String> label) {
    final double top = highest > 0 ? highest : 1;
    final double unit = Math.pow(10, Math.floor(Math.log10(top)));
    double step = unit / 5;
    for (final double each : new double[] {unit / 5, unit / 2, unit, 2 * unit}) {
      step = each;
      if (top / step <= TICKS_MAX) {
        break;
      }
    }
    final int count = (int) Math.ceil(top / step - 1e-9);
    final List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i <= count; i++) {
      ticks.add(new Tick(i * step, label.apply(i * step)));
    }
    return new Scale(Way.LINEAR, 0, count * step, ticks);
  }

  /**
   * A step for each power of ten.
   *
   * @param lowest least value that must find room, positive
   * @param highest greatest value that must find room
   * @param label of a value
   * @return the scale
   */
  public static Scale logarithmic(
      final double lowest, final double highest, final DoubleFunction<String> label) {
    final int first = (int) Math.floor(Math.log10(lowest) + 1e-9);
    final int last = Math.max(first + 1, (int) Math.ceil(Math.log10(highest) - 1e-9));
    final List<Tick> ticks = new ArrayList<>();
    final int step = (last - first + TICKS_MAX - 1) / TICKS_MAX;
    for (int decade = first; decade <= last; decade += step) {
      ticks.add(tick(Math.pow(10, decade), label));
      if (last - first <= DECADES_FOR_ONE_TICK_EACH - 1 && decade < last) {
        ticks.add(tick(3 * Math.pow(10, decade), label));
      }
    }
    return new Scale(Way.LOGARITHMIC, Math.pow(10, first), Math.pow(10, last), ticks);
  }

  private static Tick tick(final double value, final DoubleFunction<String> label) {
    return new Tick(value, label.apply(value));
  }

  /**
   * Percentiles, each tenth of the events as wide as all those before, so that the tail is seen.
   *
   * @param highest greatest percentile that must find room, from 0 to 100
   * @return the scale
   */
  public static Scale percentiles(final double highest) {
    final int nines = Math.min(9, Math.max(2, (int) Math.ceil(Way.NINES.of(highest) - 1e-9)));
    final List<Tick> ticks = new ArrayList<>();
    ticks.add(new Tick(0, nines > 4 ? "" : "0"));
    ticks.add(new Tick(50, "50 %"));
    for (int i = 1; i <= nines; i++) {
      final double percentile = 100 - Math.pow(10, 2.0 - i);
      ticks.add(
          new Tick(
              percentile,
              String.format(Locale.ROOT, "%." + Math.max(0, i - 2) + "f %%", percentile)));
    }
    return new Scale(Way.NINES, 0, 100 - Math.pow(10, 2.0 - nines), ticks);
  }

  /** Where a value lies: 0 at the low end, 1 at the high end; those outside at the nearer end. */
  double place(final double value) {
    final double place = (way.of(value) - low) / (high - low);
    return Math.min(Math.max(place, 0), 1);
  }

  List<Tick> ticks() {
    return ticks;
  }
}
