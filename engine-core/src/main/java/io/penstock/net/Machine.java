package io.penstock.net;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Arrays;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntArrayQueue;

/**
 * Plays the token game of one net on the bytes of one case.
 *
 * <p>A task has two halves: <em>start</em> takes its tokens and makes it busy, <em>complete</em>
 * empties its cancellation region and then puts tokens (WCP-25). A busy task is not enabled again:
 * further tokens wait in their conditions. After each change only the tasks fed by the conditions
 * that changed are looked at. When nothing else is left to look at, the OR-joins that have a token
 * are, in the order of the net, as a token that went elsewhere may be what they waited for.
 *
 * <p>The state, little endian, is either masks (a net that is 1-safe by construction with at most
 * 64 conditions and tasks):
 *
 * <pre>
 *   int64 marking | int64 busy tasks | int64 offered tasks
 * </pre>
 *
 * <p>or counters, with the bit sets in as many words as the tasks need:
 *
 * <pre>
 *   int32 tokens of each condition, padded to 8 | int64 busy tasks ... | int64 offered tasks ...
 * </pre>
 *
 * <p>Behind either stands, for each partial join, which of its inputs have arrived: one {@code
 * int64}, bit i for input i and bit 63 for "has fired". A token that has arrived is out of its
 * condition. In a net with OR-joins follow which conditions are marked and which OR-joins are to be
 * looked at:
 *
 * <pre>
 *   int64 marked conditions ... | int64 OR-joins, in the order of their tasks ...
 * </pre>
 *
 * <p>Not thread safe; one per shard thread, wrapped around one case after the other. Allocates
 * nothing once warm.
 */
public final class Machine {
  private static final int WORD_LENGTH = 8;
  private static final int WORD_BITS = 64;
  private static final long FIRED = 1L << 63;

  /** Most inputs of a partial join. */
  static final int ARRIVALS_MAX = 62;

  private final MachineSink sink;
  private final IntArrayQueue candidates = new IntArrayQueue();
  private final OrJoin.Marking marking = new AnalysedMarking();
  private Net net;
  private MutableDirectBuffer state;
  private int offset;
  private int busyOffset;
  private int offeredOffset;
  private int arrivalsOffset;
  private int markedOffset;
  private int orJoinsOffset;

  /**
   * Creates a machine.
   *
   * @param sink is asked for guards and told what happens
   */
  @SuppressWarnings("NullAway.Init") // net and state are set by wrap, which comes before any play
  public Machine(final MachineSink sink) {
    this.sink = sink;
  }

  static int stateLength(final Net net) {
    final int words =
        2 * activityWords(net) + net.arrivalCount + markedWords(net) + orJoinWords(net);
    return conditionsLength(net) + words * WORD_LENGTH;
  }

  private static int markedWords(final Net net) {
    return net.orJoins.length == 0 ? 0 : NodeSet.words(net.conditionCount());
  }

  private static int orJoinWords(final Net net) {
    return NodeSet.words(net.orJoins.length);
  }

  private static int conditionsLength(final Net net) {
    return net.masked ? WORD_LENGTH : (net.conditionCount() + 1) / 2 * WORD_LENGTH;
  }

  private static int activityWords(final Net net) {
    return (net.taskCount() + WORD_BITS - 1) / WORD_BITS;
  }

  /**
   * Points the machine at a case.
   *
   * @param net the net that the case runs on
   * @param state holds the state, {@link Net#stateLength()} bytes
   * @param offset where the state begins
   * @return this
   */
  public Machine wrap(final Net net, final MutableDirectBuffer state, final int offset) {
    this.net = net;
    this.state = state;
    this.offset = offset;
    busyOffset = offset + conditionsLength(net);
    offeredOffset = busyOffset + activityWords(net) * WORD_LENGTH;
    arrivalsOffset = offeredOffset + activityWords(net) * WORD_LENGTH;
    markedOffset = arrivalsOffset + net.arrivalCount * WORD_LENGTH;
    orJoinsOffset = markedOffset + markedWords(net) * WORD_LENGTH;
    return this;
  }

