package io.penstock.benchmarks;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.penstock.benchmarks.HeldShard.Cost;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;

/**
 * What telemetry costs, as a ratio to none at all: withdrawals, a command, single inline tasks.
 *
 * <p>What is compared is processor time, of the shard's thread (see {@link HeldShard}) or, where
 * tasks run on workers, of all threads of the engine. How a JVM compiles the same code differs from
 * process to process by far more than telemetry costs: so an engine without telemetry and one with
 * it take windows in turns. Where their memory lies differs, too: so a process has several pairs of
 * them. Told are the median of the ratios of all pairs and the middle half of them, beside a
 * control of nothing against nothing. One shard and, but for one load, memory only, so that nothing
 * hides the cost.
 *
 * <p>Argument, optional: number of processes for each figure, 2 by default.
 */
public final class TelemetryCostRun {
  private static final Variable<Long> ROUND = Variable.ofLong("round");
  private static final int PROCESSES = 2;
  private static final String RESULT = "result ";
  private static final int PAIRS = 11;
  private static final int WINDOWS_TO_COMPILE = 600;
  private static final int WINDOWS_TO_WARM = 60;
  private static final int WINDOWS = 100;
  private static final TelemetryProvider OFF = (clock, shards) -> Telemetry.NONE;
  private static final int CASES = 1_000;
  private static final int STEPS = 1_000;
  private static final int STEP_CASES = 20;

  /** Enough for a window, so that none is dropped, which would cost less than keeping it. */
  private static final int SPANS_QUEUED = 1 << 17;

  /** What is measured and told. */
  private enum Variant {
    /** Nothing against nothing: how far the method itself is off. */
    CONTROL,
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
        case CONTROL -> OFF;
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
    /** Tasks on worker threads, which is what a task is unless somebody says otherwise. */
    ATM_ON_WORKERS(InlineAtm.ON_WORKERS, CASES, CASES),
    /** All tasks on the shard's thread: a case is one command. */
    ATM_INLINE(InlineAtm.WORKFLOW, CASES, CASES),
    /** The same, each case kept in a directory: {@code PROCESS_CRASH}, the default. */
    ATM_STORED(InlineAtm.WORKFLOW, CASES, CASES),
    /** A case of one inline task: a command with all that belongs to it. */
    COMMAND(Workflow.define("command").inlineTask("step", work -> {}).build(), CASES, CASES),
    /** A task that does nothing, within one command. */
    INLINE_TASK(steps(), STEP_CASES, STEP_CASES * STEPS);

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

    /** Cases on workers take about ten times as long: a fourth of the windows has to do. */
    int share(final int windows) {
      return this == ATM_ON_WORKERS ? windows / 4 : windows;
    }

    CompletableFuture<?> start(final Engine engine, final long key) {
      return switch (this) {
        case ATM_ON_WORKERS -> InlineAtm.startOnWorkersAsync(engine, Long.toString(key));
        case ATM_INLINE, ATM_STORED -> InlineAtm.startAsync(engine, Long.toString(key));
        case COMMAND -> engine.startAsync(workflow, Long.toString(key), in -> {});
        case INLINE_TASK ->
            engine.startAsync(workflow, Long.toString(key), in -> in.set(ROUND, 0L));
      };
    }
  }

  /** What a case or a step costs without and with. */
  private record Pair(double nsOff, double ns, double bytesOff, double bytes) {
    static Pair parse(final String line) {
      final double[] figures =
          Arrays.stream(line.substring(RESULT.length()).split(" ", -1))
              .mapToDouble(Double::parseDouble)
              .toArray();
      return new Pair(figures[0], figures[1], figures[2], figures[3]);
    }

    String line() {
      return RESULT + nsOff + ' ' + ns + ' ' + bytesOff + ' ' + bytes;
    }
  }

  private TelemetryCostRun() {}

  /**
   * Runs.
   *
   * @param args number of processes
   * @throws Exception when a process fails
   */
  public static void main(final String[] args) throws Exception {
    if (args.length == 2) {
      measure(Load.valueOf(args[0]), Variant.valueOf(args[1]));
      return;
    }
    final int processes = args.length > 0 ? Integer.parseInt(args[0]) : PROCESSES;
    for (final Load load : Load.values()) {
      for (final Variant variant : Variant.values()) {
        final List<Pair> pairs = new ArrayList<>();
        for (int process = 0; process < processes; process++) {
          pairs.addAll(fork(load, variant));
        }
        print(load, variant, pairs);
      }
    }
  }

  private static void print(final Load load, final Variant variant, final List<Pair> pairs) {
    final double[] ratios =
        pairs.stream().mapToDouble(pair -> 100 * (pair.ns / pair.nsOff - 1)).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%-14s %-20s %8.1f ns, off %8.1f ns  %+6.1f %% (%+.1f to %+.1f)  %7.1f B, off %7.1f B%n",
        load,
        variant,
        median(pairs, Pair::ns),
        median(pairs, Pair::nsOff),
        ratios[ratios.length / 2],
        ratios[ratios.length / 4],
        ratios[3 * ratios.length / 4],
        median(pairs, Pair::bytes),
        median(pairs, Pair::bytesOff));
  }

  private static double median(final List<Pair> pairs, final ToDoubleFunction<Pair> figure) {
    return pairs.stream().mapToDouble(figure).sorted().toArray()[pairs.size() / 2];
  }

  private static List<Pair> fork(final Load load, final Variant variant)
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
    return output.lines().filter(line -> line.startsWith(RESULT)).map(Pair::parse).toList();
  }

  /**
   * In a process of its own. Two engines alike differ by some percent for all their lives, by where
   * their memory lies: so there are several pairs, and now the one and now the other is opened
   * first.
   */
  private static void measure(final Load load, final Variant variant) throws IOException {
    final List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      final boolean isOffFirst = i % 2 == 0;
      final Path directory = Files.createTempDirectory("penstock-telemetry-cost");
      try (Windows first =
              open(load, directory.resolve("first"), isOffFirst ? OFF : variant.telemetry());
          Windows second =
              open(load, directory.resolve("second"), isOffFirst ? variant.telemetry() : OFF)) {
        final int before = i == 0 ? WINDOWS_TO_COMPILE : WINDOWS_TO_WARM;
        for (int window = -load.share(before); window < load.share(WINDOWS); window++) {
          first.run(window >= 0);
          second.run(window >= 0);
        }
        final Cost off = (isOffFirst ? first : second).cost();
        final Cost on = (isOffFirst ? second : first).cost();
        pairs.add(new Pair(off.cpuNs(), on.cpuNs(), off.bytes(), on.bytes()));
      } finally {
        Directories.delete(directory);
      }
    }
    for (final Pair pair : pairs) {
      System.out.println(pair.line());
    }
  }

  private static Windows open(
      final Load load, final Path directory, final TelemetryProvider telemetry) {
    final EngineOptions options = EngineOptions.defaults().telemetry(telemetry);
    return load == Load.ATM_ON_WORKERS
        ? ThreadWindows.open(
            options, Engine::inMemory, load.workflow, load.starts, load.units, load::start)
        : HeldWindows.open(
            options,
            load == Load.ATM_STORED ? with -> Engine.open(directory, with) : Engine::inMemory,
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
