package io.penstock.engine;

import io.penstock.spi.Durability;
import io.penstock.spi.EngineClock;
import io.penstock.spi.StoreProvider;
import io.penstock.spi.TelemetryProvider;
import io.penstock.workflow.Priority;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/**
 * How an engine runs. Immutable: each method gives a changed copy, and refuses a value out of
 * range.
 */
public final class EngineOptions {
  private static final EngineOptions DEFAULTS = new EngineOptions(new Fields());

  private static final long AGE_MAX_NS = Duration.ofDays(36_500).toNanos();

  private final Fields fields;

  private EngineOptions(final Fields fields) {
    this.fields = fields;
  }

  /**
   * {@link Durability#PROCESS_CRASH}, a shard for every two processors up to four, an inbox of 256
   * KiB a shard, 10,000 ended cases kept a shard, store and telemetry from the class path, the
   * machine's clock.
   *
   * @return the defaults
   */
  public static EngineOptions defaults() {
    return DEFAULTS;
  }

  /**
   * What acknowledged commands survive.
   *
   * @param durability the mode
   * @return the changed options
   */
  public EngineOptions durability(final Durability durability) {
    final Fields changed = fields.copy();
    changed.durability = Objects.requireNonNull(durability, "durability must not be null");
    return new EngineOptions(changed);
  }

  /**
   * Number of shards of a new directory: threads that run cases. An existing directory keeps its
   * number.
   *
   * @param shardCount from 1 to 64
   * @return the changed options
   */
  public EngineOptions shards(final int shardCount) {
    final Fields changed = fields.copy();
    changed.shardCount = inRange("shardCount", shardCount, 1, 64);
    return new EngineOptions(changed);
  }

  /**
   * Bytes of a shard's inbox; rounded up to a power of two.
   *
   * @param inboxLength from 16 KiB to 1 GiB
   * @return the changed options
   */
  public EngineOptions inboxLength(final int inboxLength) {
    final Fields changed = fields.copy();
    changed.inboxLength =
        BitUtil.findNextPositivePowerOfTwo(inRange("inboxLength", inboxLength, 16 * 1024, 1 << 30));
    return new EngineOptions(changed);
  }

  /**
   * How long a caller waits for room in a full inbox before it is refused; 100 ms by default.
   *
   * @param inboxWait zero to be refused at once; at most one hour
   * @return the changed options
   */
  public EngineOptions inboxWait(final Duration inboxWait) {
    final Fields changed = fields.copy();
    changed.inboxWaitNs =
        inRange("inboxWaitNs", Nanos.of(inboxWait), 0, Duration.ofHours(1).toNanos());
    return new EngineOptions(changed);
  }

  /**
   * Threads for handlers where the JDK has no virtual threads; elsewhere each handler has a virtual
   * thread of its own.
   *
   * @param workerThreads from 1 to 10,000
   * @return the changed options
   */
  public EngineOptions workerThreads(final int workerThreads) {
    final Fields changed = fields.copy();
    changed.workerThreads = inRange("workerThreads", workerThreads, 1, 10_000);
    return new EngineOptions(changed);
  }

  /**
   * How many work items of each shard may wait for a worker; 1,000,000 by default, which takes
   * about 32 MB. When there are more, new cases wait as they do for room in the inbox and are then
   * refused as {@link Rejection#OVERLOADED}, and no more instances of steps are made; the steps of
   * cases that run are never refused.
   *
   * @param backlogMax from 1 to 100,000,000
   * @return the changed options
   */
  public EngineOptions backlogMax(final int backlogMax) {
    final Fields changed = fields.copy();
    changed.backlogMax = inRange("backlogMax", backlogMax, 1, 100_000_000);
    return new EngineOptions(changed);
  }

  /**
   * How many ended cases each shard keeps for reading; the oldest go first, some at a time, so that
   * for a while there can be up to 63 more. Their start keys are remembered longer: {@link
   * #startKeysKept}.
   *
   * @param endedCasesKept from 0 to 100,000,000
   * @return the changed options
   */
  public EngineOptions endedCasesKept(final int endedCasesKept) {
    final Fields changed = fields.copy();
    changed.endedCasesKept = inRange("endedCasesKept", endedCasesKept, 0, 100_000_000);
    return new EngineOptions(changed);
  }

