package io.penstock.engine;

import io.penstock.engine.CommandEncoder.CommandType;
import io.penstock.objective.GateRules;
import io.penstock.spi.BackupException;
import io.penstock.spi.Durability;
import io.penstock.spi.EngineClock;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Store;
import io.penstock.spi.StoreBackup;
import io.penstock.spi.StoreProvider;
import io.penstock.spi.Telemetry;
import io.penstock.spi.TelemetryProvider;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Priority;
import io.penstock.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedded workflow engine: opens a directory, runs cases of the workflows deployed to it, and
 * keeps them over restarts.
 *
 * <p>All methods are safe for any thread. Engines share nothing: many can be open in one process,
 * each on a directory of its own. Handlers run at least once: one that was running when the process
 * ended runs again after the next opening, when its workflow is deployed.
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final long NOTE_WAIT_NS = 1_000_000_000L;
  private static final long NS_PER_SECOND = 1_000_000_000L;
  private static final long PAUSE_WAIT_NS = 5_000_000_000L;
  private static final long PAUSE_POLL_NS = 20_000L;
  private static final long PAUSE_RETRY_NS = 100_000_000L;

  private final String name;
  private final EngineOptions options;
  private final Store store;
  private final Telemetry telemetry;
  private final List<Shard> shards = new ArrayList<>();
  private final List<ShardThread> threads = new ArrayList<>();
  private final Deployments deployments = new Deployments();
  private final StoreUse storeUse;
  private final EngineClosing closing;
  private final AtomicInteger nextVirtualShard = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Admission admission;
  private final ObjectiveWatch watch;
  private final AtomicBoolean backingUp = new AtomicBoolean();

  private Engine(final @Nullable Path directory, final EngineOptions options) {
    this.options = options;
    if (options.warmUpNs() > 0) {
      WarmUp.run(options, options.warmUpNs());
    }
    name = "penstock-" + (directory == null ? "memory" : directory.getFileName());
    final long startNs = options.clock().monotonicNs();
    storeUse = new StoreUse(name);
    store = storeProvider(options).open(directory, options.durability(), options.shardCount());
    final Deque<AutoCloseable> opened = new ArrayDeque<>();
    opened.push(store);
    try {
      requireHistoryForReceipts();
      telemetry =
          GuardedTelemetry.of(
              telemetryProvider(options).create(options.clock(), store.shardCount()), name);
      opened.push(telemetry);
      final Workers workers = Workers.create(name, options.workerThreads());
      opened.push(workers);
      final Answers answers = new Answers(name);
      opened.push(answers);
      makeShards(workers, answers);
      admission = new Admission(options.protectedObjectives());
      watch =
          new ObjectiveWatch(
              name,
              telemetry,
              new HotReads(shards.get(0).statuses()),
              new ObjectiveListeners(name, options.objectiveListener()),
              admission,
              new ShardWatch(
                  shards,
                  threads,
                  options.clock(),
                  (int) (options.inlineTimeMaxNs() / NS_PER_SECOND)));
      if (directory != null) {
        telemetry.openedIn(directory, name);
      }
      closing =
          new EngineClosing(
              name,
              options.closeWaitNs(),
              new EngineClosing.Parts(
                  shards, threads, watch, workers, answers, telemetry, store, storeUse));
    } catch (final Throwable failure) {
      opened.forEach(part -> release(part, failure));
      throw openingFailed(failure);
    }
    shards.forEach(Shard::followClock); // not before all of it is sure to open
    threads.forEach(Thread::start);
    watch.start();
    telemetry.opened(List.copyOf(shards));
    telemetry.operationEnded(Operation.OPEN, startNs, options.clock().monotonicNs());
    LOG.info(
        "engine is open: engine={}, shards={}, store={}", name, shards.size(), store.description());
  }

  private void requireHistoryForReceipts() {
    if (store.keepsReceipts() && options.history() == History.NONE) {
      throw new IllegalArgumentException(
          "an engine with a ledger must write history: engine="
              + name
              + ", history=NONE; open it with EngineOptions.history(...)");
    }
  }

  private static void release(final AutoCloseable part, final Throwable failure) {
    try {
      part.close();
    } catch (final Exception e) {
      failure.addSuppressed(e);
    }
  }

  private RuntimeException openingFailed(final Throwable failure) {
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new EngineException(
            "engine must have what it needs to open: engine="
                + name
                + ", failure="
                + UserCode.describe(failure)
                + "; nothing was changed and the directory is free",
            failure);
  }

  private void makeShards(final Workers workers, final Answers answers) {
    final SecureRandom random = new SecureRandom();
    for (int i = 0; i < store.shardCount(); i++) {
      final ShardObserver observer = telemetry.shard(i);
      shards.add(
          new Shard(
              name + "-shard-" + i,
              i,
              options,
              store.shard(i),
              telemetry,
              observer,
              workers,
              answers,
              storeUse,
              deployments::get,
              random.nextLong()));
    }
    shards.forEach(shard -> threads.add(new ShardThread(shard)));
  }

  /**
   * Opens or creates an engine on a directory with the {@linkplain EngineOptions#defaults()
   * defaults}.
   *
   * @param directory holds the engine's state; created if absent; one engine at a time owns it
   * @return the engine, running
   * @throws io.penstock.spi.StoreException when the directory has an owner, is damaged, or cannot
   *     be used
   * @throws EngineException when there is no store on the class path
   */
  public static Engine open(final Path directory) {
    return open(directory, EngineOptions.defaults());
  }

  /**
   * Opens or creates an engine on a directory.
   *
   * @param directory holds the engine's state; created if absent; one engine at a time owns it
   * @param options how the engine runs
   * @return the engine, running
   * @throws io.penstock.spi.StoreException when the directory has an owner, is damaged, or cannot
   *     be used
   * @throws EngineException when there is no store on the class path
   */
  public static Engine open(final Path directory, final EngineOptions options) {
    return new Engine(
        Objects.requireNonNull(
            directory, "directory must not be null; for an engine without one call inMemory"),
        options);
  }

  /**
   * Opens an engine whose state is gone when it is closed; no file is written.
   *
   * @param options how the engine runs; its durability is set to {@link Durability#MEMORY}
   * @return the engine, running
   * @throws EngineException when there is no store on the class path
   */
  public static Engine inMemory(final EngineOptions options) {
    return new Engine(null, options.durability(Durability.MEMORY));
  }

  /**
   * Opens an engine with default options whose state is gone when it is closed; no file is written.
   *
   * @return the engine, running
   * @throws EngineException when there is no store on the class path
   */
  public static Engine inMemory() {
    return inMemory(EngineOptions.defaults());
  }

  private static StoreProvider storeProvider(final EngineOptions options) {
    return options
        .store()
        .or(() -> ServiceLoader.load(StoreProvider.class).findFirst())
        .orElseThrow(
            () ->
                new EngineException(
                    "store must be on the class path; add the artifact"
                        + " io.penstock:penstock-storage"));
  }

  private static TelemetryProvider telemetryProvider(final EngineOptions options) {
    return options
        .telemetry()
        .or(() -> ServiceLoader.load(TelemetryProvider.class).findFirst())
        .orElse((clock, shardCount) -> Telemetry.NONE);
  }

  /**
   * Deploys a workflow: cases of it can be started, and those of an earlier opening go on.
   * Deploying it again changes nothing but the handlers of work handed out from then on.
   *
   * @param workflow the workflow
   * @return this
   * @throws CommandRejectedException {@link Rejection#WORKFLOW_CHANGED} when cases run on another
   *     structure of the same name and version
   */
  public Engine deploy(final Workflow workflow) {
    checkOpen();
    final long startNs = clock().monotonicNs();
    final int number = deployments.begin(workflow);
    try {
      deploy(CommandType.CHECK_DEPLOY, number);
    } catch (final RuntimeException e) {
      deployments.refused(workflow);
      throw e;
    }
    deploy(CommandType.DEPLOY, number);
    deployments.succeeded(workflow);
    telemetry.operationEnded(Operation.DEPLOY, startNs, clock().monotonicNs());
    return this;
  }

  private void deploy(final CommandType half, final int number) {
    for (final Shard shard : shards) {
      await(send(shard, shard.encoder(half, 0, clock().monotonicNs()).workflow(number)));
    }
  }

  /**
   * Starts a case, once for each key: a second start with the same key and name of a workflow, in
   * whatever version, gives the first case and changes nothing. That holds over restarts, and also
   * while the version of the first case is not deployed. It ends when the key is no longer
   * remembered: some time after the case is no longer kept, see {@link EngineOptions#startKeysKept}
   * and {@link EngineOptions#startKeysKeptFor}.
   *
   * @param workflow a deployed workflow
   * @param key names the case, 1 to 200 characters
   * @param inputs sets the first values of variables
   * @return the case; its start is as durable as the engine's mode says
   * @throws CommandRejectedException when the start is refused
   * @throws IllegalArgumentException when a variable, a value or the key breaks its rule
   */
  public CaseHandle start(
      final Workflow workflow, final String key, final Consumer<Inputs> inputs) {
    return started(await(sendStart(workflow, checkKey(key), inputs, false)));
  }

  /**
   * Starts a case without a key.
   *
   * @param workflow a deployed workflow
   * @param inputs sets the first values of variables
   * @return the case; its start is as durable as the engine's mode says
   * @throws CommandRejectedException when the start is refused
   * @throws IllegalArgumentException when a variable or a value breaks its rule
   */
  public CaseHandle start(final Workflow workflow, final Consumer<Inputs> inputs) {
    return started(await(sendStart(workflow, null, inputs, false)));
  }

  /**
   * Starts a case and does not wait for the acknowledgement.
   *
   * @param workflow a deployed workflow
   * @param key names the case, 1 to 200 characters
   * @param inputs sets the first values of variables
   * @return completes on a thread that the engine has for such answers, with the case once its
   *     start is acknowledged, or with the reason why it was refused; what hangs on it may block
   * @throws CommandRejectedException {@link Rejection#INBOX_FULL} when there is no room for the
   *     command
   * @throws IllegalArgumentException when a variable, a value or the key breaks its rule
   */
  public CompletableFuture<CaseHandle> startAsync(
      final Workflow workflow, final String key, final Consumer<Inputs> inputs) {
    return sendStart(workflow, checkKey(key), inputs, true).thenApply(this::started);
  }

  private PendingReplies.Reply sendStart(
      final Workflow workflow,
      final @Nullable String key,
      final Consumer<Inputs> inputs,
      final boolean async) {
    checkOpen();
    final int number = number(workflow);
    final Changes changes = new Changes(workflow);
    Objects.requireNonNull(inputs, "inputs must not be null; pass in -> {} to set nothing")
        .accept(changes);
    final int virtualShard = key == null ? nextVirtualShard() : virtualShard(workflow.name(), key);
    final Shard shard = shardOf(virtualShard);
    admit(shard, changes.priority());
    return send(
        shard,
        shard
            .encoder(CommandType.START, virtualShard, clock().monotonicNs())
            .workflow(number)
            .text(key)
            .changes(changes),
        async);
  }

  /** Waits for room for a new case as long as the options say. */
  private void admit(final Shard shard, final Priority priority) {
    try {
      admission.check(priority);
      if (!Admission.hasRoom(shard, priority)) {
        awaitRoom(shard, priority);
      }
    } catch (final CommandRejectedException e) {
      telemetry.commandRejected(e.rejection().name());
      throw e;
    }
  }

  private void awaitRoom(final Shard shard, final Priority priority) {
    final long giveUpNs = System.nanoTime() + options.inboxWaitNs();
    for (int tries = 0; !Admission.hasRoom(shard, priority); tries++) {
      shard.checkRunning();
      if (System.nanoTime() - giveUpNs >= 0) {
        throw Admission.full(shard, priority);
      }
      Backoff.pause(tries);
    }
  }

  /**
   * Makes a gate for a feature of the user's own, or gives the one of that name. What it decided is
   * kept over restarts; its objective, rules and evidence are of this opening.
   *
   * @param gateName names the gate, 1 to 200 characters
   * @param objective what those that are let through are held to
   * @param rules by what it goes on and falls back
   * @return the gate
   */
  public Gate gate(final String gateName, final Objective objective, final GateRules rules) {
    checkOpen();
    return gate(
        Texts.name("gate name", gateName),
        new Gate.ReportedArms(objective, clock().monotonicNs()),
        rules);
  }

  /**
   * Puts a new version of a workflow on its way: starts through the {@link Rollout} are given to it
   * by a {@link Gate}, by their keys. Both versions are deployed if they are not yet.
   *
   * @param stable the version that is good
   * @param candidate the new version, of the same name, with an objective for its cases
   * @param rules by what it goes on and falls back
   * @return the roll-out
   * @throws IllegalArgumentException when the two are not versions of one workflow, or the new one
   *     has no objective
   */
  public Rollout rollOut(final Workflow stable, final Workflow candidate, final GateRules rules) {
    if (!stable.name().equals(candidate.name()) || stable.version() == candidate.version()) {
      throw new IllegalArgumentException(
          "roll-out must be of two versions of one workflow: stable="
              + stable
              + ", candidate="
              + candidate);
    }
    final Objective objective =
        candidate
            .objective()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "roll-out must have an objective to keep: candidate="
                            + candidate
                            + "; declare one with objective(...)"));
    for (final Workflow version : List.of(stable, candidate)) {
      if (deployments.number(version) == null) {
        deploy(version);
      }
    }
    final Gate gate =
        gate(
            "roll-out " + candidate.name() + " v" + candidate.version(),
            new VersionArms(telemetry, stable, candidate, objective),
            rules);
    return new Rollout(this, stable, candidate, gate);
  }

  private Gate gate(final String gateName, final Gate.Arms arms, final GateRules rules) {
    return watch.gate(gateName, unused -> makeGate(gateName, arms, rules));
  }

  private Gate makeGate(final String gateName, final Gate.Arms arms, final GateRules rules) {
    final String note = "gate " + gateName;
    final Shard shard = shards.get(0);
    final Gate gate =
        new Gate(
            gateName,
            rules,
            arms,
            clock(),
            shard.notes().get(note),
            (unused, bytes) -> keepNote(shard, note, bytes));
    telemetry.gateMade(gate);
    return gate;
  }

  private void keepNote(final Shard shard, final String note, final byte[] bytes) {
    final PendingReplies.Reply reply =
        send(
            shard,
            shard
                .encoder(CommandType.KEEP_NOTE, 0, clock().monotonicNs())
                .text(note)
                .bytes(new UnsafeBuffer(bytes), 0, bytes.length));
    if (!Replies.isAnswered(reply, NOTE_WAIT_NS)) { // the watch must not wait for a shard for ever
      shard.replies().giveUp(reply);
      throw new EngineException(
          "shard must take a note in time: shard=" + shard.name() + ", note=" + note);
    }
    await(reply);
  }

  /**
   * Looks at the objectives now: listeners are told of changes and gates decide, as by itself once
   * a second. For tests with a clock of their own, and before a report. Waits until the move of a
   * gate is in the journal.
   *
   * @throws IllegalStateException on a shard's thread, as in an inline task
   */
  public void lookAtObjectives() {
    checkOpen();
    checkNotOnShard();
    watch.lookAndTell();
  }

  /**
   * Finds a case by the key that it was started with, whatever version of the workflow it is of and
   * whether any is deployed.
   *
   * @param workflow a workflow of the same name
   * @param key the key
   * @return the case, which shows {@link CaseStatus#UNKNOWN} when it is no longer kept but its key
   *     is remembered; empty when no case was started with the key, or that was so long ago that
   *     the key is not remembered any more ({@link EngineOptions#startKeysKept}): which of the two
   *     is not known
   */
  public Optional<CaseHandle> find(final Workflow workflow, final String key) {
    checkOpen();
    final Shard shard = shardOf(virtualShard(workflow.name(), checkKey(key)));
    final Object found =
        answer(
            shard,
            new Question.FindCase(
                workflow.name(), key.getBytes(StandardCharsets.UTF_8), clock().monotonicNs()));
    return found instanceof Optional<?> caseId
        ? caseId.map(id -> handle((Long) id))
        : Optional.empty();
  }

  /**
   * A handle on a case by its id. Nothing is looked up: a case that is not known shows as {@link
   * CaseStatus#UNKNOWN}.
   *
   * @param caseId the id
   * @return the handle
   * @throws IllegalArgumentException when no case can have this id
   */
  public CaseHandle handle(final long caseId) {
    return new CaseHandle(this, shardOfCase(caseId), caseId);
  }

  private Shard shardOfCase(final long caseId) {
    if (!CaseId.isValid(caseId)) {
      throw new IllegalArgumentException(
          "case id must be one that an engine gave: caseId=" + caseId);
    }
    return shardOf(CaseId.virtualShard(caseId));
  }

  /**
   * How the engine's objectives stand.
   *
   * @return the objectives
   */
  public Objectives objectives() {
    return new Objectives(name, telemetry, shards);
  }

  /**
   * Number of shards.
   *
   * @return at least 1
   */
  public int shardCount() {
    return shards.size();
  }

  /**
   * One line on where and how the state is kept.
   *
   * @return the description
   */
  public String storeDescription() {
    return store.description();
  }

  /**
   * Closes the engine: takes no more commands, waits for handlers that run as long as {@link
   * EngineOptions#closeWait} says, interrupts those that still do, and frees the directory. Cases
   * go on at the next opening; a handler whose result did not come in time runs again then.
   *
   * <p>Whether the calling thread is interrupted makes no difference. A second call waits for the
   * first. On a thread of the engine's own, as in a handler or an inline task, the call returns at
   * once, and the engine closes when that thread has done its work. When user code does not end
   * though it was interrupted, the call returns after twice that time and two seconds; the
   * directory is free when that code has ended.
   */
  @Override
  public void close() {
    closed.set(true);
    closing.close();
  }

  /** Is shown the history of a case; the times as {@link CaseTimeline#add} takes them. */
  @FunctionalInterface
  private interface HistoryReader {
    void onEvent(HistoryEvent event, long serviceNs, long persistNs);
  }

  List<HistoryEvent> history(final Shard shard, final long caseId) {
    final List<HistoryEvent> events = new ArrayList<>();
    readHistory(shard, caseId, (event, serviceNs, persistNs) -> events.add(event));
    return events;
  }

  private void readHistory(final Shard shard, final long caseId, final HistoryReader reader) {
    if (options.history() == History.NONE) {
      throw new IllegalStateException(
          "engine must write history: engine="
              + name
              + ", history=NONE; open it with EngineOptions.history(...)");
    }
    storeUse.enter();
    try {
      readEvents(shard, caseId, reader);
    } finally {
      storeUse.leave();
    }
  }

  private static void readEvents(final Shard shard, final long caseId, final HistoryReader reader) {
    final long outermost = shard.outermost(caseId);
    shard
        .store()
        .readEvents(
            outermost,
            (timeNs, buffer, offset, length) -> {
              final HistoryEvent event = HistoryEvent.decode(timeNs, buffer, offset);
              if (caseId == outermost || event.caseId() == caseId) {
                reader.onEvent(
                    event,
                    HistoryEvent.serviceNs(buffer, offset),
                    HistoryEvent.persistNs(buffer, offset, length));
              }
            });
  }

  /**
   * Where the time of a case went: running, queueing, waiting for the disk, waiting for others,
   * from its history. Reads through the journal of the case's shard on the calling thread: meant
   * for people, not for a hot path. The case's workflow need not be deployed.
   *
   * <p>The history has it on the disk, so that it is told as exactly years and restarts later. A
   * case waits for the disk with {@link Durability#POWER_LOSS} only, between a command and the
   * handlers that it wants to run, and {@link History#WORK_ITEMS} has how long; what a caller waits
   * for the disk, as for the last command of a case, is no time of the case.
   *
   * <p>What is not known is said in the result: with {@link History#CASES} there is only the whole,
   * and of work items that the engine of an older version has written the time in the queue counts
   * as {@link CaseTimes#other}, or that for the disk as {@link CaseTimes#queueing}.
   *
   * @param caseId id of the case, or of one inside another
   * @return the times, which print as a table
   * @throws IllegalStateException when the engine writes no history
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE} when the history has no start
   *     of the case: it never was, is no longer kept, or was started without a history
   * @throws io.penstock.spi.StoreException when it cannot be read, or the engine keeps nothing on
   *     disk
   */
  public CaseTimes explainSlow(final long caseId) {
    checkOpen();
    final CaseTimeline timeline = new CaseTimeline(caseId);
    readHistory(shardOfCase(caseId), caseId, timeline::add);
    final CaseTimes times =
        timeline.times(clock().epochNs(), options.history() == History.WORK_ITEMS);
    if (times == null) {
      throw new CommandRejectedException(
          Rejection.UNKNOWN_CASE,
          "history must have the start of the case: case="
              + caseId
              + "; it never was, is no longer kept, or was started without a history");
    }
    return times;
  }

  EngineClock clock() {
    return options.clock();
  }

  Telemetry telemetry() {
    return telemetry;
  }

  /** Sends a command; waits for room in the inbox as long as the options say. */
  PendingReplies.Reply send(final Shard shard, final CommandEncoder command) {
    return send(shard, command, false);
  }

  private PendingReplies.Reply send(
      final Shard shard, final CommandEncoder command, final boolean async) {
    checkOpen();
    checkNotOnShard();
    final PendingReplies.Reply reply = register(shard, async);
    reply.operation = command.operation();
    reply.sentNs = command.sentNs();
    command.replyTo(reply.number);
    boolean sent = false;
    try {
      if (!shard.offer(command)) {
        waitForRoom(shard, command);
      }
      sent = true;
    } finally {
      if (!sent) {
        shard.replies().giveUp(reply);
      }
    }
    return reply;
  }

  /** Takes a place for the answer; waits for one as for room in the inbox. */
  private PendingReplies.Reply register(final Shard shard, final boolean async) {
    PendingReplies.Reply reply = shard.replies().register(async);
    final long giveUpNs = reply == null ? System.nanoTime() + options.inboxWaitNs() : 0;
    for (int tries = 0; reply == null; tries++) {
      shard.checkRunning();
      if (System.nanoTime() - giveUpNs >= 0) {
        throw inboxFull(shard);
      }
      Backoff.pause(tries);
      reply = shard.replies().register(async);
    }
    return reply;
  }

  /** Puts a question to a shard. */
  void ask(final Shard shard, final Question question) {
    checkOpen();
    checkNotOnShard();
    if (question.operation() != null) {
      telemetry.captureContext(question.trace, 0);
    }
    shard.ask(question);
  }

  /** Puts a question to a shard and waits for the answer. */
  @Nullable Object answer(final Shard shard, final Question question) {
    ask(shard, question);
    try {
      final Object answer = question.await(name, Long.MAX_VALUE);
      final Operation operation = question.operation();
      if (operation != null) {
        telemetry.callerAnswered(operation, question.sentNs);
      }
      return answer;
    } catch (final TimeoutException e) {
      throw new AssertionError("wait without a limit must not time out", e);
    }
  }

  private static void checkNotOnShard() {
    if (Thread.currentThread() instanceof ShardThread) {
      throw new IllegalStateException(
          "command must not be sent from a shard's thread, which would wait for itself: thread="
              + Thread.currentThread().getName()
              + "; inline tasks, guards and reductions run there, use a worker task");
    }
  }

  private void waitForRoom(final Shard shard, final CommandEncoder command) {
    final long giveUpNs = System.nanoTime() + options.inboxWaitNs();
    for (int tries = 0; !shard.offer(command); tries++) {
      if (System.nanoTime() - giveUpNs >= 0) {
        throw inboxFull(shard);
      }
      Backoff.pause(tries);
    }
  }

  private CommandRejectedException inboxFull(final Shard shard) {
    telemetry.commandRejected(Rejection.INBOX_FULL.name());
    return new CommandRejectedException(
        Rejection.INBOX_FULL,
        "inbox must have room: shard="
            + shard.name()
            + "; send less at a time, or raise inboxLength or inboxWait");
  }

  /**
   * Waits for a shard's answer; the calling thread may be interrupted, which gives the answer up
   * but not the command.
   */
  @Nullable Object await(final PendingReplies.Reply reply) {
    final Object answer = Replies.await(reply, name);
    if (reply.operation != null) {
      telemetry.callerAnswered(reply.operation, reply.sentNs);
    }
    return answer;
  }

  private CaseHandle started(final @Nullable Object answer) {
    if (answer instanceof Started started) {
      final long caseId = started.caseId();
      return new CaseHandle(this, shardOfCase(caseId), caseId, started.chunk());
    }
    throw new AssertionError("start must be answered with a case: answer=" + answer);
  }

  /**
   * Forces everything acknowledged before this call to the disk, and waits for it.
   *
   * <p>{@link Durability#PROCESS_CRASH} does so by itself within an interval; {@link
   * Durability#POWER_LOSS} has done so before it acknowledged, and {@link Durability#MEMORY} has
   * nothing to force: both return at once.
   *
   * @throws io.penstock.spi.StoreException when it could not be forced; the shards concerned take
   *     no more until the engine is opened again
   * @throws EngineClosedException when the engine is closed
   */
  public void flush() {
    checkOpen();
    storeUse.enter();
    try {
      store.flush();
    } finally {
      storeUse.leave();
    }
  }

  /**
   * Makes a copy of the engine's directory while it runs, at one point of all shards: everything
   * acknowledged before this call is in it, and with a command all that had been acknowledged
   * before it was sent. To restore it, open it.
   *
   * <p>The shards stand still for a moment, at most {@value ShardPause#WAIT_MAX_NS} ns; then the
   * engine goes on while the calling thread copies. Until it is done the engine drops nothing that
   * it no longer needs, so its directory grows by what is written meanwhile. When this returns, the
   * copy is on the disk, in each mode that keeps anything. It carries the engine's id: of the two
   * directories one only must go on as the truth.
   *
   * @param target a directory that is empty, or is not there yet; not inside the engine's own
   * @return what was copied
   * @throws io.penstock.spi.BackupException when it could not be made: no room, a target that
   *     cannot be used, {@link Durability#MEMORY}, a shard that has stopped or does not come to a
   *     pause; the target then holds no backup, and the engine goes on
   * @throws EngineClosedException when the engine is closed
   */
  public Backup backup(final Path target) {
    checkOpen();
    checkNotOnShard();
    storeUse.enter();
    try {
      return makeBackup(target);
    } finally {
      storeUse.leave();
    }
  }

  private Backup makeBackup(final Path target) {
    if (!backingUp.compareAndSet(false, true)) {
      throw new BackupException(
          "an engine makes one backup at a time: engine="
              + name
              + "; wait until the other is made");
    }
    try (StoreBackup backup = store.backup(target)) {
      final long pauseNs = pauseShards(backup::mark);
      final long length = backup.copy();
      LOG.info(
          "backup is made: engine={}, target={}, length={}, pauseNs={}",
          name,
          target,
          length,
          pauseNs);
      return new Backup(target, length, pauseNs);
    } finally {
      backingUp.set(false);
    }
  }

  /**
   * Lets every shard do something while all stand still; tries again while one is busy.
   *
   * @return how long they stood still, in nanoseconds
   */
  private long pauseShards(final IntConsumer part) {
    final long giveUpNs = System.nanoTime() + PAUSE_WAIT_NS;
    do {
      final ShardPause pause = new ShardPause(shards.size(), part);
      shards.forEach(shard -> shard.pause(pause));
      while (!pause.isOver()) {
        requirePausing(pause, giveUpNs);
        LockSupport.parkNanos(this, PAUSE_POLL_NS);
      }
      if (pause.isDone()) {
        return pause.durationNs();
      }
      LockSupport.parkNanos(this, PAUSE_RETRY_NS); // those that came in vain have work to do
    } while (System.nanoTime() - giveUpNs < 0);
    throw busy();
  }

  private void requirePausing(final ShardPause pause, final long giveUpNs) {
    try {
      checkOpen();
      shards.forEach(Shard::checkRunning);
    } catch (final EngineClosedException e) {
      pause.giveUp();
      throw e;
    } catch (final RuntimeException e) {
      pause.giveUp();
      throw new BackupException(
          "every shard must run for a backup: engine="
              + name
              + "; close the engine and open it again",
          e);
    }
    if (System.nanoTime() - giveUpNs >= 0) {
      pause.giveUp();
      if (!pause.isDone()) {
        throw busy();
      }
    }
  }

  private BackupException busy() {
    return new BackupException(
        "shards must come to a pause for a backup: engine="
            + name
            + ", waitedNs="
            + PAUSE_WAIT_NS
            + "; an inline task holds one up, try again or make it a worker task");
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new EngineClosedException(name);
    }
  }

  private int number(final Workflow workflow) {
    final Integer number = deployments.number(workflow);
    if (number == null) {
      throw new CommandRejectedException(
          Rejection.WORKFLOW_NOT_DEPLOYED,
          "workflow must be deployed: workflow=" + workflow + "; call deploy first");
    }
    return number;
  }

  private static String checkKey(final String key) {
    return Texts.name("start key", key);
  }

  private int nextVirtualShard() {
    return Math.floorMod(nextVirtualShard.getAndIncrement(), CaseId.VIRTUAL_SHARDS);
  }

  private static int virtualShard(final String workflow, final String key) {
    final int hash = (31 * workflow.hashCode() + key.hashCode()) * 0x9E3779B9;
    return hash >>> (Integer.SIZE - 10);
  }

  private Shard shardOf(final int virtualShard) {
    return shards.get(CaseId.shard(virtualShard, shards.size()));
  }
}
