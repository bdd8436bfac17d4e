package io.penstock.lab.scenario;

import com.sun.management.OperatingSystemMXBean;
import io.penstock.benchmarks.Directories;
import io.penstock.benchmarks.HiccupMeter;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.lab.load.Arrivals;
import io.penstock.lab.load.Call;
import io.penstock.lab.load.Load;
import io.penstock.lab.load.OpenLoop;
import io.penstock.lab.load.Pace;
import io.penstock.lab.load.Profile;
import io.penstock.lab.result.Figure;
import io.penstock.lab.result.Goal;
import io.penstock.lab.result.Result;
import io.penstock.lab.result.Series;
import io.penstock.spi.Durability;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One run of a scenario: opens its engines in directories that are gone afterwards, and takes down
 * what it measured. A hiccup meter runs all the time. One thread, used once.
 */
public final class Trial {
  private static final long ARRIVALS_SEED = 42;
  private static final double NS_PER_US = 1e3;
  private static final double NS_PER_S = 1e9;
  private static final double ERRORS_ALLOWED_PERCENT = 0.1;

  private final Settings settings;
  private final Map<String, String> configuration = new LinkedHashMap<>();
  private final List<Figure> figures = new ArrayList<>();
  private final Map<String, Histogram> histograms = new LinkedHashMap<>();
  private final List<Series> series = new ArrayList<>();
  private final List<Path> directories = new ArrayList<>();
  private String durability;

  private Trial(final Settings settings) {
    this.settings = settings;
    durability = settings.durability().name();
  }

  /**
   * Runs a scenario.
   *
   * @param scenario what to run
   * @param settings how long, and at what durability
   * @return what it found, its failure included
   * @throws InterruptedException when interrupted
   * @throws IOException when a directory could not be removed
   */
  public static Result of(final Scenario scenario, final Settings settings)
      throws InterruptedException, IOException {
    final Trial trial = new Trial(settings);
    final long startNs = System.nanoTime();
    final long startCpuNs = processCpuNs();
    @Nullable String failure = null;
    final HiccupMeter meter = HiccupMeter.start();
    try {
      scenario.run(trial);
    } catch (final InterruptedException e) {
      throw e;
    } catch (final Exception e) {
      failure = e instanceof WrongResultException ? String.valueOf(e.getMessage()) : e.toString();
    } finally {
      for (final Path directory : trial.directories) {
        Directories.delete(directory);
      }
    }
    return new Result(
        scenario.name(),
        scenario.meaning(),
        trial.durability,
        trial.configuration,
        trial.figures,
        trial.histograms,
        meter.stop(),
        trial.series,
        System.nanoTime() - startNs,
        processCpuNs() - startCpuNs,
        failure);
  }

  /**
   * Processor time of all threads of this process.
   *
   * @return nanoseconds
   */
  public static long processCpuNs() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  Settings settings() {
    return settings;
  }

  /** An empty directory that is gone when the scenario is over. */
  Path directory() throws IOException {
    final Path directory = Files.createTempDirectory("penstock-lab");
    directories.add(directory);
    return directory;
  }

  /** An engine at the durability of the settings, in a directory of its own. */
  Engine engine(final EngineOptions options) throws IOException {
    return engine(options, settings.durability());
  }

  /** An engine at a durability of the scenario's own, in a directory of its own. */
  Engine engine(final EngineOptions options, final Durability mode) throws IOException {
    durability = mode.name();
    return mode == Durability.MEMORY
        ? Engine.inMemory(options)
        : Engine.open(directory().resolve("engine"), options.durability(mode));
  }

  /** Says that no engine of the settings' durability is in it. */
  void durability(final String words) {
    durability = words;
  }

  void configure(final String name, final Object value) {
    configuration.put(name, String.valueOf(value));
  }

  void figure(final String name, final double value, final String unit) {
    figures.add(new Figure(name, value, unit, null));
  }

  void figure(final String name, final double value, final String unit, final Goal goal) {
    figures.add(new Figure(name, value, unit, goal));
  }

