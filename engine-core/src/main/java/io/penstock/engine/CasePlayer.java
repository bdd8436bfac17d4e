package io.penstock.engine;

import io.penstock.net.Exit;
import io.penstock.net.Machine;
import io.penstock.net.MachineSink;
import io.penstock.net.Net;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskKind;
import java.nio.charset.StandardCharsets;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Plays cases: turns what the machine says into work items, runs inline tasks, and settles what
 * becomes of a case.
 *
 * <p>Pure but for inline handlers, guards and reductions, which are the user's: no clock, no
 * thread, no input or output. What shall happen by itself stands on an agenda, which {@link #drain}
 * works off; nothing here calls itself. Belongs to the shard's thread.
 */
final class CasePlayer implements MachineSink {
  private static final int KIND_BITS = 32;

  /** What can stand on the agenda. */
  private static final int RUN_INLINE = 1;

  private static final int LOOK_FOR_MESSAGE = 2;
  private static final int CANCEL_CASE = 3;
  private static final int CREATE_CHILDREN = 4;
  private static final int CANCEL_CHILDREN = 5;
  private static final int CHILD_ENDED = 6;

  /** Longs of an entry on the agenda: kind and task, case, number of the work item. */
  private static final int ENTRY_LENGTH = 3;

  private final CaseFile file;
  private final CaseRoster roster;
  private final Effects effects;
  private final InlineRunner inlineRunner;
  private final HistoryWriter history;
  private final Children children;
  private final Mailbox mailbox;
  private final UserCode userCode;
  private final Machine machine = new Machine(this);
  private final LongArrayList agenda = new LongArrayList();
  private int agendaHead;
  private int inlineRuns;

  /** Inline tasks for later commands: pairs of case and packed work item. */
  private final LongArrayQueue deferred = new LongArrayQueue();

  private final UnsafeBuffer text = new UnsafeBuffer(new byte[0]);
  private long nowNs;
  private @Nullable HandlerWork inlineWork;
  private CaseRecord current;
  private int noBranchTask = Net.NONE;
  private @Nullable Throwable guardFailure;

  @SuppressWarnings("NullAway.Init") // the current record is set before the machine plays
  CasePlayer(
      final CaseFile file,
      final Definitions definitions,
      final CaseRoster roster,
      final Effects effects,
      final InlineRunner inlineRunner,
      final int depthMax,
      final HistoryWriter history,
      final Mailbox mailbox,
      final UserCode userCode) {
    this.file = file;
    this.mailbox = mailbox;
    this.userCode = userCode;
    this.roster = roster;
    this.effects = effects;
    this.inlineRunner = inlineRunner;
    this.history = history;
    children = new Children(file, definitions, roster, this, depthMax, userCode);
  }

  /** Runs inline handlers. */
  interface InlineRunner {
    /**
     * Whether other commands shall have their turn before more inline tasks run.
     *
     * @param runs inline tasks that the command in hand has run
     */
    boolean yields(int runs);

    /** Runs a handler; null when it returned, else what it threw. */
    @Nullable Throwable run(
        HandlerWork work, TaskDefinition task, CaseRecord record, int taskIndex);
  }

  Mailbox mailbox() {
    return mailbox;
  }

  Children children() {
    return children;
  }

  void begin(final long commandNowNs) {
    nowNs = commandNowNs;
    children.begin(commandNowNs);
    mailbox.begin(commandNowNs);
    agenda.clear();
    agendaHead = 0;
    inlineRuns = 0;
  }

  /** A case inside another is there. */
  void childStarted(final CaseRecord child) {
    history.caseStarted(child);
  }

  /** Puts the first token into a new case. */
  void start(final CaseRecord record) {
    play(record).begin();
    settle(record);
  }

  /** A work item is done: its changes are in the record, its tokens move on. */
  void complete(final CaseRecord record, final int task, final Exit exit) {
    if (exit == Exit.NORMAL && definition(record, task).kind() != TaskKind.MANUAL) {
      history.add(HistoryEvent.Type.WORK_ITEM_COMPLETED, record, task, null, null);
    }
    children.dropList(record, task);
    record.closeItem(task);
    play(record).complete(task, exit);
    settle(record);
  }

  /** Somebody starts an offered work item of a manual task: what loses its tokens is withdrawn. */
  void begin(final CaseRecord record, final int task) {
    play(record).start(task);
    record.setItemState(task, CaseRecord.ITEM_STARTED);
    settle(record);
  }

  /** An offered work item is started and done at once. */
  void take(final CaseRecord record, final int task, final Exit exit) {
    play(record).start(task);
    complete(record, task, exit);
  }

  /** A message for an offered work item is in the mailbox. */
  void messageArrived(final CaseRecord record, final int task) {
    put(LOOK_FOR_MESSAGE, record, task);
  }

  /** A work item failed: it is tried again later, or for good. */
  void fail(final CaseRecord record, final int task, final boolean retry, final String reason) {
    final TaskDefinition definition = definition(record, task);
    final int attempt = record.attempt(task);
    history.add(HistoryEvent.Type.WORK_ITEM_FAILED, record, task, null, reason);
    if (retry && attempt < definition.retry().attemptsMax()) {
      record.setItemState(task, CaseRecord.ITEM_RESTING);
      record.setItemRetryNs(task, Nanos.after(nowNs, definition.retry().delayNs(attempt)));
      return;
    }
    noteFailure(record, task, reason);
    if (record.layout().net.handles(task, Exit.FAILURE)) {
      cancelChildren(record, task);
      complete(record, task, Exit.FAILURE);
    } else {
      end(record, CaseStatus.FAILED);
    }
  }

  /** A multiple-instance step has enough, whatever still runs (WCP-27). */
  void completeEarly(final CaseRecord record, final int task) {
    takeBack(record, task);
    cancelChildren(record, task);
    complete(record, task, Exit.NORMAL);
  }

  /** The time has come for something in this case. */
  void fireTimers(final CaseRecord record) {
    if (record.deadlineNs() <= nowNs) {
      end(record, CaseStatus.TIMED_OUT);
    }
    while (record.isRunning()) {
      final int task = record.firstDue(nowNs);
      if (task == Net.NONE) {
        return;
      }
      if (record.itemDeadlineNs(task) <= nowNs) {
        passDeadline(record, task);
      } else {
        tryAgain(record, task);
      }
    }
  }

  /** Ends a case, and everything in it, in one way or another. */
  void end(final CaseRecord record, final CaseStatus status) {
    if (!record.isRunning()) {
      return;
    }
    play(record).cancelAll();
    record.end(status, nowNs);
    history.add(HistoryEvent.Type.CASE_ENDED, record, status.name());
    if (roster.hasChildren(record.caseId())) {
      put(CANCEL_CHILDREN, record.caseId(), Net.NONE, 0);
    }
    if (record.parentId() == 0) {
      roster.ended(record, status, nowNs);
    } else {
      put(CHILD_ENDED, record.caseId(), Net.NONE, 0);
    }
  }

  /** Ends a child that nobody shall be told of. */
  void cancelQuietly(final CaseRecord child) {
    if (child.isRunning()) {
      play(child).cancelAll();
      child.end(CaseStatus.CANCELLED, nowNs);
      history.add(HistoryEvent.Type.CASE_ENDED, child, CaseStatus.CANCELLED.name());
    }
    if (roster.hasChildren(child.caseId())) {
      put(CANCEL_CHILDREN, child.caseId(), Net.NONE, 0);
    }
  }

  /**
   * Works off the agenda, and whatever that puts on it. Inline tasks that are too many for one
   * command are left to later ones.
   */
  void drain() {
    while (agendaHead < agenda.size()) {
      final long entry = agenda.getLong(agendaHead);
      final long caseId = agenda.getLong(agendaHead + 1);
      final int item = (int) agenda.getLong(agendaHead + 2);
      agendaHead += ENTRY_LENGTH;
      carryOut((int) (entry >>> KIND_BITS), caseId, (int) entry, item);
    }
  }

  private void carryOut(final int kind, final long caseId, final int task, final int item) {
    if (kind == CANCEL_CHILDREN) {
      children.cancel(caseId, task, item);
      return;
    }
    final CaseRecord record = file.load(caseId);
    if (record == null) {
      return;
    }
    if (kind == CHILD_ENDED) {
      children.ended(record);
    } else if (kind == CANCEL_CASE) {
      end(record, CaseStatus.CANCELLED);
    } else if (record.isRunning() && record.itemNumber(task) == item) {
      carryOut(kind, record, task);
    }
  }

  private void carryOut(final int kind, final CaseRecord record, final int task) {
    switch (kind) {
      case RUN_INLINE -> {
        if (inlineRuns > 0 && inlineRunner.yields(inlineRuns)) {
          defer(record, task);
        } else {
          inlineRuns++;
          runInline(record, task);
        }
      }
      case LOOK_FOR_MESSAGE -> lookForMessage(record, task);
      case CREATE_CHILDREN -> {
        if (record.hasChildren(task)) {
          children.create(record, task);
        }
      }
      default -> throw new AssertionError(kind);
    }
  }

  /** An inline task is to run with a later command. */
  void defer(final CaseRecord record, final int task) {
    deferred.addLong(record.caseId());
    deferred.addLong(Effects.pack(task, record.itemNumber(task)));
  }

  /** Whether inline tasks were left to later commands. */
  boolean hasDeferred() {
    return !deferred.isEmpty();
  }

  /** Puts the inline task on the agenda that was deferred first. */
  void takeDeferred() {
    final long caseId = deferred.pollLong();
    final long item = deferred.pollLong();
    put(RUN_INLINE, caseId, Effects.task(item), Effects.number(item));
  }

  private void runInline(final CaseRecord record, final int task) {
    if (record.itemState(task) != CaseRecord.ITEM_EXECUTING) {
      return; // cancelled by something that stood before it on the agenda
    }
    final TaskDefinition definition = definition(record, task);
    final HandlerWork work =
        inlineWork == null ? new HandlerWork(record, task) : inlineWork.reset(record, task);
    inlineWork = work;
    final Throwable failure = inlineRunner.run(work, definition, record, task);
    if (failure != null) {
      fail(record, task, definition.retry().retries(failure), userCode.text(failure));
    } else if (!fits(record, work.changes().lengthInRecord())) {
      fail(record, task, false, tooLarge(record, work.changes().lengthInRecord()));
    } else {
      file.apply(record, work.changes().buffer(), 0, work.changes().length());
      complete(record, task, Exit.NORMAL);
    }
  }

  /** Looks for the message of an offered work item, in the case itself and in those around it. */
  private void lookForMessage(final CaseRecord record, final int task) {
    if (record.itemState(task) != CaseRecord.ITEM_OFFERED) {
      return; // taken or withdrawn by something that stood before it on the agenda
    }
    final int message = messageIndex(record, task);
    CaseRecord owner = record;
    while (owner != null && owner.isRunning()) {
      final int length = mailbox.nextLength(owner, message);
      if (length >= 0) {
        takeMessage(owner, message, length, record, task);
        return;
      }
      owner = owner.parentId() == 0 ? null : file.load(owner.parentId());
    }
  }

  private void takeMessage(
      final CaseRecord owner,
      final int message,
      final int length,
      final CaseRecord record,
      final int task) {
    if (owner != record && !fits(record, length)) {
      noteFailure(record, task, tooLarge(record, length));
      end(record, CaseStatus.FAILED);
    } else {
      mailbox.take(owner.change(), message, record, file.large());
      take(record, task, Exit.NORMAL);
    }
  }

  private void passDeadline(final CaseRecord record, final int task) {
    if (definition(record, task).kind() == TaskKind.DELAY) {
      leave(record, task, Exit.NORMAL);
      return;
    }
    takeBack(record, task);
    history.add(HistoryEvent.Type.WORK_ITEM_TIMED_OUT, record, task, null, null);
    if (!record.layout().net.handles(task, Exit.TIMEOUT)) {
      noteFailure(record, task, "deadline passed");
      end(record, CaseStatus.TIMED_OUT);
    } else {
      cancelChildren(record, task);
      leave(record, task, Exit.TIMEOUT);
    }
  }

  /** Leaves a work item, whether somebody has started it or not. */
  void leave(final CaseRecord record, final int task, final Exit exit) {
    if (record.itemState(task) == CaseRecord.ITEM_OFFERED) {
      take(record, task, exit);
    } else {
      complete(record, task, exit);
    }
  }

  private void tryAgain(final CaseRecord record, final int task) {
    record.setItemRetryNs(task, CaseRecord.NEVER);
    record.setItemState(task, CaseRecord.ITEM_EXECUTING);
    record.setAttempt(task, record.attempt(task) + 1);
    execute(record, task);
  }

  /** Gives an executing work item to whoever does it. */
  private void execute(final CaseRecord record, final int task) {
    final TaskDefinition definition = definition(record, task);
    if (definition.kind() == TaskKind.INLINE) {
      put(RUN_INLINE, record, task);
    } else if (isWorkedOn(definition)) {
      effects.handOut(record.caseId(), task, record.itemNumber(task));
    } else {
      record.setItemState(task, CaseRecord.ITEM_CHILDREN);
      record.setTargetChildren(task, record.createdChildren(task) + Children.target(record, task));
      put(CREATE_CHILDREN, record, task);
    }
  }

  /** Whether a worker thread has something to do for a task. */
  static boolean isWorkedOn(final TaskDefinition definition) {
    return definition.kind() == TaskKind.WORKER
        || (definition.instances() != null && definition.instances().items() != null);
  }

  /** After the machine has played, or the last child that ran on has ended: is this case over? */
  void settle(final CaseRecord record) {
    if (!record.isRunning()) {
      return;
    }
    if (guardFailure != null) {
      noteFailure(record, Net.NONE, "guard threw: " + userCode.text(guardFailure));
      guardFailure = null;
      noBranchTask = Net.NONE;
      end(record, CaseStatus.FAILED);
    } else if (noBranchTask != Net.NONE) {
      noteFailure(record, noBranchTask, "no guard holds and there is no default");
      noBranchTask = Net.NONE;
      end(record, CaseStatus.FAILED);
    } else if (play(record).isComplete()) {
      if (record.runningOn() == 0 || record.layout().net.endsExplicitly()) {
        end(record, CaseStatus.COMPLETED);
      }
    } else if (machine.isAtRest()) {
      noteFailure(
          record, Net.NONE, "tokens are left and nothing can move them: " + marking(record));
      end(record, CaseStatus.DEADLOCKED);
    }
  }

  private String marking(final CaseRecord record) {
    final Net net = record.layout().net;
    final StringBuilder marking = new StringBuilder();
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      if (machine.tokens(condition) > 0) {
        marking
            .append(marking.isEmpty() ? "" : ", ")
            .append(net.conditionName(condition))
            .append('=')
            .append(machine.tokens(condition));
      }
    }
    for (int task = 0; task < net.taskCount(); task++) {
      if (machine.waiting(task) > 0) {
        marking
            .append(marking.isEmpty() ? "" : ", ")
            .append(net.taskName(task))
            .append(" waits with ")
            .append(machine.waiting(task));
      }
    }
    return marking.toString();
  }

  /** Lets the children of a step that is about to be left be cancelled. */
  void cancelChildren(final CaseRecord record, final int task) {
    if (record.hasChildren(task) && record.pendingChildren(task) > 0) {
      // later, as the machine may be playing this case
      put(CANCEL_CHILDREN, record.caseId(), task, record.itemNumber(task));
    }
  }

  @Override
  public boolean guard(final int guard) {
    final boolean holds = userCode.test(current.layout().workflow.guard(guard), current);
    if (!holds) {
      final Throwable thrown = userCode.takeThrown();
      guardFailure = guardFailure == null ? thrown : guardFailure;
    }
    return holds;
  }

  @Override
  public void started(final int task) {
    tellJoin(task);
    final TaskDefinition definition = definition(current, task);
    switch (definition.kind()) {
      case INLINE, WORKER, MULTIPLE_INSTANCE, COMPOSITE -> {
        current.openItem(task, CaseRecord.ITEM_EXECUTING, nowNs, deadlineNs(definition));
        history.add(HistoryEvent.Type.WORK_ITEM_STARTED, current, task, null, null);
        execute(current, task);
      }
      case DELAY -> {
        current.openItem(task, CaseRecord.ITEM_EXECUTING, nowNs, deadlineNs(definition));
        history.add(HistoryEvent.Type.WORK_ITEM_ENABLED, current, task, null, null);
      }
      case CANCEL -> put(CANCEL_CASE, current.caseId(), task, 0);
      case ROUTING, MANUAL, MESSAGE, SIGNAL -> throw new AssertionError(definition);
    }
  }

  @Override
  public void offered(final int task) {
    final TaskDefinition definition = definition(current, task);
    current.openItem(task, CaseRecord.ITEM_OFFERED, nowNs, deadlineNs(definition));
    history.add(HistoryEvent.Type.WORK_ITEM_ENABLED, current, task, null, null);
    if (definition.kind() == TaskKind.MESSAGE && !definition.whileWaiting()) {
      put(LOOK_FOR_MESSAGE, current, task);
    }
  }

  @Override
  public void withdrawn(final int task) {
    history.add(HistoryEvent.Type.WORK_ITEM_WITHDRAWN, current, task, null, null);
    current.closeItem(task);
  }

  @Override
  public void cancelled(final int task) {
    history.add(HistoryEvent.Type.WORK_ITEM_CANCELLED, current, task, null, null);
    takeBack(current, task);
    cancelChildren(current, task);
    children.dropList(current, task);
    current.closeItem(task);
  }

  @Override
  public void routed(final int task) {
    tellJoin(task);
  }

  private void tellJoin(final int task) {
    if (current.layout().net.joinsBranches(task)) {
      roster.branchesJoined();
    }
  }

  @Override
  public void noBranch(final int task) {
    noBranchTask = task;
  }

  @Override
  public void undecided(final int task) {
    roster.orJoinUndecided(current);
  }

  private void takeBack(final CaseRecord record, final int task) {
    if (record.itemState(task) == CaseRecord.ITEM_EXECUTING
        && isWorkedOn(definition(record, task))) {
      effects.takeBack(record.caseId(), task, record.itemNumber(task));
    }
  }

  /** Points the machine at a case, to be played at once. */
  private Machine play(final CaseRecord record) {
    current = record.change();
    return machine.wrap(record.layout().net, record.buffer(), CaseLayout.HEADER_LENGTH);
  }

  private long deadlineNs(final TaskDefinition definition) {
    return definition.deadline() == null
        ? CaseRecord.NEVER
        : Nanos.after(nowNs, Nanos.of(definition.deadline()));
  }

  private void noteFailure(final CaseRecord record, final int task, final String reason) {
    final String name = task == Net.NONE ? "" : record.layout().net.taskName(task) + ": ";
    final byte[] bytes = UserCode.abbreviate(name + reason).getBytes(StandardCharsets.UTF_8);
    text.wrap(bytes);
    record.setFailure(task, text, 0, bytes.length);
  }

  /** Whether a record may grow by so many bytes. */
  static boolean fits(final CaseRecord record, final int more) {
    return record.lengthWithAllItems() + more <= CaseRoster.RECORD_LENGTH_MAX;
  }

  static String tooLarge(final CaseRecord record, final int more) {
    return "case record must fit: recordLength="
        + record.lengthWithAllItems()
        + ", more="
        + more
        + ", lengthMax="
        + CaseRoster.RECORD_LENGTH_MAX;
  }

  static int messageIndex(final CaseRecord record, final int task) {
    return record.layout().workflow.messages().indexOf(definition(record, task).message());
  }

  /** Signals have the numbers behind those of the messages. */
  static int signalIndex(final CaseRecord record, final String signal) {
    final int index = record.layout().workflow.signals().indexOf(signal);
    return index < 0 ? index : record.layout().workflow.messages().size() + index;
  }

  static TaskDefinition definition(final CaseRecord record, final int task) {
    return record.layout().workflow.task(record.layout().netIndex, task);
  }

  private void put(final int kind, final CaseRecord record, final int task) {
    put(kind, record.caseId(), task, record.itemNumber(task));
  }

  private void put(final int kind, final long caseId, final int task, final int item) {
    agenda.addLong((long) kind << KIND_BITS | (task & 0xffffffffL));
    agenda.addLong(caseId);
    agenda.addLong(item);
  }
}
