package io.penstock.telemetry;

import io.penstock.spi.EngineClock;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** Measures one engine: a recorder for each shard, and one for what happens outside of them. */
final class EngineTelemetry implements Telemetry {
  private final HotReadProbe hotReadProbe;
  private final OperationRecorder outside;
  private final List<ShardRecorder> shards;

  EngineTelemetry(final TelemetryOptions options, final EngineClock clock, final int shardCount) {
    final EpochTime time = new EpochTime(clock);
    hotReadProbe = new HotReadProbe(options.objectives().get(OperationClass.R1));
    outside = new OperationRecorder(options.objectives());
    shards =
        Stream.generate(() -> new ShardRecorder(time, options.objectives()))
            .limit(shardCount)
            .toList();
  }

  @Override
  public ShardObserver shard(final int shardIndex) {
    return shards.get(shardIndex);
  }

  @Override
  public void operationEnded(final Operation operation, final long durationNs) {
    outside.recordShared(operation, durationNs);
  }

  @Override
  public List<ObjectiveReading> readings(final IntConsumer hotReads) {
    final List<ObjectiveReading> readings = new ArrayList<>();
    readings.add(hotReadProbe.measure(OperationClass.R1.name(), hotReads));
    readings.addAll(new Readings(outside, shards).all());
    return readings;
  }
}
