package io.penstock.engine;

import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.Telemetry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks at the objectives once a second: tells who wants to know when one changes its state, and
 * lets the gates decide. A daemon thread of the engine's; shards know nothing of it.
 */
final class ObjectiveWatch implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectiveWatch.class);
  private static final long INTERVAL_NS = 1_000_000_000L;

  private final Telemetry telemetry;
  private final HotReads hotReads;
  private final Consumer<ObjectiveChange> listener;
  private final Admission admission;
  private final ConcurrentMap<String, Gate> gates = new ConcurrentHashMap<>();
  private final Map<String, ObjectiveState> states = new HashMap<>();
  private final Thread thread;
  private volatile boolean stopped;

  ObjectiveWatch(
      final String engineName,
      final Telemetry telemetry,
      final HotReads hotReads,
      final Consumer<ObjectiveChange> listener,
      final Admission admission) {
    this.telemetry = telemetry;
    this.hotReads = hotReads;
    this.listener = listener;
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
        try {
          look();
        } catch (final RuntimeException e) {
          LOG.warn("objectives could not be looked at, the next time is in a second", e);
        }
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
    if (before != status.state()) {
      states.put(name, status.state());
      log(name, before, status);
      telemetry.objectiveChanged(name, before, status);
      try {
        listener.accept(new ObjectiveChange(name, before, status));
      } catch (final RuntimeException e) {
        LOG.warn("listener to objectives failed: objective={}", name, e);
      }
    }
  }

  private static void log(
      final String name, final ObjectiveState before, final ObjectiveStatus status) {
    final Level level =
        switch (status.state()) {
          case BREACHED -> Level.WARN;
          case AT_RISK -> Level.INFO;
          case MET, NO_DATA, INSUFFICIENT -> Level.DEBUG;
        };
    LOG.atLevel(level)
        .log(
            "objective has changed: objective={}, from={}, to={}, budgetRemaining={}, burnRate={}",
            name,
            before,
            status.state(),
            status.budgetRemaining(),
            status.burnRate());
  }

  /** Stops the thread and waits for it. */
  void close() {
    stopped = true;
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
