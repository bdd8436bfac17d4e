package io.penstock.engine;

import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.Telemetry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the objectives once a second: has the listener called when one changes its state, has
 * the gates decide, and looks after the shards. A daemon thread of the engine's; shards do nothing
 * for it.
 */
final class ObjectiveWatch implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectiveWatch.class);
  private static final long INTERVAL_NS = 1_000_000_000L;

  private final Telemetry telemetry;
  private final HotReads hotReads;
  private final ObjectiveListeners listeners;
  private final ShardWatch shardWatch;
  private final Admission admission;
  private final ConcurrentMap<String, Gate> gates = new ConcurrentHashMap<>();
  private final Map<String, ObjectiveState> states = new HashMap<>();
  private final ObjectiveLog log = new ObjectiveLog();
  private final Thread thread;
  private volatile boolean stopped;
  private boolean failing;

  ObjectiveWatch(
      final String engineName,
      final Telemetry telemetry,
      final HotReads hotReads,
      final ObjectiveListeners listeners,
      final Admission admission,
      final ShardWatch shardWatch) {
    this.telemetry = telemetry;
    this.hotReads = hotReads;
    this.listeners = listeners;
    this.shardWatch = shardWatch;
    this.admission = admission;
    thread = new Thread(this, engineName + "-objectives");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** The gate of a name, made if there is none yet; never waits for a look. */
  Gate gate(final String name, final Function<String, Gate> made) {
    return gates.computeIfAbsent(name, made);
  }

  @Override
  public void run() {
    while (!stopped) {
      LockSupport.parkNanos(this, INTERVAL_NS);
      if (!stopped) {
        round();
      }
      Thread.interrupted();
    }
  }

  /** One round; whatever goes wrong in it, the next comes in a second. */
  private void round() {
    try {
      shardWatch.look();
      look();
      failing = false;
    } catch (final Throwable failure) { // telemetry may be a user's
      if (!failing && !stopped) {
        failing = true;
        LOG.warn(
            "objectives could not be looked at, that is tried once a second: failure={}",
            UserCode.describe(failure));
      }
    }
  }

  /** One look; by the thread, or by whoever wants to know now. */
  synchronized void look() {
    final Map<String, ObjectiveStatus> statuses = telemetry.statuses(hotReads);
    admission.follow(statuses);
    statuses.forEach(this::compare);
    gates.values().forEach(gate -> gate.decide(telemetry));
    telemetry.looked(statuses);
  }

  private void compare(final String name, final ObjectiveStatus status) {
    final ObjectiveState before = states.getOrDefault(name, ObjectiveState.NO_DATA);
    log.look(name, before, status);
    if (before != status.state()) {
      states.put(name, status.state());
      telemetry.objectiveChanged(name, before, status);
      listeners.add(new ObjectiveChange(name, before, status));
    }
  }

  /** One look, and the listener has been called when it returns. */
  void lookAndTell() {
    look();
    listeners.awaitCalled();
  }

  /** Whether a thread is this one or the listener's. */
  boolean isOwn(final Thread asked) {
    return asked.equals(thread) || listeners.isOwn(asked);
  }

  /** Stops the thread and waits for it, but not for a listener. */
  void close() {
    stopped = true;
    listeners.close();
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive() && !Thread.currentThread().equals(thread)) {
      try {
        thread.join();
      } catch (final InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