  void plot(final Series curve) {
    series.add(curve);
  }

  /** Takes a histogram of nanoseconds for the plots alone. */
  void histogram(final String name, final Histogram histogram) {
    histograms.put(name, histogram);
  }

  /** Takes a histogram of nanoseconds, with its usual percentiles as figures. */
  void latency(final String name, final Histogram histogram) {
    latency(name, histogram, Double.NaN, "");
  }

  /**
   * Takes a histogram of nanoseconds, with its usual percentiles as figures.
   *
   * @param p99Us promised of the 99th percentile, in microseconds; NaN when nothing is
   * @param source who asks for that
   */
  void latency(
      final String name, final Histogram histogram, final double p99Us, final String source) {
    histogram(name, histogram);
    if (histogram.getTotalCount() == 0) {
      return;
    }
    for (final String percentile : List.of("50", "90", "95", "99", "99.9")) {
      final double us = histogram.getValueAtPercentile(Double.parseDouble(percentile)) / NS_PER_US;
      figures.add(
          new Figure(
              name + " p" + percentile,
              us,
              "µs",
              percentile.equals("99") && !Double.isNaN(p99Us) ? Goal.atMost(p99Us, source) : null));
    }
    figure(name + " greatest", histogram.getMaxValue() / NS_PER_US, "µs");
  }

  /**
   * Takes the time and the process's processor time of something, for each of the units that it
   * does.
   *
   * @return nanoseconds of processor time for each
   */
  double cost(final String name, final long units, final Measured measured) throws Exception {
    final long startCpuNs = processCpuNs();
    final long startNs = System.nanoTime();
    measured.run();
    final double ns = (double) (System.nanoTime() - startNs) / units;
    final double cpuNs = (double) (processCpuNs() - startCpuNs) / units;
    figure(name + ": wall", ns / NS_PER_US, "µs");
    figure(name + ": processor", cpuNs / NS_PER_US, "µs");
    return cpuNs;
  }

  /** What is measured. */
  @FunctionalInterface
  interface Measured {
    void run() throws Exception;
  }

  /** Fails the trial unless something is true of its result. */
  void check(final boolean holds, final String rule) {
    if (!holds) {
      throw new WrongResultException(rule);
    }
  }

  /** Runs an open loop of arrivals at random times. */
  Load drive(final Profile profile, final Call call) {
    return new OpenLoop(Pace.ofMachine(), call)
        .run(profile, Arrivals.atRandom(profile, ARRIVALS_SEED));
  }

  /** Takes what a load measured: latency, errors, and both over time. */
  void load(final Load load, final double p99Us, final String source) {
    figure("arrivals", (double) load.begun(), "");
    figure("answers a second", load.succeeded() / (load.elapsedNs() / NS_PER_S), "1/s");
    latency("latency", load.latency(), p99Us, source);
    figure(
        "errors",
        100 * load.errorShare(),
        "%",
        Goal.atMost(ERRORS_ALLOWED_PERCENT, "five systems"));
    figure("driver behind, greatest", load.behindMaxNs() / NS_PER_US, "µs");
    if (!load.failures().isEmpty()) {
      configure("failures", load.failures());
    }
    plot(overTime(load, "throughput", "answers", "answers a second", load::rate));
    for (final int percentile : new int[] {50, 99}) {
      plot(
          overTime(
              load,
              "latency over time",
              "p" + percentile,
              "ms",
              bin -> load.percentileNs(bin, percentile) / 1e6));
    }
  }

  private static Series overTime(
      final Load load,
      final String plot,
      final String name,
      final String unit,
      final IntToDoubleFunction value) {
    final List<Series.Point> points = new ArrayList<>();
    for (int bin = 0; bin < load.bins(); bin++) {
      final double y = value.applyAsDouble(bin);
      if (!Double.isNaN(y)) {
        points.add(new Series.Point((bin + 0.5) * load.binS(), y));
      }
    }
    return new Series(plot, name, "seconds", unit, points);
  }
}
