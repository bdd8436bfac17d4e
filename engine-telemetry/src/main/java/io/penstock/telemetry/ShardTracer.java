package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Workflow;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Spans of one shard: one for each command that works on a sampled case, from the moment it is
 * taken up until it is done, and below it one for each inline task. Belongs to the shard's thread.
 *
 * <p>A case may live for days, so that no span is held open for it: the span of the command that
 * starts the case is written into the case, and the spans of later commands link to it. A case that
 * is not sampled costs a number drawn at its start, and some nanoseconds a command.
 */
final class ShardTracer implements ShardObserver {
  private static final Operation NO_OPERATION = Operation.READ_STATUS;
  private static final int NONE_ENDED = -1;

  private final Tracer tracer;
  private final EpochTime time;
  private final ShardExemplars exemplars;
  private final LogContext logs;

  /** Of a random number of 63 bits. */
  private final long pickedUpTo;

  private final RestingBranches resting = new RestingBranches();
  private final SplittableRandom random = new SplittableRandom();
  private final UnsafeBuffer caller = new UnsafeBuffer(new byte[TRACE_LENGTH]);
  private TracedWorkflow[] workflows = {};
  private boolean hasCaller;
  private Operation operation = NO_OPERATION;
  private long startNs;
  private long offsetNs;
  private @Nullable Span span;
  private @Nullable Context context;
  private long traceKey;
  private boolean handsOut;
  private boolean joins;
  private int endedWorkflow = NONE_ENDED;
  private int endedOutcome;
  private long endedCalendarNs;

  ShardTracer(
      final Tracer tracer,
      final EpochTime time,
      final ShardExemplars exemplars,
      final LogContext logs,
      final int sampleCases) {
    this.tracer = tracer;
    this.time = time;
    this.exemplars = exemplars;
    this.logs = logs;
    pickedUpTo = sampleCases == 0 ? -1 : Long.MAX_VALUE / sampleCases;
  }

  @Override
  public void deployed(final int workflow, final Workflow definition) {
    if (workflow >= workflows.length) {
      workflows = Arrays.copyOf(workflows, workflow + 1);
    }
    workflows[workflow] = new TracedWorkflow(definition);
  }

  @Override
  public void commandStarted(
      final Operation newOperation,
      final DirectBuffer newCaller,
      final int callerOffset,
      final long nowNs) {
    operation = newOperation;
    startNs = nowNs;
    hasCaller = TraceContext.isPresent(newCaller, callerOffset);
    if (hasCaller) {
      caller.putBytes(0, newCaller, callerOffset, TRACE_LENGTH);
    }
    exemplars.commandStarted(newOperation);
  }

  @Override
  public void caseTaken(
      final int workflow,
      final long caseId,
      final boolean isNew,
      final MutableDirectBuffer trace,
      final int traceOffset) {
    final boolean sampled = isNew ? isPicked() : TraceContext.isSampled(trace, traceOffset);
    if (!sampled || workflow < 0) {
      return;
    }
    offsetNs = time.offsetNs();
    final Span started = start(workflows[workflow], caseId, isNew, trace, traceOffset);
    final SpanContext startedContext = started.getSpanContext();
    span = started;
    if (startedContext.isSampled()) {
      context = Context.root().with(started);
      if (isNew) {
        TraceContext.write(startedContext, trace, traceOffset);
      }
      traceKey = TraceContext.key(trace, traceOffset);
      handsOut = isNew; // everything links to the start in any case
      joins = false;
    }
  }

  private boolean isPicked() {
    return random.nextLong() >>> 1 <= pickedUpTo;
  }

  private Span start(
      final TracedWorkflow workflow,
      final long caseId,
      final boolean isNew,
      final DirectBuffer trace,
      final int traceOffset) {
    final SpanBuilder builder =
        tracer
            .spanBuilder(workflow.spanName)
            .setParent(parent())
            .setStartTimestamp(startNs + offsetNs, TimeUnit.NANOSECONDS)
            .setAllAttributes(workflow.attributes)
            .setAttribute(Keys.CASE_ID, caseId)
            .setAttribute(Keys.OPERATION_NAME, operation.label());
    if (!isNew) {
      builder.addLink(TraceContext.read(trace, traceOffset));
    }
    return builder.startSpan();
  }

  /** The caller's span, which may have ended by now, or the root. */
  private Context parent() {
    final SpanContext callerContext = callerContext();
    return callerContext.isValid() ? Context.root().with(Span.wrap(callerContext)) : Context.root();
  }

  private SpanContext callerContext() {
    return hasCaller ? TraceContext.read(caller, 0) : SpanContext.getInvalid();
  }

