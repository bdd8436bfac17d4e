package io.penstock.benchmarks;

import io.penstock.spi.EngineClock;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.telemetry.PenstockMetrics;
import io.penstock.telemetry.PenstockTelemetry;
import io.penstock.telemetry.PrometheusText;
import io.penstock.telemetry.TelemetryOptions;
import io.penstock.workflow.Workflow;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a reader of metrics pays, which is no shard: four shards with ten workflows of five tasks
 * each, durations over 24 octaves, added up and written for Prometheus.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CollectionBenchmark {
  private static final int SHARDS = 4;
  private static final int WORKFLOWS = 10;
  private static final int TASKS = 5;
  private static final int VALUES = 1024;
  private static final double OCTAVES = 24;

  private final PenstockMetrics metrics = new PenstockMetrics();
  private Telemetry telemetry;

  /** Makes telemetry that has measured values of many sizes. */
  @Setup(Level.Trial)
  public void open() {
    telemetry =
        new PenstockTelemetry(TelemetryOptions.defaults().metrics(metrics))
            .create(EngineClock.system(), SHARDS);
    for (int shard = 0; shard < SHARDS; shard++) {
      fill(telemetry.shard(shard));
    }
  }

  private static void fill(final ShardObserver observer) {
    for (int workflow = 0; workflow < WORKFLOWS; workflow++) {
      observer.deployed(workflow, workflow("workflow-" + workflow));
      for (int i = 0; i < VALUES; i++) {
        final long durationNs = (long) Math.pow(2, OCTAVES * i / VALUES);
        for (int task = 0; task < TASKS; task++) {
          observer.inlineTaskEnded(workflow, task, 0, durationNs, false);
        }
        observer.acknowledged(Operation.START, 0, durationNs);
      }
    }
  }

  private static Workflow workflow(final String name) {
    return Workflow.define(name)
        .inlineTask("one", work -> {})
        .inlineTask("two", work -> {})
        .inlineTask("three", work -> {})
        .inlineTask("four", work -> {})
        .inlineTask("five", work -> {})
        .build();
  }

  /** Closes the telemetry. */
  @TearDown(Level.Trial)
  public void close() {
    telemetry.close();
  }

  /** One scrape, without its way over the network. */
  @Benchmark
  public String scrape() {
    return PrometheusText.write(metrics);
  }
}