  /** Puts a token into the input condition and plays until nothing moves by itself. */
  public void begin() {
    put(net.input, 1);
    play();
  }

  /**
   * Starts an offered task: takes its tokens and makes it busy; what loses its tokens by this is
   * withdrawn.
   *
   * @param task index of the task
   * @return false when the task is not offered; then nothing changed
   */
  public boolean start(final int task) {
    if (!isOffered(task)) {
      return false;
    }
    clearBit(offeredOffset, task);
    takeInputs(task);
    makeBusy(task);
    play();
    return true;
  }

  /**
   * Completes a busy task and plays until nothing moves by itself.
   *
   * @param task index of the task
   * @param exit how it is left; the net must {@linkplain Net#handles handle} it
   * @return false when the task is not busy; then nothing changed
   */
  public boolean complete(final int task, final Exit exit) {
    if (!isBusy(task)) {
      return false;
    }
    if (exit == Exit.NORMAL && net.passesOn[task]) {
      passOn(task);
    } else {
      finish(task, exit);
      play();
    }
    return true;
  }

  /**
   * The step that most workflows mostly take, at once: the token of a task goes to the next, which
   * nothing else concerns. Does what {@link #finish} and {@link #play} would, without asking all
   * that they ask; where it cannot be sure, it leaves the token to them.
   */
  private void passOn(final int task) {
    final long busy = word(busyOffset) & ~(1L << task);
    putWord(busyOffset, busy);
    final int arc = net.splits[task] == Split.XOR ? chosenArc(task) : 0;
    if (arc == Net.NONE) {
      sink.noBranch(task);
      candidates.addInt(task);
      play();
      return;
    }
    final int condition = net.outputs[task][arc];
    final int receiver = net.receivers[condition];
    final long marking = word(offset);
    if (receiver == Net.NONE
        || (busy >>> receiver & 1) != 0
        || (marking & (1L << condition | net.inputMasks[receiver] | net.inputMasks[task])) != 0) {
      putArc(task, arc);
      candidates.addInt(task);
      play();
    } else if (net.starts[receiver] == StartMode.AUTOMATIC) {
      putWord(busyOffset, busy | 1L << receiver);
      sink.started(receiver);
    } else {
      putWord(offset, marking | 1L << condition);
      setBit(offeredOffset, receiver);
      sink.offered(receiver);
    }
  }

  /** Takes every token away and cancels every busy or offered task, telling the sink (WCP-20). */
  public void cancelAll() {
    for (int task = 0; task < net.taskCount(); task++) {
      cancelTask(task);
    }
    candidates.clear();
    state.setMemory(offset, stateLength(net), (byte) 0);
  }

  /**
   * Whether the task was started and not yet completed or cancelled.
   *
   * @param task index of the task
   * @return true while it is busy
   */
  public boolean isBusy(final int task) {
    return bit(busyOffset, task);
  }

  /**
   * Whether the task waits for the environment to start it.
   *
   * @param task index of the task
   * @return true while it is offered
   */
  public boolean isOffered(final int task) {
    return bit(offeredOffset, task);
  }

  /** Whether an OR-join has a token, is not busy and does not start. */
  boolean isWaitingOrJoin(final int task) {
    return bit(orJoinsOffset, Arrays.binarySearch(net.orJoinTasks, task))
        && !isBusy(task)
        && !isOffered(task);
  }

