package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.Objects;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

/** What is kept of objectives over restarts, and what clocks that are set do to them. */
class ObjectiveCountsTest {
  private static final long HOUR_NS = Duration.ofHours(1).toNanos();

  private final HandClock clock = new HandClock();
  private final TelemetryOptions options =
      TelemetryOptions.defaults()
          .openTelemetry(OpenTelemetry.noop())
          .objective(Operation.START, Objective.p99(Duration.ofNanos(1)))
          .timerLagObjective(Objective.p99(Duration.ofNanos(1)))
          .workerQueueObjective(Objective.p99(Duration.ofNanos(1)));
  private final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();

  private Telemetry open() {
    return new PenstockTelemetry(options).create(clock, 1);
  }

  private static ObjectiveStatus status(final Telemetry telemetry, final String name) {
    return Objects.requireNonNull(telemetry.statuses(reads -> {}).get(name), name);
  }

  private void start(final Telemetry telemetry, final int times) {
    for (int i = 0; i < times; i++) {
      final long nowNs = clock.monotonicNs();
      telemetry.shard(0).acknowledged(Operation.START, nowNs, nowNs);
    }
  }

  @Test
  void shouldNotHeedACalendarThatIsSet() {
    final Telemetry telemetry = open();
    start(telemetry, 300);
    clock.moveCalendar(100 * HOUR_NS);
    assertThat(status(telemetry, "W1").good()).isEqualTo(300);
    clock.moveCalendar(-200 * HOUR_NS);
    assertThat(status(telemetry, "W1").state()).isEqualTo(ObjectiveState.MET);
    clock.advance(2 * HOUR_NS);
    assertThat(status(telemetry, "W1").state()).isEqualTo(ObjectiveState.NO_DATA);
  }

  @Test
  void shouldLetNoTimePassOverARestartInWhichTheCalendarWentBack() {
    final Telemetry before = open();
    start(before, 5);
    final int length = before.shard(0).save(saved, clock.monotonicNs(), clock.epochNs());
    clock.moveCalendar(-10 * HOUR_NS);
    final Telemetry after = open();
    after.shard(0).restore(saved, 0, length);

    assertThat(status(after, "W1").good()).isEqualTo(5);
  }

  @Test
  void shouldLetTheTimePassThatItWasClosed() {
    final Telemetry before = open();
    start(before, 5);
    final int length = before.shard(0).save(saved, clock.monotonicNs(), clock.epochNs());
    clock.moveCalendar(2 * HOUR_NS);
    final Telemetry after = open();
    after.shard(0).restore(saved, 0, length);

    assertThat(status(after, "W1").state()).isEqualTo(ObjectiveState.NO_DATA);
  }

  @Test
  void shouldSaveNothingWhenNothingIsNew() {
    final Telemetry telemetry = open();
    final ShardObserver shard = telemetry.shard(0);
    assertThat(shard.save(saved, clock.monotonicNs(), clock.epochNs())).isZero();
    start(telemetry, 1);
    assertThat(shard.save(saved, clock.monotonicNs(), clock.epochNs())).isPositive();
    assertThat(shard.save(saved, clock.monotonicNs(), clock.epochNs())).isZero();
    telemetry.operationEnded(Operation.DEPLOY, 0, 1);
    assertThat(shard.save(saved, clock.monotonicNs(), clock.epochNs()))
        .as("outside of the shards")
        .isPositive();
  }

  @Test
  void shouldKeepWhatWasSavedOfAWorkflowThatIsNotDeployed() {
    final Workflow promised =
        Workflow.define("promised")
            .inlineTask("step", work -> {})
            .objective(Objective.p99(Duration.ofMillis(5)))
            .build();
    final Telemetry first = open();
    new ShardScript(first, 0).deployed(0, promised).runInlineCase(0, 0, 1);
    int length = first.shard(0).save(saved, clock.monotonicNs(), clock.epochNs());
    for (int i = 0; i < 3; i++) {
      final Telemetry without = open();
      without.shard(0).restore(saved, 0, length);
      start(without, 1);
      length = without.shard(0).save(saved, clock.monotonicNs(), clock.epochNs());
    }
    final Telemetry last = open();
    last.shard(0).restore(saved, 0, length);
    new ShardScript(last, 0).deployed(0, promised);

    assertThat(status(last, "promised v1").good()).isEqualTo(1);
    assertThat(status(last, "W1").good()).isEqualTo(4);
  }

  @Test
  void shouldHoldOperationsQueueAndTimersToObjectivesOfTheirOwn() {
    final Telemetry telemetry = open();
    final Workflow plain = Workflow.define("plain").task("step", work -> {}).build();
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, plain);
    start(telemetry, 2);
    telemetry.shard(0).acknowledged(Operation.START, 0, 2);
    script.completeTask(0, 1, 100);
    script.completeTask(0, 2, 100);
    script.shard.timerFired(1);
    script.shard.timerFired(2);

    assertThat(status(telemetry, "start").good()).isEqualTo(2);
    assertThat(status(telemetry, "start").bad()).isEqualTo(1);
    assertThat(status(telemetry, "worker queue").bad()).isEqualTo(1);
    assertThat(status(telemetry, "timer lag").good()).isEqualTo(1);
    assertThat(status(telemetry, "timer lag").bad()).isEqualTo(1);
  }
}
