package io.penstock.spi;

/** The machine's clocks. */
enum SystemClock implements EngineClock {
  INSTANCE;

  private static final long NANOS_PER_MILLI = 1_000_000L;

  @Override
  public long epochNs() {
    return System.currentTimeMillis() * NANOS_PER_MILLI;
  }

  @Override
  public long monotonicNs() {
    return System.nanoTime();
  }
}
