package io.penstock.telemetry;

import io.opentelemetry.api.trace.SpanContext;
import io.penstock.spi.Operation;
import java.util.ArrayDeque;

/**
 * Puts durations of sampled cases, with their spans, beside the counts of one shard. Belongs to the
 * shard's thread, which has counted a duration before it is shown here. A command of a case that is
 * not sampled costs two additions.
 */
final class ShardExemplars {
  private final ShardRecorder recorder;
  private final ArrayDeque<Command> sampled = new ArrayDeque<>();
  private long startedCommands;
  private long acknowledgedCommands;

  ShardExemplars(final ShardRecorder recorder) {
    this.recorder = recorder;
  }

  /** A command begins; those of timers nobody waits for, and they are not acknowledged. */
  void commandStarted(final Operation operation) {
    if (operation != Operation.FIRE_TIMER) {
      startedCommands++;
    }
  }

  /** The command in hand was one of a sampled case, and is done. */
  void commandEnded(final Operation operation, final SpanContext span, final long epochNs) {
    if (operation != Operation.FIRE_TIMER) {
      sampled.add(new Command(startedCommands, span, epochNs));
    }
  }

  /** The command that began longest ago is acknowledged. */
  void acknowledged(final Operation operation, final long latencyNs) {
    acknowledgedCommands++;
    final Command next = sampled.peek();
    if (next != null && next.number == acknowledgedCommands) {
      sampled.remove();
      recorder
          .operations()
          .histogram(operation)
          .exemplars()
          .put(new Exemplar(latencyNs, next.epochNs, next.span));
    }
  }

  /** A handler's service time was counted. */
  void taskEnded(
      final int workflow, final int task, final boolean failed, final Exemplar exemplar) {
    recorder.countTimed();
    final TaskRecorder measured = recorder.workflow(workflow).task(task);
    (failed ? measured.failed() : measured.returned()).exemplars().put(exemplar);
  }

  /** A case's duration was counted. */
  void caseEnded(final int workflow, final int outcomeCode, final Exemplar exemplar) {
    recorder.countTimed();
    recorder.workflow(workflow).durations(outcomeCode).exemplars().put(exemplar);
  }

  /** A command of a sampled case that is not acknowledged yet. */
  private record Command(long number, SpanContext span, long epochNs) {}
}