  /**
   * How long after its end a case is kept, unless there are more than {@link #endedCasesKept};
   * without a limit by default. Cases of workflows that are not deployed go too.
   *
   * @param endedCasesKeptFor from zero, which keeps none, to 100 years
   * @return the changed options
   */
  public EngineOptions endedCasesKeptFor(final Duration endedCasesKeptFor) {
    final Fields changed = fields.copy();
    changed.endedCasesKeptForNs =
        inRange("endedCasesKeptForNs", Nanos.of(endedCasesKeptFor), 0, AGE_MAX_NS);
    return new EngineOptions(changed);
  }

  /**
   * How many start keys of cases that are no longer kept each shard remembers at least; 100,000 by
   * default. A start with such a key starts nothing: it gives the handle of the first case, whose
   * status is {@link CaseStatus#UNKNOWN}. Keys of cases that are kept are always known, whatever
   * this says. A remembered key takes about 100 bytes beside its own.
   *
   * @param startKeysKept from 0, which remembers none, to 100,000,000
   * @return the changed options
   */
  public EngineOptions startKeysKept(final int startKeysKept) {
    final Fields changed = fields.copy();
    changed.startKeysKept = inRange("startKeysKept", startKeysKept, 0, 100_000_000);
    return new EngineOptions(changed);
  }

  /**
   * How long after the end of its case a start key is remembered, unless there are more than {@link
   * #startKeysKept}; without a limit by default.
   *
   * @param startKeysKeptFor from zero to 100 years
   * @return the changed options
   */
  public EngineOptions startKeysKeptFor(final Duration startKeysKeptFor) {
    final Fields changed = fields.copy();
    changed.startKeysKeptForNs =
        inRange("startKeysKeptForNs", Nanos.of(startKeysKeptFor), 0, AGE_MAX_NS);
    return new EngineOptions(changed);
  }

  /**
   * How many idempotency keys of messages and signals that were taken each case remembers, the last
   * ones; 100 by default. They stand in the case's record, which is written at each step, and give
   * way to messages that wait when the record has no room for both.
   *
   * @param messageKeysKept from 0 to 1,000
   * @return the changed options
   */
  public EngineOptions messageKeysKept(final int messageKeysKept) {
    final Fields changed = fields.copy();
    changed.messageKeysKept = inRange("messageKeysKept", messageKeysKept, 0, 1_000);
    return new EngineOptions(changed);
  }

  /**
   * How long a case remembers the idempotency key of a message or signal that was taken, to the
   * second, unless there are more than {@link #messageKeysKept}; seven days by default. The key of
   * a message that waits is always known.
   *
   * @param messageKeysKeptFor from zero to 100 years
   * @return the changed options
   */
  public EngineOptions messageKeysKeptFor(final Duration messageKeysKeptFor) {
    final Fields changed = fields.copy();
    changed.messageKeysKeptForNs =
        inRange("messageKeysKeptForNs", Nanos.of(messageKeysKeptFor), 0, AGE_MAX_NS);
    return new EngineOptions(changed);
  }

  /**
   * How long {@link Engine#close} waits for handlers that run, and then as long again for threads
   * that it has interrupted; five seconds by default.
   *
   * @param closeWait from zero, which interrupts at once, to one hour
   * @return the changed options
   */
  public EngineOptions closeWait(final Duration closeWait) {
    final Fields changed = fields.copy();
    changed.closeWaitNs =
        inRange("closeWaitNs", Nanos.of(closeWait), 0, Duration.ofHours(1).toNanos());
    return new EngineOptions(changed);
  }

  /**
   * How long the opening runs cases of a workflow of its own in memory first, so that the JVM has
   * loaded and compiled what runs cases when the engine opens; not at all by default. The first
   * commands of a JVM take milliseconds otherwise; about two seconds are enough. Only the first
   * engine of a JVM needs it.
   *
   * @param warmUp from zero to one minute; the opening takes that much longer
   * @return the changed options
   */
  public EngineOptions warmUp(final Duration warmUp) {
    final Fields changed = fields.copy();
    changed.warmUpNs = inRange("warmUpNs", Nanos.of(warmUp), 0, Duration.ofMinutes(1).toNanos());
    return new EngineOptions(changed);
  }

