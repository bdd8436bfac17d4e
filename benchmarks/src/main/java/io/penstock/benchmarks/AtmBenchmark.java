package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.Durability;
import io.penstock.spi.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One ATM case from end to end on one shard, by durability, with and without telemetry. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx2g")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
public class AtmBenchmark {
  private static final int WINDOW = 1_000;

  /** What an acknowledged start survives. */
  @Param({"MEMORY", "PROCESS_CRASH"})
  public Durability durability;

  /** Whether latencies are recorded. */
  @Param({"true", "false"})
  public boolean telemetry;

  private Path directory;
  private Engine engine;
  private long keys;

  /** Opens an engine on a new directory. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Files.createTempDirectory("penstock-benchmark");
    final EngineOptions options =
        EngineOptions.defaults().shards(1).durability(durability).endedCasesKept(2 * WINDOW);
    engine =
        Engine.open(
                directory.resolve("engine"),
                telemetry ? options : options.telemetry((clock, shards) -> Telemetry.NONE))
            .deploy(InlineAtm.WORKFLOW);
  }

  /** Closes the engine and removes its directory. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    engine.close();
    Directories.delete(directory);
  }

  /** One caller that waits for each case: mostly the way to the shard's thread and back. */
  @Benchmark
  public Outcome oneAtATime() {
    return InlineAtm.start(engine).join();
  }

  /** One caller that starts a thousand cases before it waits for their acknowledgements. */
  @Benchmark
  @OperationsPerInvocation(WINDOW)
  public void pipelined() {
    final CompletableFuture<?>[] started = new CompletableFuture<?>[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      started[i] = InlineAtm.startAsync(engine, Long.toString(keys++));
    }
    CompletableFuture.allOf(started).join();
  }
}