  /**
   * Whether nothing can move any more without a new token: no task is busy or offered.
   *
   * @return true when the case has come to rest for good
   */
  public boolean isAtRest() {
    for (int i = 0; i < 2 * activityWords(net); i++) {
      if (word(busyOffset + i * WORD_LENGTH) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the case has reached its end: the output is marked and, unless termination is explicit,
   * nothing else is left.
   *
   * @return true when the case is complete
   */
  public boolean isComplete() {
    return tokens(net.output) > 0
        && (net.explicitTermination || (isAtRest() && !hasTokensBesidesOutput()));
  }

  /**
   * Tokens in a condition.
   *
   * @param condition its index
   * @return at least 0
   */
  public int tokens(final int condition) {
    return net.masked
        ? (int) (word(offset) >>> condition & 1)
        : state.getInt(offset + condition * Integer.BYTES, LITTLE_ENDIAN);
  }

  /**
   * Tokens that wait in a partial join for others.
   *
   * @param task its index
   * @return 0 when it has none, is not a partial join, or has started in this round
   */
  public int waiting(final int task) {
    return net.joins[task] == Join.PARTIAL && arrivals(task) > 0
        ? Long.bitCount(arrivals(task))
        : 0;
  }

  private boolean hasTokensBesidesOutput() {
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      if (condition != net.output && tokens(condition) > 0) {
        return true;
      }
    }
    for (int join = 0; join < net.arrivalCount; join++) {
      // What has arrived at a join that has fired is of no consequence; else it waits for others in
      // vain.
      if (word(arrivalsOffset + (join * WORD_LENGTH)) > 0) {
        return true;
      }
    }
    return false;
  }

  private void play() {
    do {
      while (!candidates.isEmpty()) {
        consider(candidates.pollInt());
      }
    } while (movesAnOrJoin());
  }

  /** Looks at the OR-joins that have a token until one of them moves; false when none does. */
  private boolean movesAnOrJoin() {
    for (int word = 0; word < orJoinWords(net); word++) {
      long left = word(orJoinsOffset + (word * WORD_LENGTH));
      while (left != 0) {
        final int orJoin = word * WORD_BITS + Long.numberOfTrailingZeros(left);
        left &= left - 1;
        look(net.orJoinTasks[orJoin]);
        if (isEmptyJoin(net.orJoinTasks[orJoin])) {
          clearBit(orJoinsOffset, orJoin);
        }
        if (!candidates.isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isEmptyJoin(final int task) {
    for (final int input : net.inputs[task]) {
      if (tokens(input) > 0) {
        return false;
      }
    }
    return !isOffered(task);
  }

  private void consider(final int task) {
    if (net.joins[task] == Join.PARTIAL) {
      arrive(task);
    } else if (net.joins[task].looksAtWholeNet()) {
      setBit(orJoinsOffset, Arrays.binarySearch(net.orJoinTasks, task));
      return;
    }
    look(task);
  }

  private void look(final int task) {
    if (isBusy(task)) {
      return;
    }
    final boolean enabled = isEnabled(task);
    final boolean offered = isOffered(task);
    if (offered && !enabled) {
      clearBit(offeredOffset, task);
      sink.withdrawn(task);
    } else if (enabled && !offered) {
      enable(task);
    }
  }

  private void enable(final int task) {
    if (net.starts[task] == StartMode.OFFERED) {
      setBit(offeredOffset, task);
      sink.offered(task);
      return;
    }
    takeInputs(task);
    makeBusy(task);
    if (net.starts[task] == StartMode.AUTOMATIC) {
      sink.started(task);
    } else {
      finish(task, Exit.NORMAL);
      sink.routed(task);
    }
  }

  private boolean isEnabled(final int task) {
    if (!readsHold(task) || !mayEnter(task)) {
      return false;
    }
    if (net.joins[task] == Join.PARTIAL) {
      final long arrivals = arrivals(task);
      return arrivals >= 0 && Long.bitCount(arrivals) >= net.thresholds[task];
    }
    if (net.joins[task].looksAtWholeNet()) {
      return orJoinStarts(task);
    }
    if (net.masked) {
      final long wanted = net.inputMasks[task];
      final long present = word(offset) & wanted;
      return net.joins[task] == Join.AND ? present == wanted : present != 0;
    }
    return net.joins[task] == Join.AND ? allInputsHold(task) : anyInputHolds(task);
  }

  private boolean anyInputHolds(final int task) {
    for (int i = 0; i < net.inputs[task].length; i++) {
      if (inputHolds(task, i)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Begins where the join lacked a token when it was last looked at, in this case or another: so
   * that a join of many branches is not looked through at each completion.
   */
  private boolean allInputsHold(final int task) {
    final int count = net.inputs[task].length;
    final int first = net.lastMissing[task];
    for (int looked = 0, i = first; looked < count; looked++) {
      if (!inputHolds(task, i)) {
        if (i != first) {
          net.lastMissing[task] = i;
        }
        return false;
      }
      i = i + 1 == count ? 0 : i + 1;
    }
    return true;
  }

  private boolean inputHolds(final int task, final int input) {
    return tokens(net.inputs[task][input]) >= net.inputWeights[task][input];
  }

  private boolean readsHold(final int task) {
    if (net.masked) {
      return (word(offset) & net.readMasks[task]) == net.readMasks[task];
    }
    for (final int condition : net.reads[task]) {
      if (tokens(condition) == 0) {
        return false;
      }
    }
    return true;
  }

  private boolean mayEnter(final int task) {
    for (final int mutex : net.entered[task]) {
      if (isHeld(net.mutexes[mutex])) {
        return false;
      }
    }
    return true;
  }

  private boolean isHeld(final Mutex mutex) {
    for (int word = 0; word < mutex.taskWords.length; word++) {
      if ((word(busyOffset + (word * WORD_LENGTH)) & mutex.taskWords[word]) != 0) {
        return true;
      }
    }
    if (net.masked) {
      return (word(offset) & mutex.conditionMask) != 0;
    }
    for (final int condition : mutex.conditions) {
      if (tokens(condition) > 0) {
        return true;
      }
    }
    return false;
  }

  private boolean orJoinStarts(final int task) {
    final OrJoin.Decision decision =
        net.orJoins[Arrays.binarySearch(net.orJoinTasks, task)].decide(marking);
    if (decision == OrJoin.Decision.UNDECIDED) {
      sink.undecided(task);
    }
    return decision == OrJoin.Decision.STARTS;
  }

  /**
   * Takes into the join record whatever waits in the inputs and may be counted, and begins a new
   * round when one is over.
   */
  private void arrive(final int task) {
    final int[] inputs = net.inputs[task];
    final long all = FIRED | ((1L << inputs.length) - 1);
    final boolean swallows = net.resets[task] == Reset.STRUCTURED;
    long arrivals = arrivals(task);
    for (int i = 0; i < inputs.length; i++) {
      final long bit = 1L << i;
      while (tokens(inputs[i]) > 0 && ((arrivals & bit) == 0 || swallows)) {
        take(inputs[i], 1);
        arrivals |= bit;
        if (arrivals == all) {
          break; // what waits behind it counts for the new round
        }
      }
      if (arrivals == all) {
        arrivals = 0;
        i = -1; // tokens that were held count for the new round
      }
    }
    putArrivals(task, arrivals);
  }

  private long arrivals(final int task) {
    return word(arrivalsOffset + (net.arrivalIndices[task] * WORD_LENGTH));
  }

  private void putArrivals(final int task, final long arrivals) {
    putWord(arrivalsOffset + (net.arrivalIndices[task] * WORD_LENGTH), arrivals);
  }

  private void takeInputs(final int task) {
    if (net.joins[task] == Join.PARTIAL) {
      putArrivals(task, net.resets[task] == Reset.CANCELLING ? 0 : arrivals(task) | FIRED);
      arrive(task); // the last branch may have been the one that was waited for
      return;
    }
    final int[] inputs = net.inputs[task];
    if (net.joins[task] == Join.XOR) {
      for (int i = 0; i < inputs.length; i++) {
        if (tokens(inputs[i]) >= net.inputWeights[task][i]) {
          take(inputs[i], net.inputWeights[task][i]);
          return;
        }
      }
      throw new AssertionError("XOR-join must have a marked input: task=" + net.taskNames[task]);
    }
    final boolean markedOnly = net.joins[task].looksAtWholeNet();
    for (int i = 0; i < inputs.length; i++) {
      if (!markedOnly || tokens(inputs[i]) > 0) {
        take(inputs[i], net.inputWeights[task][i]);
      }
    }
  }

  private void makeBusy(final int task) {
    setBit(busyOffset, task);
    addEnterers(task);
  }

  private void makeIdle(final int task) {
    clearBit(busyOffset, task);
    addEnterers(task);
  }

  private void addEnterers(final int task) {
    final int[] enterers = net.enterers[task];
    for (int i = 0; i < enterers.length; i++) {
      candidates.addInt(enterers[i]);
    }
  }

  /** The second half: cancel, then produce. */
  private void finish(final int task, final Exit exit) {
    makeIdle(task);
    cancelRegion(task);
    switch (exit) {
      case NORMAL -> split(task);
      case FAILURE -> put(net.failureConditions[task], 1);
      case TIMEOUT -> put(net.timeoutConditions[task], 1);
    }
    candidates.addInt(task); // further tokens may have waited for it
  }

  private void cancelRegion(final int task) {
    for (final int cancelled : net.cancelledTasks[task]) {
      cancelTask(cancelled);
      candidates.addInt(cancelled); // it may be enabled by a token that stays
    }
    for (final int condition : net.cancelledConditions[task]) {
      final int tokens = tokens(condition);
      if (tokens > 0) {
        take(condition, tokens);
      }
      forgetArrivals(condition);
    }
    for (final int join : net.endedRounds[task]) {
      putArrivals(join, 0);
    }
  }

  /**
   * A token that waits in a join record for the threshold counts as one of the condition that it
   * came from.
   */
  private void forgetArrivals(final int condition) {
    for (int i = 0; net.arrivalCount > 0 && i < net.fedTasks[condition].length; i++) {
      final int task = net.fedTasks[condition][i];
      for (int input = 0;
          net.joins[task] == Join.PARTIAL && input < net.inputs[task].length;
          input++) {
        if (net.inputs[task][input] == condition && arrivals(task) > 0) {
          putArrivals(task, arrivals(task) & ~(1L << input));
          candidates.addInt(task);
        }
      }
    }
  }

  private void cancelTask(final int task) {
    if (net.joins[task] == Join.PARTIAL && arrivals(task) > 0) {
      putArrivals(task, 0);
    }
    if (isBusy(task)) {
      makeIdle(task);
      sink.cancelled(task);
    } else if (isOffered(task)) {
      clearBit(offeredOffset, task);
      sink.withdrawn(task);
    }
  }

  private void split(final int task) {
    switch (net.splits[task]) {
      case AND -> splitAnd(task);
      case XOR -> splitXor(task);
      case OR -> splitOr(task);
    }
  }

  private void splitAnd(final int task) {
    for (int arc = 0; arc < net.outputs[task].length; arc++) {
      putArc(task, arc);
    }
  }

  private void splitXor(final int task) {
    final int arc = chosenArc(task);
    if (arc == Net.NONE) {
      sink.noBranch(task);
    } else {
      putArc(task, arc);
    }
  }

  /** The first arc of an XOR-split whose guard holds, or the default, or {@link Net#NONE}. */
  private int chosenArc(final int task) {
    final int[] guards = net.guards[task];
    for (int arc = 0; arc < guards.length; arc++) {
      if (arc != net.defaults[task] && (guards[arc] == Net.NONE || sink.guard(guards[arc]))) {
        return arc;
      }
    }
    return net.defaults[task];
  }

  /** Judges every guard before the first token is put, so that all see the same data. */
  private void splitOr(final int task) {
    final int[] guards = net.guards[task];
    final int[] complements = net.complements[task];
    final int defaultArc = net.defaults[task];
    final boolean[] chosen = new boolean[guards.length];
    boolean any = false;
    for (int arc = 0; arc < guards.length; arc++) {
      chosen[arc] =
          complements[arc] == Net.NONE
              && arc != defaultArc
              && (guards[arc] == Net.NONE || sink.guard(guards[arc]));
      any |= chosen[arc];
    }
    if (!any && defaultArc == Net.NONE) {
      sink.noBranch(task);
      return;
    }
    if (!any) {
      chosen[defaultArc] = true;
    }
    for (int arc = 0; arc < guards.length; arc++) {
      if (complements[arc] == Net.NONE ? chosen[arc] : !chosen[complements[arc]]) {
        putArc(task, arc);
      }
    }
  }

  private void putArc(final int task, final int arc) {
    put(net.outputs[task][arc], net.outputWeights[task][arc]);
  }

  private void put(final int condition, final int count) {
    if (net.masked) {
      final long bit = 1L << condition;
      assert (word(offset) & bit) == 0
          : "1-safe net must not mark a condition twice: condition="
              + net.conditionNames[condition];
      putWord(offset, word(offset) | bit);
    } else {
      putTokens(condition, tokens(condition) + count);
    }
    addFed(condition);
  }

  private void take(final int condition, final int count) {
    if (net.masked) {
      putWord(offset, word(offset) & ~(1L << condition));
    } else {
      putTokens(condition, tokens(condition) - count);
    }
    addFed(condition); // an offered task may have lost its token
  }

  private void addFed(final int condition) {
    final int[] fed = net.fedTasks[condition];
    for (int i = 0; i < fed.length; i++) {
      candidates.addInt(fed[i]);
    }
  }

  private void putTokens(final int condition, final int tokens) {
    if (net.orJoins.length > 0) {
      putBit(markedOffset, condition, tokens > 0);
    }
    state.putInt(offset + condition * Integer.BYTES, tokens, LITTLE_ENDIAN);
  }

  private void putBit(final int setOffset, final int index, final boolean value) {
    if (value) {
      setBit(setOffset, index);
    } else {
      clearBit(setOffset, index);
    }
  }

  private boolean bit(final int setOffset, final int index) {
    return (word(setOffset + index / WORD_BITS * WORD_LENGTH) & 1L << index) != 0;
  }

  private void setBit(final int setOffset, final int index) {
    final int at = setOffset + index / WORD_BITS * WORD_LENGTH;
    putWord(at, word(at) | 1L << index);
  }

  private void clearBit(final int setOffset, final int index) {
    final int at = setOffset + index / WORD_BITS * WORD_LENGTH;
    putWord(at, word(at) & ~(1L << index));
  }

  private long word(final int at) {
    return state.getLong(at, LITTLE_ENDIAN);
  }

  private void putWord(final int at, final long word) {
    state.putLong(at, word, LITTLE_ENDIAN);
  }

  /** What an OR-join sees: a task with a token in its join record counts as busy. */
  private final class AnalysedMarking implements OrJoin.Marking {
    @Override
    public int tokens(final int condition) {
      return Machine.this.tokens(condition);
    }

    @Override
    public int busy(final int task) {
      return (isBusy(task) ? 1 : 0) + waiting(task);
    }

    @Override
    public long markedConditions(final int word) {
      return word(markedOffset + (word * WORD_LENGTH));
    }

    @Override
    public long busyTasks(final int word) {
      long busy = word(busyOffset + (word * WORD_LENGTH));
      final int end = Math.min(net.taskCount(), (word + 1) * WORD_BITS);
      for (int task = word * WORD_BITS; net.arrivalCount > 0 && task < end; task++) {
        busy |= waiting(task) > 0 ? 1L << task : 0;
      }
      return busy;
    }
  }
}
