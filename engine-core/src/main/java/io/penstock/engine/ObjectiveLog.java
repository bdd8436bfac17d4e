package io.penstock.engine;

import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs how objectives change. A breach is a warning once there are as many events as the objective
 * needs to be judged: the first few cases after a start are slow, and nobody is to be woken by
 * them.
 */
final class ObjectiveLog {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectiveWatch.class);

  /** Objectives that are breached without a warning yet. */
  private final Set<String> breachedByFew = new HashSet<>();

  void look(final String name, final ObjectiveState before, final ObjectiveStatus status) {
    final Level level = level(name, before, status);
    if (level != null) {
      LOG.atLevel(level)
          .log(
              "objective has changed: objective={}, from={}, to={}, good={}, bad={},"
                  + " budgetRemaining={}, burnRate={}",
              name,
              before,
              status.state(),
              status.good(),
              status.bad(),
              status.budgetRemaining(),
              status.burnRate());
    }
  }

  /** At which level a look is worth a line, or null for none. */
  @Nullable Level level(
      final String name, final ObjectiveState before, final ObjectiveStatus status) {
    final boolean wasBreachedByFew = breachedByFew.remove(name);
    if (status.state() == ObjectiveState.BREACHED && !status.hasEnoughEvents()) {
      breachedByFew.add(name);
    }
    if (before == status.state()) {
      return wasBreachedByFew && status.hasEnoughEvents() ? Level.WARN : null;
    }
    return switch (status.state()) {
      case BREACHED -> status.hasEnoughEvents() ? Level.WARN : Level.INFO;
      case AT_RISK -> Level.INFO;
      case MET, NO_DATA, INSUFFICIENT -> Level.DEBUG;
    };
  }
}
