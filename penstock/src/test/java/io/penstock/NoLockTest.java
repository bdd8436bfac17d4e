package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Watches a shard's thread with the flight recorder while withdrawals run: it never waits for a
 * lock.
 */
@Timeout(120)
class NoLockTest {
  private static final int CASES = 5_000;

  @Test
  void shouldNeverWaitForALockOnAShardThread(@TempDir final Path directory) throws Exception {
    final Path file = directory.resolve("load.jfr");
    final Atm atm = new Atm();
    try (Engine engine =
            Engine.open(directory.resolve("engine"), Engines.options()).deploy(atm.workflow());
        Recording recording = new Recording()) {
      withdraw(engine, atm, "warm-up-"); // the JDK takes locks of its own when it loads a class
      recording.enable("jdk.JavaMonitorEnter").withThreshold(Duration.ZERO).withStackTrace();
      recording.enable("jdk.JavaMonitorWait").withThreshold(Duration.ZERO).withStackTrace();
      recording.enable("jdk.ThreadPark").withThreshold(Duration.ZERO).withStackTrace();
      recording.start();
      withdraw(engine, atm, "txn-");
      recording.stop();
      recording.dump(file);
    }

    final List<RecordedEvent> onShards =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith("jdk."))
            .filter(event -> event.getThread() != null && event.getThread().getJavaName() != null)
            .filter(event -> event.getThread().getJavaName().contains("-shard-"))
            .toList();
    final List<RecordedEvent> waits =
        onShards.stream().filter(event -> !isIdle(event) && !isOfTheRecorder(event)).toList();

    assertThat(waits).as("locks that a shard's thread waited for").isEmpty();
    assertThat(onShards)
        .as("the recorder saw the shard's thread: it slept when there was nothing to do")
        .isNotEmpty();
  }

  /** The one place where a shard's thread may park: it has nothing to do. */
  private static boolean isIdle(final RecordedEvent event) {
    return event.getEventType().getName().equals("jdk.ThreadPark")
        && event.getStackTrace() != null
        && event.getStackTrace().getFrames().stream()
            .map(RecordedFrame::getMethod)
            .anyMatch(method -> method.getType().getName().equals("io.penstock.engine.ShardIdle"));
  }

  /** The recorder loads classes of its own when the first event of a kind is written. */
  private static boolean isOfTheRecorder(final RecordedEvent event) {
    return event.getStackTrace() != null
        && event.getStackTrace().getFrames().stream()
            .anyMatch(
                frame -> frame.getMethod().getType().getName().startsWith("jdk.jfr.internal."));
  }

  private static void withdraw(final Engine engine, final Atm atm, final String prefix) {
    final List<CaseHandle> cases = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      cases.add(atm.start(engine, prefix + i));
    }
    assertThat(cases).allSatisfy(handle -> assertThat(handle.join()).isEqualTo(Outcome.COMPLETED));
  }
}