  @Override
  public @Nullable Object traceParent() {
    handsOut = true;
    return context;
  }

  @Override
  public void branchesJoined() {
    joins = true;
  }

  /** The span of an inline task is made when it has ended: its lines name that of its command. */
  @Override
  public Telemetry.HandlerScope inlineTaskStarts(
      final int workflow, final int task, final long caseId) {
    final TracedWorkflow traced = workflows[workflow];
    return logs.open(
        traced.name,
        traced.tasks.get(task),
        caseId,
        span == null ? null : span.getSpanContext(),
        Telemetry.HandlerScope.NONE);
  }

  /** What joins will link to. */
  RestingBranches resting() {
    return resting;
  }

  /** Whether there is a span of the command in hand. */
  boolean isTracing() {
    return span != null;
  }

  @Override
  public void inlineTaskEnded(
      final int workflow,
      final int task,
      final long taskStartNs,
      final long taskEndNs,
      final boolean failed) {
    final Context parent = context;
    if (parent == null) {
      return;
    }
    final TracedWorkflow traced = workflows[workflow];
    final Span taskSpan =
        tracer
            .spanBuilder(traced.tasks.get(task))
            .setParent(parent)
            .setStartTimestamp(taskStartNs + offsetNs, TimeUnit.NANOSECONDS)
            .setAttribute(Keys.WORKFLOW_NAME, traced.name)
            .setAttribute(Keys.TASK_NAME, traced.tasks.get(task))
            .startSpan();
    if (failed) {
      taskSpan.setStatus(StatusCode.ERROR).setAttribute(Keys.ERROR_TYPE, Keys.ERROR_OTHER);
    }
    taskSpan.end(taskEndNs + offsetNs, TimeUnit.NANOSECONDS);
    exemplars.taskEnded(
        workflow,
        task,
        failed,
        new Exemplar(taskEndNs - taskStartNs, taskEndNs + offsetNs, taskSpan.getSpanContext()));
  }

  /** The worker's span was current where the result came from. */
  @Override
  public void workerTaskEnded(
      final int workflow,
      final int task,
      final long waitNs,
      final long serviceNs,
      final boolean failed) {
    if (context != null) {
      final SpanContext worker = callerContext();
      if (worker.isSampled()) {
        exemplars.taskEnded(
            workflow, task, failed, new Exemplar(serviceNs, startNs + offsetNs, worker));
      }
    }
  }

  @Override
  public void caseEnded(final int workflow, final int outcomeCode, final long durationNs) {
    if (span != null) {
      span.setAttribute(Keys.CASE_OUTCOME, Outcomes.value(outcomeCode));
      endedWorkflow = workflow;
      endedOutcome = outcomeCode;
      endedCalendarNs = durationNs;
    }
  }

  @Override
  public void commandEnded(final long nowNs) {
    final Span ended = span;
    if (ended != null) {
      final boolean isSampled = context != null;
      span = null;
      context = null;
      if (isSampled) {
        followBranches(ended);
      }
      ended.end(nowNs + offsetNs, TimeUnit.NANOSECONDS);
      if (isSampled) {
        keepExemplars(ended.getSpanContext(), nowNs);
      }
      endedWorkflow = NONE_ENDED;
    }
  }

  @Override
  public void acknowledged(final Operation acknowledged, final long sentNs, final long nowNs) {
    exemplars.acknowledged(acknowledged, nowNs - sentNs);
  }

  private void followBranches(final Span command) {
    if (joins) {
      resting.link(traceKey, command);
    }
    if (endedWorkflow != NONE_ENDED) {
      resting.forget(traceKey);
    } else if (!handsOut) {
      resting.add(traceKey, command.getSpanContext());
    }
  }

  private void keepExemplars(final SpanContext command, final long nowNs) {
    final long epochNs = nowNs + offsetNs;
    exemplars.commandEnded(operation, command, epochNs);
    if (endedWorkflow != NONE_ENDED) {
      exemplars.caseEnded(
          endedWorkflow,
          endedOutcome,
          new Exemplar(endedCalendarNs + nowNs - startNs, epochNs, command));
    }
  }

  /** What spans say of a workflow, made once. */
  private static final class TracedWorkflow {
    final String name;
    final String spanName;
    final Attributes attributes;
    final List<String> tasks;

    TracedWorkflow(final Workflow workflow) {
      name = workflow.name();
      spanName = "run " + name;
      attributes =
          Attributes.of(Keys.WORKFLOW_NAME, name, Keys.WORKFLOW_VERSION, (long) workflow.version());
      tasks = TaskNames.of(workflow);
    }
  }
}