  /**
   * How long an inline task, guard or reduction may hold its shard before the shard's thread is
   * interrupted, to the second; ten seconds by default. A call that answers interrupts then fails
   * its task; one that does not cannot be ended, which is logged.
   *
   * @param inlineTimeMax from one second to one hour
   * @return the changed options
   */
  public EngineOptions inlineTimeMax(final Duration inlineTimeMax) {
    final Fields changed = fields.copy();
    changed.inlineTimeMaxNs =
        inRange(
            "inlineTimeMaxNs",
            Nanos.of(inlineTimeMax),
            Duration.ofSeconds(1).toNanos(),
            Duration.ofHours(1).toNanos());
    return new EngineOptions(changed);
  }

  /**
   * What is written down of what happens to cases, for {@link CaseHandle#history}. Nothing by
   * default: it is written into the journal beside the state, which makes that about twice as long
   * for cases of short tasks.
   *
   * @param history how much
   * @return the changed options
   */
  public EngineOptions history(final History history) {
    final Fields changed = fields.copy();
    changed.history = Objects.requireNonNull(history, "history must not be null");
    return new EngineOptions(changed);
  }

  /**
   * How deep cases may lie inside cases, composites and instances together; a task that would go
   * deeper fails. 100 by default.
   *
   * @param depthMax from 1 to 255
   * @return the changed options
   */
  public EngineOptions depthMax(final int depthMax) {
    final Fields changed = fields.copy();
    changed.depthMax = inRange("depthMax", depthMax, 1, 255);
    return new EngineOptions(changed);
  }

  /**
   * How long a shard waits for more commands before it forces a run of them to the disk; {@link
   * Durability#POWER_LOSS} only. None by default: commands gather while the force before is under
   * way, which is enough for most.
   *
   * @param groupCommitDelay at most 100 ms; each command is answered that much later
   * @return the changed options
   */
  public EngineOptions groupCommitDelay(final Duration groupCommitDelay) {
    final Fields changed = fields.copy();
    changed.groupCommitDelayNs =
        inRange(
            "groupCommitDelayNs", Nanos.of(groupCommitDelay), 0, Duration.ofMillis(100).toNanos());
    return new EngineOptions(changed);
  }

  /**
   * Where the state is kept, instead of what the class path offers.
   *
   * @param store opens the store
   * @return the changed options
   */
  public EngineOptions store(final StoreProvider store) {
    final Fields changed = fields.copy();
    changed.store = Objects.requireNonNull(store, "store must not be null");
    return new EngineOptions(changed);
  }

  /**
   * What measures the engine, instead of what the class path offers.
   *
   * @param telemetry makes the telemetry
   * @return the changed options
   */
  public EngineOptions telemetry(final TelemetryProvider telemetry) {
    final Fields changed = fields.copy();
    changed.telemetry = Objects.requireNonNull(telemetry, "telemetry must not be null");
    return new EngineOptions(changed);
  }

  /**
   * The engine's time.
   *
   * @param clock the clock
   * @return the changed options
   */
  public EngineOptions clock(final EngineClock clock) {
    final Fields changed = fields.copy();
    changed.clock = Objects.requireNonNull(clock, "clock must not be null");
    return new EngineOptions(changed);
  }

  /**
   * Is called when an objective changes its state, on a thread that the engine has for this alone,
   * one change after the other. A listener that blocks holds up later changes, and nothing else.
   *
   * @param listener is called; what it throws is logged
   * @return the changed options
   */
  public EngineOptions objectiveListener(final Consumer<ObjectiveChange> listener) {
    final Fields changed = fields.copy();
    changed.objectiveListener = Objects.requireNonNull(listener, "listener must not be null");
    return new EngineOptions(changed);
  }

  /**
   * Objectives for whose sake new cases are refused while their budget burns too fast: those of
   * {@link Priority#LOW} as soon as it does, those of {@link Priority#NORMAL} when it is spent too.
   * Steps of cases that run are never refused. None by default.
   *
   * @param names names of objectives as readings have them: {@code W1}, {@code atm v1}
   * @return the changed options
   */
  public EngineOptions protect(final String... names) {
    final Fields changed = fields.copy();
    changed.protectedObjectives = Set.of(names);
    return new EngineOptions(changed);
  }

  Consumer<ObjectiveChange> objectiveListener() {
    return fields.objectiveListener;
  }

  Set<String> protectedObjectives() {
    return fields.protectedObjectives;
  }

  Durability durability() {
    return fields.durability;
  }

  int shardCount() {
    return fields.shardCount;
  }

  int inboxLength() {
    return fields.inboxLength;
  }

