package io.penstock.benchmarks;

import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a case could not cost less than: its record copied once, out of the caches, and its command
 * handed over a ring. Both by one thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FloorBenchmark {
  private static final int RECORD_LENGTH = 480;
  private static final int COMMAND_LENGTH = 160;
  private static final int AREA_LENGTH = 32 << 20;

  private final UnsafeBuffer record =
      new UnsafeBuffer(BufferUtil.allocateDirectAligned(RECORD_LENGTH, Long.BYTES));
  private final UnsafeBuffer area =
      new UnsafeBuffer(BufferUtil.allocateDirectAligned(AREA_LENGTH, Long.BYTES));
  private final ManyToOneRingBuffer ring =
      new ManyToOneRingBuffer(
          new UnsafeBuffer(
              BufferUtil.allocateDirectAligned(
                  (1 << 20) + RingBufferDescriptor.TRAILER_LENGTH, Long.BYTES)));
  private final MessageHandler onMessage = (type, buffer, at, length) -> take(length);
  private int offset;
  private long taken;

  private void take(final int length) {
    taken += length;
  }

  /** The record of a withdrawal, to the next place of 32 MiB. */
  @Benchmark
  public int copyRecord() {
    offset = offset + 2 * RECORD_LENGTH <= AREA_LENGTH ? offset + RECORD_LENGTH : 0;
    area.putBytes(offset, record, 0, RECORD_LENGTH);
    return offset;
  }

  /** The command that starts one, into a ring and out of it. */
  @Benchmark
  public long handOver() {
    ring.write(1, record, 0, COMMAND_LENGTH);
    ring.read(onMessage, 1);
    return taken;
  }
}
