package io.penstock;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Work;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the tests of whole engines share. */
final class Engines {
  private Engines() {}

  static VirtualClock clock() {
    return new VirtualClock(Instant.parse("2026-01-05T08:00:00Z"));
  }

  static EngineOptions options() {
    return EngineOptions.defaults().shards(2).workerThreads(8);
  }

  static Engine inMemory() {
    return Engine.inMemory(options());
  }

  /** Notes which tasks ran, in the order in which they did. */
  static final class Trace {
    private final List<String> tasks = new CopyOnWriteArrayList<>();

    void note(final Work work) {
      tasks.add(work.task());
    }

    List<String> tasks() {
      return tasks;
    }
  }
}
