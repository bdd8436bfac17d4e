package io.penstock.engine;

import io.penstock.spi.Durability;
import io.penstock.spi.EngineClock;
import io.penstock.spi.StoreProvider;
import io.penstock.spi.TelemetryProvider;
import io.penstock.workflow.Priority;
import java.time.Duration;
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
    changed.durability = durability;
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
        inRange("inboxWaitNs", inboxWait.toNanos(), 0, Duration.ofHours(1).toNanos());
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
   * How many ended cases each shard keeps for reading and for refusing a second start with the same
   * key; the oldest go first.
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
        inRange(
            "endedCasesKeptForNs",
            endedCasesKeptFor.toNanos(),
            0,
            Duration.ofDays(36_500).toNanos());
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
    changed.history = history;
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
            "groupCommitDelayNs", groupCommitDelay.toNanos(), 0, Duration.ofMillis(100).toNanos());
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
    changed.store = store;
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
    changed.telemetry = telemetry;
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
    changed.clock = clock;
    return new EngineOptions(changed);
  }

  /**
   * Who is told when an objective changes its state, on a thread of the engine's that looks once a
   * second; must not block for long.
   *
   * @param listener is told; what it throws is logged
   * @return the changed options
   */
  public EngineOptions objectiveListener(final Consumer<ObjectiveChange> listener) {
    final Fields changed = fields.copy();
    changed.objectiveListener = listener;
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
    int depthMax = 100;
    long groupCommitDelayNs;
    History history = History.NONE;
    @Nullable StoreProvider store;
    @Nullable TelemetryProvider telemetry;
    EngineClock clock = EngineClock.system();
    Consumer<ObjectiveChange> objectiveListener = change -> {};
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
