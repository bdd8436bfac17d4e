package io.penstock.benchmarks;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.penstock.benchmarks.HeldWindows.Cost;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Telemetry;
import io.penstock.spi.TelemetryProvider;
import io.penstock.telemetry.PenstockMetrics;
import io.penstock.telemetry.PenstockTelemetry;
import io.penstock.telemetry.TelemetryOptions;
import io.penstock.telemetry.Timing;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What telemetry costs a shard, as a ratio to none at all: the withdrawal, and single inline steps.
 *
 * <p>A benchmark that runs one variant after the other measures how the machine fares meanwhile.
 * Here each variant has a process of its own in every round, in an order that turns; ratios are
 * taken within a round, and the median of the rounds is told. What is compared is the processor
 * time of the shard's thread, see {@link HeldWindows}. Memory only, one shard, so that nothing
 * hides the cost.
 *
 * <p>Argument, optional: number of rounds, 5 by default.
 */
public final class TelemetryCostRun {
  private static final Variable<Long> ROUND = Variable.ofLong("round");
  private static final int ROUNDS = 5;
  private static final int CASES = 1_000;
  private static final int STEPS = 1_000;
  private static final int STEP_CASES = 20;

  /** Enough for a window, so that none is dropped, which would cost less than keeping it. */
  private static final int SPANS_QUEUED = 1 << 17;

  /** What is measured and told. */
  private enum Variant {
    OFF,
    AMORTISED,
    PER_STEP,
    SPANS_OF_ONE_IN_100,
    ALL_SPANS;

    TelemetryProvider telemetry() {
      final TelemetryOptions metrics =
          TelemetryOptions.defaults()
              .openTelemetry(OpenTelemetry.noop())
              .metrics(new PenstockMetrics());
      return switch (this) {
        case OFF -> (clock, shards) -> Telemetry.NONE;
        case AMORTISED -> new PenstockTelemetry(metrics.timing(Timing.AMORTISED));
        case PER_STEP -> new PenstockTelemetry(metrics);
        case SPANS_OF_ONE_IN_100 ->
            new PenstockTelemetry(metrics.openTelemetry(sdk()).sampleCases(100));
        case ALL_SPANS -> new PenstockTelemetry(metrics.openTelemetry(sdk()).sampleCases(1));
      };
    }

    private static OpenTelemetry sdk() {
      return OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(
                      BatchSpanProcessor.builder(new DroppingExporter())
                          .setMaxQueueSize(SPANS_QUEUED)
                          .build())
                  .build())
          .build();
    }
  }

  /** What a window is made of. */
  @SuppressWarnings("ImmutableEnumChecker") // a workflow does not change
  private enum Load {
    ATM(InlineAtm.WORKFLOW, CASES, CASES),
    STEP(steps(), STEP_CASES, STEP_CASES * STEPS);

    private final Workflow workflow;
    private final int starts;
    private final int units;

    Load(final Workflow workflow, final int starts, final int units) {
      this.workflow = workflow;
      this.starts = starts;
      this.units = units;
    }

    /**
     * Five tasks, again and again: what a step touches stays in the caches, as on a busy engine.
     */
    private static Workflow steps() {
      return Workflow.define("steps")
          .variables(ROUND)
          .whileTrue(
              ROUND.isLessThan(STEPS / 5L),
              round ->
                  round
                      .inlineTask("one", work -> {})
                      .inlineTask("two", work -> {})
                      .inlineTask("three", work -> {})
                      .inlineTask("four", work -> {})
                      .inlineTask("five", work -> work.set(ROUND, work.get(ROUND) + 1)))
          .build();
    }

    CompletableFuture<?> start(final Engine engine, final long key) {
      return this == ATM
          ? InlineAtm.startAsync(engine, Long.toString(key))
          : engine.startAsync(workflow, Long.toString(key), in -> in.set(ROUND, 0L));
    }
  }

  private TelemetryCostRun() {}

  /**
   * Runs.
   *
   * @param args number of rounds
   * @throws Exception when a process fails
   */
  public static void main(final String[] args) throws Exception {
    if (args.length == 2) {
      final Cost cost = measure(Load.valueOf(args[0]), Variant.valueOf(args[1]));
      System.out.println("result " + cost.wallNs() + ' ' + cost.cpuNs() + ' ' + cost.bytes());
      return;
    }
    final int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
    for (final Load load : Load.values()) {
      final Map<Variant, List<Cost>> results = new EnumMap<>(Variant.class);
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < Variant.values().length; i++) {
          final Variant variant = Variant.values()[(i + round) % Variant.values().length];
          results.computeIfAbsent(variant, none -> new ArrayList<>()).add(fork(load, variant));
        }
      }
      print(load, results);
    }
  }

  private static void print(final Load load, final Map<Variant, List<Cost>> results) {
    final List<Cost> off = results.getOrDefault(Variant.OFF, List.of());
    results.forEach(
        (variant, all) -> {
          final double[] ratios = new double[all.size()];
          for (int i = 0; i < ratios.length; i++) {
            ratios[i] = 100 * (all.get(i).cpuNs() / off.get(i).cpuNs() - 1);
          }
          Arrays.sort(ratios);
          System.out.printf(
              Locale.ROOT,
              "%-4s %-20s %9.1f ns  %+6.1f %% (%+.1f to %+.1f)  %8.1f B%n",
              load,
              variant,
              median(all.stream().mapToDouble(Cost::cpuNs).toArray()),
              median(ratios),
              ratios[0],
              ratios[ratios.length - 1],
              median(all.stream().mapToDouble(Cost::bytes).toArray()));
        });
  }

  private static double median(final double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static Cost fork(final Load load, final Variant variant)
      throws IOException, InterruptedException {
    final Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                TelemetryCostRun.class.getName(),
                load.name(),
                variant.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    final String output;
    try (InputStream from = process.getInputStream()) {
      output = new String(from.readAllBytes(), StandardCharsets.UTF_8);
    }
    process.waitFor();
    final String[] fields = output.substring(output.indexOf("result ")).trim().split(" ", 4);
    return new Cost(
        Double.parseDouble(fields[1]),
        Double.parseDouble(fields[2]),
        Double.parseDouble(fields[3]));
  }

  private static Cost measure(final Load load, final Variant variant) {
    return new HeldWindows()
        .measure(
            EngineOptions.defaults().telemetry(variant.telemetry()),
            Engine::inMemory,
            load.workflow,
            load.starts,
            load.units,
            load::start);
  }

  /** Takes spans and does nothing with them. */
  private static final class DroppingExporter implements SpanExporter {
    @Override
    public CompletableResultCode export(final Collection<SpanData> spans) {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
