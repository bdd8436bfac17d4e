package io.penstock.engine;

import io.penstock.objective.BurnRate;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.workflow.Priority;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether new cases are taken in: by how full a shard's inbox is, and by how the objectives fare
 * that are to be protected. Steps of cases that run are none of its business, and have the rest of
 * the inbox for themselves.
 *
 * <p>Any thread; one volatile read a start.
 */
final class Admission {
  private static final Duration RETRY_WHEN_FULL = Duration.ofMillis(100);
  private static final Duration RETRY_MIN = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofMinutes(1);

  private final Set<String> protectedObjectives;
  private volatile @Nullable Burn burn;

  /**
   * An objective in need.
   *
   * @param objective its name
   * @param isBreached whether its budget is spent, else it burns fast
   * @param retryAfter when it may be better
   */
  private record Burn(String objective, boolean isBreached, Duration retryAfter) {}

  Admission(final Set<String> protectedObjectives) {
    this.protectedObjectives = Set.copyOf(protectedObjectives);
  }

  /** How full an inbox may be for a new case, from 0 to 1. */
  private static double fillMax(final Priority priority) {
    return switch (priority) {
      case LOW -> 0.5;
      case NORMAL -> 0.75;
      case HIGH -> 0.9;
    };
  }

  /** Whether a shard has room for a new case, in its inbox and for its work items. */
  static boolean hasRoom(final Shard shard, final Priority priority) {
    return shard.fill() <= fillMax(priority) && !shard.isBacklogFull();
  }

  /** Refuses a new case for an objective's sake, or does nothing. */
  void check(final Priority priority) {
    final Burn now = burn;
    if (now == null || priority == Priority.HIGH) {
      return;
    }
    if (priority == Priority.LOW || now.isBreached) {
      throw new CommandRejectedException(
          Rejection.OVERLOADED,
          "new cases of this priority must wait while an objective is in need: priority="
              + priority
              + ", objective="
              + now.objective
              + (now.isBreached ? ", state=BREACHED" : ", state=AT_RISK")
              + ", retryAfter="
              + now.retryAfter
              + "; start it again then, or raise its priority",
          now.retryAfter);
    }
  }

  /** Refuses a new case for want of room. */
  static CommandRejectedException full(final Shard shard, final Priority priority) {
    if (shard.isBacklogFull()) {
      return new CommandRejectedException(
          Rejection.OVERLOADED,
          "fewer work items must wait for a worker before new cases start: shard="
              + shard.name()
              + ", retryAfter="
              + RETRY_MIN
              + "; start less at a time, or raise workerThreads or backlogMax",
          RETRY_MIN);
    }
    return new CommandRejectedException(
        Rejection.INBOX_FULL,
        "inbox must have room for a new case beside the steps of those that run: shard="
            + shard.name()
            + ", priority="
            + priority
            + ", fillMax="
            + fillMax(priority)
            + ", retryAfter="
            + RETRY_WHEN_FULL
            + "; start less at a time, or raise inboxLength or inboxWait",
        RETRY_WHEN_FULL);
  }

  /** Takes in how the objectives stand now. */
  void follow(final Map<String, ObjectiveStatus> statuses) {
    Burn worst = null;
    for (final String name : protectedObjectives) {
      final ObjectiveStatus status = statuses.get(name);
      final Burn found = status == null ? null : burn(name, status);
      if (found != null && (worst == null || found.isBreached)) {
        worst = found;
      }
    }
    burn = worst;
  }

  /**
   * An objective is in need while its budget burns too fast right now, over a short window too:
   * once nothing bad happens any more, or nothing at all, new cases are taken in again.
   */
  private static @Nullable Burn burn(final String name, final ObjectiveStatus status) {
    for (final BurnRate rate : status.burnRates()) {
      if (rate.isBurning()) {
        final Duration window = rate.shortWindow();
        final Duration retry =
            window.compareTo(RETRY_MIN) < 0
                ? RETRY_MIN
                : window.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : window;
        return new Burn(name, status.state() == ObjectiveState.BREACHED, retry);
      }
    }
    return null;
  }
}
