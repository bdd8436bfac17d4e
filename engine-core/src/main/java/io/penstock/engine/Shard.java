package io.penstock.engine;

import io.penstock.engine.CommandEncoder.CommandType;
import io.penstock.engine.Question.EndWait;
import io.penstock.engine.Question.EndWaitAbandoned;
import io.penstock.spi.Durability;
import io.penstock.spi.EngineClock;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardLevels;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.ShardStore;
import io.penstock.spi.StoreFullException;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Workflow;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread and what it alone owns: an inbox, the cases of some virtual shards, their store.
 *
 * <p>A round of {@link #doWork} reads the clocks once, takes a run of commands, lets due timers
 * fire, makes the run durable, and only then answers the callers. When the store fails, or an
 * invariant is broken, the shard stops: every caller is told, the journal stays.
 */
final class Shard implements CasePlayer.InlineRunner, ShardLevels {
  private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
  private static final int COMMANDS_A_ROUND = 64;
  private static final int INBOX_LENGTH_HANDING_OUT = 4 * 1024;
  private static final int QUESTIONS_A_ROUND = 256;

  /** Inline tasks that one command runs before others have their turn. */
  private static final int INLINE_RUNS_A_TURN = 1_000;

  /** After so many the clock is looked at, if others wait. */
  private static final int INLINE_RUNS_A_LOOK = 32;

  /** How long inline tasks run, after the first look, before others have their turn. */
  private static final long TURN_MAX_NS = 2_000_000;

  private static final long NOT_LOOKED = Long.MIN_VALUE;

  /** Callers that one case wakes by itself; more are left to other threads. */
  private static final int WAITS_ANSWERED_MAX = 64;

  /** A force takes as long as hundreds of commands: as many as can share it. */
  private static final int COMMANDS_A_FORCE = 1024;

  private static final int PENDING_REPLIES_MAX = 8192;
  private static final int OVERSIZED_MAX = 1024;

  /** Bytes of the commands that wait beside the inbox; a single one is never too long. */
  private static final long OVERSIZED_LENGTH_MAX = 2L * Changes.LENGTH_MAX;

  private static final int COMMAND_MESSAGE = 1;
  private static final int OVERSIZED_MESSAGE = 2;
  private static final long FULL_STORE_RETRY_NS = 100_000_000L;

  /** Name of the note that keeps what the observer wants kept. */
  private static final String OBSERVATIONS = "objectives";

  /** How much of them the end of the process may take. */
  private static final long SAVE_INTERVAL_NS = 10_000_000_000L;

  private static final long NOTHING_TO_SAVE = Long.MAX_VALUE;
  private static final long SLEEP_MAX_NS = 3_600_000_000_000L;
  private static final DirectBuffer NO_TRACE =
      new UnsafeBuffer(new byte[ShardObserver.TRACE_LENGTH]);

  private final String name;
  private final int index;
  private final int commandsARound;
  private final long groupCommitDelayNs;
  private final boolean timesPersist;
  private final EngineClock clock;
  private final Telemetry telemetry;
  private final ShardObserver observer;
  private final boolean observed;
  private final boolean entersInlineTasks;
  private final ShardStore store;
  private final Answers answers;
  private final StoreUse storeUse;
  private final IntFunction<Workflow> workflows;
  private final Definitions definitions = new Definitions();
  private final StatusTable statuses = new StatusTable();
  private final TimerQueue timers = new TimerQueue();
  private final Effects effects = new Effects();
  private final PendingReplies replies = new PendingReplies(PENDING_REPLIES_MAX);
  private final Supplier<Kernel> kernels;
  private final Runnable fireNextTimer = this::fireNextTimer;
  private final Runnable createUnfinished = this::createUnfinished;
  private final Runnable runDeferred = this::runDeferredNow;
  private final Runnable timeJumped = this::timeJumped;
  private final FullStore fullStore = new FullStore();
  private final Notes notes = new Notes();
  private Kernel kernel;
  private final LargeReferences storedValues;
  private final HandlerRuns runs;
  private final UserCode userCode = new UserCode();
  private final ManyToOneConcurrentLinkedQueue<Question> questions =
      new ManyToOneConcurrentLinkedQueue<>();
  private final EndWaits waits = new EndWaits();
  private final List<Object> givenAnswers = new ArrayList<>(); // pairs: question, answer
  private final MessageHandler onMessage;
  private final ManyToOneRingBuffer inbox;
  private final ManyToManyConcurrentArrayQueue<DirectBuffer> oversized =
      new ManyToManyConcurrentArrayQueue<>(OVERSIZED_MAX);
  private final AtomicLong oversizedLength = new AtomicLong();
  private final CommandDecoder decoder = new CommandDecoder();
  private final ThreadLocal<CommandEncoder> encoders = ThreadLocal.withInitial(CommandEncoder::new);
  private final ShardIdle idle = new ShardIdle(this::sleepNs);
  private final ExpandableArrayBuffer observations = new ExpandableArrayBuffer();
  private final LongArrayList acknowledgedSentNs = new LongArrayList();
  private final List<Operation> acknowledged = new ArrayList<>();
  private final List<@Nullable Object> asyncReplies = new ArrayList<>();
  private final AtomicLong storeLength = new AtomicLong();
  private volatile int rememberedKeys;
  private long roundEpochNs;
  private long stepNs;
  private long turnBeganNs;

  /** Bytes of the inbox that were taken in this round and are not free yet. */
  private int takenLength;

  private long saveDueNs = NOTHING_TO_SAVE;

  /** Length of the observations that the store had no room for, 0 if none. */
  private int unsavedLength;

  /** How long the round in hand has been kept from the disk to gather more. */
  private long persistNs;

  /** Times that the clock was moved by hand; how many the shard has seen, and has dealt with. */
  private final AtomicLong jumps = new AtomicLong();

  private long jumpsSeen;
  private volatile long jumpsDone;
  private volatile boolean draining;
  private volatile boolean terminating;
  private volatile boolean discardsInterrupted;
  private volatile @Nullable RuntimeException failure;
  private volatile boolean closed;
  private final AtomicReference<@Nullable ShardPause> pause = new AtomicReference<>();

  Shard(
      final String name,
      final int index,
      final EngineOptions options,
      final ShardStore store,
      final Telemetry telemetry,
      final ShardObserver observer,
      final Workers workers,
      final Answers answers,
      final StoreUse storeUse,
      final IntFunction<Workflow> workflows,
      final long keySeed) {
    this.name = name;
    this.index = index;
    final boolean forced = options.durability() == Durability.POWER_LOSS;
    commandsARound = forced ? COMMANDS_A_FORCE : COMMANDS_A_ROUND;
    groupCommitDelayNs = forced ? options.groupCommitDelayNs() : 0;
    timesPersist = forced && options.history() == History.WORK_ITEMS;
    this.clock = options.clock();
    this.store = store;
    this.answers = answers;
    this.storeUse = storeUse;
    this.telemetry = telemetry;
    this.observer = observer;
    runs = new HandlerRuns(this, workers, options.backlogMax());
    onMessage = this::onMessage;
    this.workflows = workflows;
    observed = !observer.equals(ShardObserver.NONE);
    entersInlineTasks = observer.entersInlineTasks();
    inbox =
        new ManyToOneRingBuffer(
            new UnsafeBuffer(
                ByteBuffer.allocateDirect(
                    options.inboxLength() + RingBufferDescriptor.TRAILER_LENGTH)));
    storedValues = LargeReferences.of(store, storeUse);
    kernels =
        () ->
            new Kernel(
                store,
                definitions,
                statuses,
                timers,
                effects,
                observer,
                notes,
                this,
                keySeed,
                new Retention(options.endedCasesKept(), options.endedCasesKeptForNs()),
                new RememberedKeys(options.startKeysKept(), options.startKeysKeptForNs()),
                options.depthMax(),
                options.history(),
                new Mailbox(options.messageKeysKept(), options.messageKeysKeptForNs()),
                userCode);
    kernel = kernels.get();
    kernel.recover(store, runs);
    storeLength.setRelease(store.length());
    final byte[] saved = notes.get(OBSERVATIONS);
    if (saved.length > 0) {
      observer.restore(new UnsafeBuffer(saved), 0, saved.length);
    }
    rememberedKeys = kernel.rememberedKeys();
  }

  /** The shard's thread is about to start: from now on it follows a clock that is moved by hand. */
  void followClock() {
    clock.onJump(timeJumped);
  }

  ShardIdle idleStrategy() {
    return idle;
  }

  EngineClock clock() {
    return clock;
  }

  Telemetry telemetry() {
    return telemetry;
  }

  StatusTable statuses() {
    return statuses;
  }

  Notes notes() {
    return notes;
  }

  /** How full the inbox is, from 0 to 1. */
  double fill() {
    return (double) inbox.size() / inbox.capacity();
  }

  PendingReplies replies() {
    return replies;
  }

  // ---- any thread ----

  @Override
  public long inboxLength() {
    return inbox.size() + oversizedLength.get();
  }

  @Override
  public long storeLength() {
    return storeLength.getAcquire();
  }

  @Override
  public long startKeysRemembered() {
    return rememberedKeys;
  }

  @Override
  public long writeStalls() {
    return store.writeStalls();
  }

  /** The calling thread's encoder, begun; holds the thread's trace context. */
  CommandEncoder encoder(final CommandType type, final long caseId, final long sentNs) {
    final CommandEncoder encoder = encoders.get().begin(type, caseId, sentNs);
    telemetry.captureContext(encoder.buffer(), CommandEncoder.TRACE_OFFSET);
    return encoder;
  }

  /** Somebody has moved the clock: comes back when what is due by then is done. */
  private void timeJumped() {
    final long jump = jumps.incrementAndGet();
    idle.wake();
    while (jumpsDone < jump && isRunning() && !(Thread.currentThread() instanceof ShardThread)) {
      Thread.onSpinWait();
    }
  }

  /** Whether the shard takes commands; any thread. */
  boolean isRunning() {
    return failure == null && !closed && !terminating;
  }

  /** Puts a question to the shard; it is answered as long as the shard runs. */
  void ask(final Question question) {
    checkRunning();
    questions.offer(question);
    idle.wake();
    if (!isRunning()) { // it may have looked for the last time before this one was there
      final RuntimeException stopped = failure;
      question.answer(stopped == null ? new EngineClosedException(name) : stopped);
    }
  }

  /** The caller of a wait goes: nothing of it stays. */
  void abandon(final EndWait wait) {
    if (isRunning()) {
      questions.offer(new EndWaitAbandoned(wait));
      idle.wake();
    }
  }

  /** Puts a command into the inbox; false when it is full. */
  boolean offer(final CommandEncoder command) {
    checkRunning();
    final boolean accepted =
        command.length() <= inbox.maxMsgLength()
            ? inbox.write(COMMAND_MESSAGE, command.buffer(), 0, command.length())
            : offerOversized(command);
    if (accepted) {
      idle.wake();
    }
    return accepted;
  }

  /**
   * A command longer than the inbox takes goes beside it: the bytes first, then a message that says
   * that there are some. Which of the two finds which does not matter, as a command is complete in
   * itself; each caller's own order is kept.
   */
  private boolean offerOversized(final CommandEncoder command) {
    final int length = command.length();
    if (oversizedLength.addAndGet(length) > OVERSIZED_LENGTH_MAX) {
      oversizedLength.addAndGet(-length);
      return false;
    }
    final byte[] bytes = new byte[length];
    command.buffer().getBytes(0, bytes);
    if (!oversized.offer(new UnsafeBuffer(bytes))) {
      oversizedLength.addAndGet(-length);
      return false;
    }
    for (int tries = 0; !inbox.write(OVERSIZED_MESSAGE, NO_TRACE, 0, Long.BYTES); tries++) {
      checkRunning(); // the bytes are in; only the message has to find room
      idle.wake();
      Backoff.pause(tries);
    }
    return true;
  }

  /** Brings a handler's result; waits for room, as a result must not get lost. */
  void submitResult(final CommandEncoder result) {
    try {
      for (int tries = 0; !offer(result); tries++) {
        Backoff.pause(tries);
      }
    } catch (final EngineException e) {
      LOG.debug(
          "result of a handler is dropped, the handler runs again after recovery: shard={}",
          name,
          e);
    }
  }

  void checkRunning() {
    if (closed) {
      throw new EngineClosedException(name);
    }
    final RuntimeException stopped = failure;
    if (stopped != null) {
      throw stopped;
    }
  }

  /**
   * A copy of a case's record for a caller, or null when there is none.
   *
   * @throws EngineClosedException when the engine is closed
   */
  @Nullable CaseRecord readShared(final long caseId) {
    storeUse.enter();
    try {
      return read(caseId);
    } finally {
      storeUse.leave();
    }
  }

  /** A copy of a case's record, or null when there is none; the shard's thread. */
  @Nullable CaseRecord read(final long caseId) {
    final CaseRecord copy = new CaseRecord(storedValues);
    return store.read(caseId, copy.buffer(), 0) < 0 ? null : copy.wrap(definitions.layout(copy));
  }

  /** How often the shard's thread went into user code or came out, see {@link UserCode}. */
  long userCodePassages() {
    return userCode.passages();
  }

  ShardStore store() {
    return store;
  }

  /** The values that records only refer to; the shard's thread. */
  LargeValues large() {
    return kernel.large();
  }

  /**
   * The case around all others that a case is in; itself when it has ended and is gone. Looks at
   * the heads of records alone: the workflow need not be deployed.
   */
  long outermost(final long caseId) {
    final CaseRecord head = new CaseRecord(storedValues);
    long at = caseId;
    while (store.read(at, head.buffer(), 0) >= 0 && head.parentId() != 0) {
      at = head.parentId();
    }
    return at;
  }

  /** Hands out no more work, so that the shard comes to rest. */
  void drain() {
    draining = true;
    idle.wake();
  }

  /** Lets the shard's thread end. */
  void terminate() {
    terminating = true;
    idle.wake();
  }

  /** Asks the shard to come to a pause; one at a time. */
  void pause(final ShardPause asked) {
    pause.set(asked);
    idle.wake();
  }

  /**
   * The engine closes and waits for this shard's user code in vain: what it throws now is not its
   * task's failure. Nothing of the command in hand is kept.
   */
  void interruptUserCode(final ShardThread thread) {
    discardsInterrupted = true;
    thread.interrupt();
  }

  /** Wakes the shard's thread, so that it looks at the time. */
  void wake() {
    idle.wake();
  }

  /** Handlers under way. */
  int runningCount() {
    return runs.runningCount();
  }

  // ---- the shard's thread ----

  /** The shard's name. */
  String name() {
    return name;
  }

  /** Whether as many work items wait for workers as may; any thread. */
  boolean isBacklogFull() {
    return runs.isBacklogFull();
  }

  /** Whether the shard's thread is to end. */
  boolean isTerminating() {
    return terminating;
  }

  /** A round; says how much there was to do. */
  int doWork() {
    if (failure != null) {
      return refuseAll();
    }
    try {
      if (pause.get() != null) {
        standStill(pause.getAndSet(null));
      }
      stepNs = clock.monotonicNs();
      roundEpochNs = clock.epochNs(stepNs);
      int done = fullStore.isFull() ? tryToGoOn() : 0;
      if (jumps.get() != jumpsSeen) {
        followTime();
        done++;
      }
      takenLength = 0;
      runs.begin();
      int taken = inbox.read(onMessage, commandsARound);
      takenLength = 0;
      if (taken > 0 && groupCommitDelayNs > 0) {
        gatherMore();
        taken += inbox.read(onMessage, commandsARound);
        takenLength = 0;
      }
      done += taken;
      done += takeQuestions();
      done += fireTimers();
      done += createChildren();
      done += runDeferred();
      if (done > 0) {
        acknowledge();
        storeLength.setRelease(store.length());
        rememberedKeys = kernel.rememberedKeys();
      }
      if (stepNs >= saveDueNs) {
        save();
      } else if (observed && done > 0 && saveDueNs == NOTHING_TO_SAVE) {
        saveDueNs = stepNs + SAVE_INTERVAL_NS;
      }
      done += holdsBack() ? 0 : runs.handOut(); // after the durability point
      if (jumpsDone != jumpsSeen) {
        jumpsDone = jumpsSeen;
      }
      return done;
    } catch (final EngineClosedException closing) { // see interruptUserCode
      failReplies(closing);
      return 1;
    } catch (final Throwable e) { // a broken invariant or a failed store: stop, keep the journal
      stop(e);
      return 1;
    }
  }

  /** A force costs as much for many commands as for one: waits for those that are on their way. */
  private void gatherMore() {
    tellTime();
    final long fromNs = timesPersist ? clock.monotonicNs() : 0;
    LockSupport.parkNanos(this, groupCommitDelayNs);
    endStep();
    persistNs = timesPersist ? clock.monotonicNs() - fromNs : 0;
  }

  /** Makes the round durable, and notes how long its work was kept for that if history tells. */
  private void sync() {
    if (!timesPersist) {
      store.sync();
      return;
    }
    final long fromNs = clock.monotonicNs();
    store.sync();
    runs.persisted(persistNs + clock.monotonicNs() - fromNs);
    persistNs = 0;
  }

  /**
   * Keeps what the observer wants kept; it is on the disk with what is stored next. What there is
   * no room for is tried again, as the observer tells it only once.
   */
  private void save() {
    saveDueNs = NOTHING_TO_SAVE;
    final int newLength = observer.save(observations, stepNs, roundEpochNs);
    final int length = newLength > 0 ? newLength : unsavedLength;
    if (length > 0) {
      try {
        notes.put(store, roundEpochNs, OBSERVATIONS, observations, 0, length);
        unsavedLength = 0;
      } catch (final StoreFullException full) {
        LOG.debug("store has no room for what was observed: shard={}", name, full);
        unsavedLength = length;
        saveDueNs = stepNs + SAVE_INTERVAL_NS;
      }
    }
  }

  private void saveAtEnd() {
    if (observed && failure == null) {
      try {
        stepNs = clock.monotonicNs();
        roundEpochNs = clock.epochNs();
        save();
        store.sync();
      } catch (final RuntimeException e) {
        LOG.warn("what was observed could not be kept: shard={}", name, e);
      }
    }
  }

  private void standStill(final @Nullable ShardPause asked) {
    if (asked != null) {
      asked.arrive(index);
    }
  }

  private int takeQuestions() {
    int taken = 0;
    for (Question question = questions.isEmpty() ? null : questions.poll();
        question != null;
        question = taken < QUESTIONS_A_ROUND ? questions.poll() : null) {
      taken++;
      if (question instanceof EndWaitAbandoned abandoned) {
        waits.remove(abandoned.wait);
      } else {
        answer(question);
      }
    }
    return taken;
  }

  private void answer(final Question question) {
    if (jumps.get() != jumpsSeen) {
      followTime();
    }
    final Operation operation = question.operation();
    if (operation != null) {
      observer.commandStarted(operation, question.trace, 0, stepNs);
    }
    Object answer;
    try {
      answer = kernel.answer(question, roundEpochNs);
    } catch (final CommandRejectedException refused) {
      answer = refused;
    } catch (final RuntimeException | Error broken) {
      givenAnswers.add(question); // is answered when the shard stops
      givenAnswers.add(broken);
      throw broken;
    }
    if (answer != null) {
      givenAnswers.add(question);
      givenAnswers.add(answer);
    } else if (question instanceof EndWait wait) {
      waits.add(wait);
    }
    if (operation != null) {
      endCommand();
      acknowledged.add(operation);
      acknowledgedSentNs.addLong(question.sentNs);
    }
  }

  private void onMessage(
      final int type, final MutableDirectBuffer buffer, final int offset, final int length) {
    takenLength +=
        BitUtil.align(length + RecordDescriptor.HEADER_LENGTH, RecordDescriptor.ALIGNMENT);
    if (type == COMMAND_MESSAGE) {
      execute(buffer, offset, length);
    } else {
      final DirectBuffer command = oversized.poll();
      oversizedLength.addAndGet(-command.capacity());
      execute(command, 0, command.capacity());
    }
  }

  private void execute(final DirectBuffer buffer, final int offset, final int length) {
    if (jumps.get() != jumpsSeen) {
      followTime();
    }
    decoder.wrap(buffer, offset);
    final CommandType type = decoder.type();
    if (fullStore.isFull() && !type.isQuery()) {
      putOff(type, buffer, offset, length);
      return;
    }
    final Operation operation = type.operation();
    final long sentNs = decoder.sentNs();
    turnBeganNs = NOT_LOOKED;
    if (type.endsRun()) {
      runs.ended(decoder.replyNumber(), stepNs - sentNs);
    }
    final int answersBefore = effects.answered.size();
    if (operation != null) {
      observer.commandStarted(operation, buffer, decoder.traceOffset(), stepNs);
    }
    try {
      kernel.execute(decoder, attachment(type), roundEpochNs);
      applyEffects();
    } catch (final CommandRejectedException refused) {
      kernel.abandon();
      telemetry.commandRejected(refused.rejection().name());
      if (!type.isResult()) { // whose number is that of a run
        effects.answer(decoder.replyNumber(), refused);
      }
    } catch (final StoreFullException full) {
      effects.keepAnswers(answersBefore);
      beginAnew(full);
      decoder.wrap(buffer, offset);
      putOff(type, buffer, offset, length);
    }
    if (operation != null) {
      endCommand();
      acknowledged.add(operation);
      acknowledgedSentNs.addLong(sentNs);
    }
  }

  /** There is no room for what a command would change: a result is kept, a caller is told. */
  private void putOff(
      final CommandType type, final DirectBuffer buffer, final int offset, final int length) {
    if (type.isResult()) {
      fullStore.keep(buffer, offset, length);
    } else {
      telemetry.commandRejected(Rejection.STORE_FULL.name());
      effects.answer(decoder.replyNumber(), fullStore.refusal());
    }
  }

  /**
   * What could not be written must not have happened: the shard begins anew on what is stored, as
   * after an opening, but keeps its callers and the handlers that are under way.
   */
  private void beginAnew(final StoreFullException full) {
    if (!fullStore.isFull()) {
      LOG.warn(
          "store has no room, nothing is lost; the shard refuses changes until there is: shard={}",
          name,
          full);
    }
    fullStore.enter(name, full);
    effects.clear();
    timers.clear();
    kernel = kernels.get();
    kernel.recover(store, runs);
    runs.restart(effects.handedOut);
    effects.clear();
  }

  /** Looks whether there is room again; if so, what was put off comes first. */
  private int tryToGoOn() {
    if (!store.makeRoom()) {
      return 0;
    }
    LOG.info("store has room again: shard={}", name);
    fullStore.leave();
    int done = 1;
    for (DirectBuffer result = fullStore.poll(); result != null; result = pollUnlessFull()) {
      execute(result, 0, result.capacity());
      done++;
    }
    return done;
  }

  private @Nullable DirectBuffer pollUnlessFull() {
    return fullStore.isFull() ? null : fullStore.poll();
  }

  private @Nullable Object attachment(final CommandType type) {
    return switch (type) {
      case CHECK_DEPLOY, DEPLOY -> workflows.apply(decoder.workflowNumber());
      case START,
          COMPLETE_TASK,
          FAIL_TASK,
          CREATE_INSTANCES,
          SEND_MESSAGE,
          CANCEL,
          CLAIM,
          RELEASE,
          START_WORK_ITEM,
          COMPLETE_WORK_ITEM,
          ADD_INSTANCE,
          CLOSE_INSTANCES,
          COMPLETE_INSTANCES,
          SIGNAL,
          ADD_ITEMS,
          KEEP_NOTE ->
          null;
    };
  }

  /**
   * Time was moved on by hand, before the command in hand was sent: what is due by now comes first.
   */
  private void followTime() {
    jumpsSeen = jumps.get();
    roundEpochNs = clock.epochNs();
    while (timers.nextDeadlineNs() <= roundEpochNs && !fullStore.isFull()) {
      fireTimers();
    }
  }

  private int fireTimers() {
    int fired = 0;
    while (timers.nextDeadlineNs() <= roundEpochNs
        && fired < COMMANDS_A_ROUND
        && !fullStore.isFull()) {
      observer.commandStarted(Operation.FIRE_TIMER, NO_TRACE, 0, stepNs);
      byItself(fireNextTimer);
      endCommand();
      fired++;
    }
    return fired;
  }

  /** One portion of the instances that a step has still to make. */
  private int createChildren() {
    if (!kernel.hasUnfinished() || fullStore.isFull() || runs.isBacklogFull()) {
      return 0;
    }
    observer.commandStarted(Operation.FIRE_TIMER, NO_TRACE, 0, stepNs);
    byItself(createUnfinished);
    endCommand();
    return 1;
  }

  /** Inline tasks of a case that has run many already. */
  private int runDeferred() {
    if (!kernel.hasDeferred() || fullStore.isFull() || draining) {
      return 0;
    }
    observer.commandStarted(Operation.FIRE_TIMER, NO_TRACE, 0, stepNs);
    byItself(runDeferred);
    endCommand();
    return 1;
  }

  @Override
  public boolean yields(final int inlineRuns) {
    if (inlineRuns >= INLINE_RUNS_A_TURN) {
      return true;
    }
    if (inlineRuns % INLINE_RUNS_A_LOOK != 0 || !othersWait()) {
      return false;
    }
    final long nowNs = clock.monotonicNs();
    if (turnBeganNs == NOT_LOOKED) {
      turnBeganNs = nowNs;
    }
    return nowNs - turnBeganNs > TURN_MAX_NS;
  }

  /** Whether no work is handed out now: its results would wait for what is in the inbox. */
  private boolean holdsBack() {
    return draining || fullStore.isFull() || inbox.size() > INBOX_LENGTH_HANDING_OUT;
  }

  /** Whether there are commands behind those that have been taken, or questions. */
  private boolean othersWait() {
    return inbox.size() > takenLength || !questions.isEmpty();
  }

  private void fireNextTimer() {
    kernel.fireNextTimer(roundEpochNs);
  }

  private void createUnfinished() {
    kernel.createUnfinished(roundEpochNs);
  }

  private void runDeferredNow() {
    kernel.runDeferred(roundEpochNs);
  }

  /** Does what nobody has sent a command for; it stays to be done when there is no room for it. */
  private void byItself(final Runnable step) {
    final int answersBefore = effects.answered.size();
    turnBeganNs = NOT_LOOKED;
    try {
      step.run();
      applyEffects();
    } catch (final StoreFullException full) {
      effects.keepAnswers(answersBefore);
      beginAnew(full);
    }
  }

  @Override
  public @Nullable Throwable run(
      final HandlerWork work,
      final TaskDefinition task,
      final CaseRecord record,
      final int taskIndex) {
    final Throwable thrown =
        observed ? runObserved(work, task, record, taskIndex) : userCode.run(task.handler(), work);
    if (thrown != null && discardsInterrupted) {
      throw new EngineClosedException(name);
    }
    if (thrown != null) { // printed elsewhere: a log may block
      final long caseId = record.caseId();
      final int attempt = record.attempt(taskIndex);
      answers.execute(() -> HandlerFailures.log(caseId, task, attempt, thrown));
    }
    return thrown;
  }

  private @Nullable Throwable runObserved(
      final HandlerWork work,
      final TaskDefinition task,
      final CaseRecord record,
      final int taskIndex) {
    final TaskHandler handler = task.handler();
    final CaseLayout layout = record.layout();
    final int taskNumber = layout.workflow.taskNumber(layout.netIndex, taskIndex);
    final long startNs = stepNs;
    final Throwable thrown;
    if (entersInlineTasks) {
      final Telemetry.HandlerScope scope =
          observer.inlineTaskStarts(layout.workflowNumber, taskNumber, record.caseId());
      thrown = userCode.run(handler, work);
      scope.close();
    } else {
      thrown = userCode.run(handler, work);
    }
    final boolean failed = thrown != null;
    if (!observer.tallyInlineTask(layout.workflowNumber, taskNumber, failed)) {
      endStep();
      observer.inlineTaskEnded(layout.workflowNumber, taskNumber, startNs, stepNs, failed);
    }
    return thrown;
  }

  private void endCommand() {
    if (!observer.tallyCommand()) {
      endStep();
      observer.commandEnded(stepNs);
    }
  }

  /** What comes now is no step: those that share a reading shall not have it counted in. */
  private void tellTime() {
    if (observer.aboutToWait()) {
      endStep();
      observer.timeTold(stepNs);
    }
  }

  /** One reading of the clock ends a step and begins the next. */
  private void endStep() {
    if (observed) {
      stepNs = clock.monotonicNs();
    }
  }

  /** What the command just stored wants done outside. */
  private void applyEffects() {
    for (int i = 0; i < effects.statuses.size(); i += 2) {
      final long caseId = effects.statuses.getLong(i);
      final CaseStatus status = CaseStatus.ofCode((int) effects.statuses.getLong(i + 1));
      statuses.publish(caseId, status);
      if (status != CaseStatus.RUNNING && !waits.isEmpty()) {
        final EndWait first = waits.takeAll(caseId);
        if (first != null) {
          givenAnswers.add(first);
          givenAnswers.add(status);
        }
      }
    }
    for (int i = 0; i < effects.released.size(); i++) {
      statuses.release(effects.released.getLong(i));
    }
    for (int i = 0; i < effects.takenBack.size(); i += 2) {
      runs.cancel(effects.takenBack.getLong(i), effects.takenBack.getLong(i + 1));
    }
    final Object traceParent = effects.handedOut.isEmpty() ? null : observer.traceParent();
    for (int i = 0; i < effects.handedOut.size(); i += 2) {
      runs.add(effects.handedOut.getLong(i), effects.handedOut.getLong(i + 1), traceParent);
    }
    effects.clear();
  }

  /** The durability point, and then the answers. */
  private void acknowledge() {
    tellTime();
    sync();
    for (int i = 0; i < effects.answered.size(); i++) {
      final PendingReplies.Reply reply = replies.take(effects.answered.getLong(i));
      if (reply != null && reply.async) {
        asyncReplies.add(reply);
        asyncReplies.add(effects.answers.get(i));
      } else if (reply != null) {
        reply.answer(effects.answers.get(i));
      }
    }
    if (!asyncReplies.isEmpty()) {
      answers.give(asyncReplies);
      asyncReplies.clear();
    }
    if (!givenAnswers.isEmpty()) {
      answerQuestions();
    }
    effects.answered.clear();
    effects.answers.clear();
    endStep();
    for (int i = 0; observed && i < acknowledged.size(); i++) {
      observer.acknowledged(acknowledged.get(i), acknowledgedSentNs.getLong(i), stepNs);
    }
    acknowledged.clear();
    acknowledgedSentNs.clear();
  }

  private void answerQuestions() {
    for (int i = 0; i < givenAnswers.size(); i += 2) {
      final Object answer = givenAnswers.get(i + 1);
      if (!(givenAnswers.get(i) instanceof EndWait first)) {
        ((Question) givenAnswers.get(i)).answer(answer);
      } else if (isLong(first)) {
        answers.execute(() -> EndWaits.answer(first, answer));
      } else {
        EndWaits.answer(first, answer);
      }
    }
    givenAnswers.clear();
  }

  private static boolean isLong(final EndWait first) {
    int count = 0;
    for (EndWait wait = first; wait != null && count <= WAITS_ANSWERED_MAX; wait = wait.next) {
      count++;
    }
    return count > WAITS_ANSWERED_MAX;
  }

  private long sleepNs() {
    if (inbox.size() > 0
        || !questions.isEmpty()
        || terminating
        || pause.get() != null
        || jumps.get() != jumpsSeen) {
      return 0;
    }
    if (fullStore.isFull()) {
      return FULL_STORE_RETRY_NS;
    }
    final long deadlineNs = timers.nextDeadlineNs();
    final long sleepMaxNs =
        runs.isWindowFull()
            ? HandOutWindow.SILENCE_NS
            : saveDueNs == NOTHING_TO_SAVE ? SLEEP_MAX_NS : SAVE_INTERVAL_NS;
    return deadlineNs == TimerQueue.NEVER
        ? sleepMaxNs
        : Math.min(sleepMaxNs, deadlineNs - clock.epochNs());
  }

  private void stop(final Throwable cause) {
    LOG.error(
        "shard has stopped, its journal is kept: shard={}; close the engine and open it again",
        name,
        cause);
    final CommandRejectedException stopped =
        new CommandRejectedException(
            Rejection.SHARD_STOPPED,
            "shard must be running: shard="
                + name
                + ", cause="
                + UserCode.describe(cause)
                + "; close the engine and open it again");
    stopped.initCause(cause);
    failure = stopped;
    failReplies(stopped);
    refuseQuestions(stopped);
  }

  private void refuseQuestions(final RuntimeException reason) {
    for (int i = 0; i < givenAnswers.size(); i += 2) {
      if (givenAnswers.get(i) instanceof EndWait first) {
        EndWaits.answer(first, reason);
      } else {
        ((Question) givenAnswers.get(i)).answer(reason);
      }
    }
    givenAnswers.clear();
    waits.answerAll(reason);
    for (Question question = questions.poll(); question != null; question = questions.poll()) {
      question.answer(reason);
    }
  }

  private int refuseAll() {
    final RuntimeException stopped = failure;
    final int refused = inbox.read((type, buffer, offset, length) -> {});
    if (stopped != null) {
      if (refused > 0) {
        failReplies(stopped);
      }
      refuseQuestions(stopped);
    }
    return refused;
  }

  /** The last thing that the shard's thread does. */
  void onClose() {
    clock.removeJumpListener(timeJumped);
    saveAtEnd();
    closed = true;
    final EngineClosedException reason = new EngineClosedException(name);
    failReplies(reason);
    refuseQuestions(reason);
  }

  private void failReplies(final RuntimeException reason) {
    final List<@Nullable Object> async = new ArrayList<>();
    replies.failAll(reason, async);
    if (!async.isEmpty()) {
      answers.give(async);
    }
  }
}
