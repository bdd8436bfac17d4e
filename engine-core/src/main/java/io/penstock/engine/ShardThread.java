package io.penstock.engine;

import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a shard: round after round, and idle in between, until the shard is to end. An
 * interrupt means nothing to it; user code that runs on it may be interrupted.
 */
final class ShardThread extends Thread {
  private static final Logger LOG = LoggerFactory.getLogger(ShardThread.class);
  private static final long REST_NS = 1_000_000;

  private final Shard shard;

  ShardThread(final Shard shard) {
    super(shard.name());
    this.shard = shard;
    setDaemon(true);
  }

  @Override
  public void run() {
    try {
      while (!shard.isTerminating()) {
        round();
      }
    } finally {
      shard.onClose();
    }
  }

  private void round() {
    try {
      shard.idleStrategy().idle(shard.doWork());
    } catch (final Throwable failure) { // a stopped shard that cannot even refuse
      LOG.error(
          "shard's round failed: shard={}, failure={}", shard.name(), UserCode.describe(failure));
      LockSupport.parkNanos(this, REST_NS);
    } finally {
      interrupted();
    }
  }
}