  long inboxWaitNs() {
    return fields.inboxWaitNs;
  }

  long groupCommitDelayNs() {
    return fields.groupCommitDelayNs;
  }

  int workerThreads() {
    return fields.workerThreads;
  }

  History history() {
    return fields.history;
  }

  int endedCasesKept() {
    return fields.endedCasesKept;
  }

  long endedCasesKeptForNs() {
    return fields.endedCasesKeptForNs;
  }

  int backlogMax() {
    return fields.backlogMax;
  }

  int startKeysKept() {
    return fields.startKeysKept;
  }

  long startKeysKeptForNs() {
    return fields.startKeysKeptForNs;
  }

  int messageKeysKept() {
    return fields.messageKeysKept;
  }

  long messageKeysKeptForNs() {
    return fields.messageKeysKeptForNs;
  }

  long closeWaitNs() {
    return fields.closeWaitNs;
  }

  long warmUpNs() {
    return fields.warmUpNs;
  }

  long inlineTimeMaxNs() {
    return fields.inlineTimeMaxNs;
  }

  int depthMax() {
    return fields.depthMax;
  }

  Optional<StoreProvider> store() {
    return Optional.ofNullable(fields.store);
  }

  Optional<TelemetryProvider> telemetry() {
    return Optional.ofNullable(fields.telemetry);
  }

  EngineClock clock() {
    return fields.clock;
  }

  private static int inRange(final String name, final int value, final int min, final int max) {
    return (int) inRange(name, (long) value, min, max);
  }

  private static long inRange(final String name, final long value, final long min, final long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "option must be in range: " + name + "=" + value + ", min=" + min + ", max=" + max);
    }
    return value;
  }

  /** The values; copied, changed once and then left alone. */
  private static final class Fields {
    private static final int SHARDS_MAX = 4;
    private static final int WORKERS_MIN = 32;

    Durability durability = Durability.PROCESS_CRASH;
    int shardCount =
        Math.max(1, Math.min(SHARDS_MAX, Runtime.getRuntime().availableProcessors() / 2));
    int inboxLength = 256 * 1024;
    long inboxWaitNs = Duration.ofMillis(100).toNanos();
    int workerThreads = Math.max(WORKERS_MIN, 8 * Runtime.getRuntime().availableProcessors());
    int endedCasesKept = 10_000;
    long endedCasesKeptForNs = TimerQueue.NEVER;
    int backlogMax = 1_000_000;
    int startKeysKept = 100_000;
    long startKeysKeptForNs = TimerQueue.NEVER;
    int messageKeysKept = 100;
    long messageKeysKeptForNs = Duration.ofDays(7).toNanos();
    long closeWaitNs = Duration.ofSeconds(5).toNanos();
    long warmUpNs;
    long inlineTimeMaxNs = Duration.ofSeconds(10).toNanos();
    int depthMax = 100;
    long groupCommitDelayNs;
    History history = History.NONE;
    @Nullable StoreProvider store;
    @Nullable TelemetryProvider telemetry;
    EngineClock clock = EngineClock.system();
    Consumer<ObjectiveChange> objectiveListener = ObjectiveListeners.NOBODY;
    Set<String> protectedObjectives = Set.of();

    Fields copy() {
      final Fields copy = new Fields();
      copy.durability = durability;
      copy.shardCount = shardCount;
      copy.inboxLength = inboxLength;
      copy.inboxWaitNs = inboxWaitNs;
      copy.workerThreads = workerThreads;
      copy.endedCasesKept = endedCasesKept;
      copy.endedCasesKeptForNs = endedCasesKeptForNs;
      copy.backlogMax = backlogMax;
      copy.startKeysKept = startKeysKept;
      copy.startKeysKeptForNs = startKeysKeptForNs;
      copy.messageKeysKept = messageKeysKept;
      copy.messageKeysKeptForNs = messageKeysKeptForNs;
      copy.closeWaitNs = closeWaitNs;
      copy.warmUpNs = warmUpNs;
      copy.inlineTimeMaxNs = inlineTimeMaxNs;
      copy.depthMax = depthMax;
      copy.groupCommitDelayNs = groupCommitDelayNs;
      copy.history = history;
      copy.store = store;
      copy.telemetry = telemetry;
      copy.clock = clock;
      copy.objectiveListener = objectiveListener;
      copy.protectedObjectives = protectedObjectives;
      return copy;
    }
  }
}
