package io.penstock.engine;

/** The thread of a shard, told apart so that nobody waits on it for itself. */
final class ShardThread extends Thread {
  ShardThread(final Runnable loop) {
    super(loop);
    setDaemon(true);
  }
}
