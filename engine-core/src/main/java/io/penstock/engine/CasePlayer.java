package io.penstock.engine;

import io.penstock.net.Exit;
import io.penstock.net.Machine;
import io.penstock.net.MachineSink;
import io.penstock.net.Net;
import io.penstock.workflow.ForEach;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskKind;
import java.nio.charset.StandardCharsets;
import org.agrona.collections.LongArrayList;
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
  private static final int FAILURE_TEXT_MAX = 500;
  private static final int KIND_BITS = 32;

  /** What can stand on the agenda. */
  private static final int RUN_INLINE = 1;

  private static final int LOOK_FOR_MESSAGE = 2;
  private static final int CANCEL_CASE = 3;
  private static final int LEAVE_FOR_EACH = 4;
  private static final int CANCEL_INSTANCES = 5;

  private final CaseFile file;
  private final Definitions definitions;
  private final CaseRoster roster;
  private final Effects effects;
  private final InlineRunner inlineRunner;
  private final Mailbox mailbox = new Mailbox();
  private final Machine machine = new Machine(this);
  private final LongArrayList agenda = new LongArrayList();
  private int agendaHead;
  private final UnsafeBuffer text = new UnsafeBuffer(new byte[0]);
  private long nowNs;
  private @Nullable HandlerWork inlineWork;
  private CaseRecord current;
  private int noBranchTask = Net.NONE;
  private @Nullable RuntimeException guardFailure;

  @SuppressWarnings("NullAway.Init") // the current record is set before the machine plays
  CasePlayer(
      final CaseFile file,
      final Definitions definitions,
      final CaseRoster roster,
      final Effects effects,
      final InlineRunner inlineRunner) {
    this.file = file;
    this.definitions = definitions;
    this.roster = roster;
    this.effects = effects;
    this.inlineRunner = inlineRunner;
  }

  /** Runs inline handlers; the one way by which user code runs on the shard's thread. */
  interface InlineRunner {
    /** Runs a handler; null when it returned, else what it threw. */
    @Nullable Throwable run(
        HandlerWork work, TaskDefinition task, CaseRecord record, int taskIndex);
  }

  Mailbox mailbox() {
    return mailbox;
  }

  void begin(final long commandNowNs) {
    nowNs = commandNowNs;
    agenda.clear();
    agendaHead = 0;
  }

  /** Puts the first token into a new case. */
  void start(final CaseRecord record) {
    play(record).begin();
    settle(record);
  }

  /** A work item is done: its changes are in the record, its tokens move on. */
  void complete(final CaseRecord record, final int task, final Exit exit) {
    if (record.layout().waitOffset(task) != Net.NONE) {
      record.closeItem(task);
    }
    play(record).complete(task, exit);
    settle(record);
  }

  /** An offered work item is started and done at once. */
  void take(final CaseRecord record, final int task, final Exit exit) {
    play(record).start(task);
    complete(record, task, exit);
  }

  /** A message for an offered work item is in the mailbox. */
  void messageArrived(final CaseRecord record, final int task) {
    put(LOOK_FOR_MESSAGE, record.caseId(), task);
  }

  /** A work item failed: it is tried again later, or for good. */
  void fail(final CaseRecord record, final int task, final boolean retry, final String reason) {
    final TaskDefinition definition = definition(record, task);
    final int attempt = record.attempt(task);
    if (retry && attempt < definition.retry().attemptsMax()) {
      record.setItemState(task, CaseRecord.ITEM_RESTING);
      record.setItemRetryNs(task, nowNs + definition.retry().delayNs(attempt));
      return;
    }
    noteFailure(record, task, reason);
    if (record.layout().net.handles(task, Exit.FAILURE)) {
      leaveInstances(record, task);
      complete(record, task, Exit.FAILURE);
    } else {
      end(record, CaseStatus.FAILED);
    }
  }

  /** The time has come for something in this case. */
  void fireTimers(final CaseRecord record) {
    if (record.deadlineNs() <= nowNs) {
      end(record, CaseStatus.TIMED_OUT);
    }
    for (int task = 0; record.isRunning() && task < record.layout().taskCount(); task++) {
      if (record.itemState(task) == CaseRecord.ITEM_NONE) {
        continue;
      }
      if (record.itemDeadlineNs(task) <= nowNs) {
        passDeadline(record, task);
      } else if (record.itemRetryNs(task) <= nowNs) {
        tryAgain(record, task);
      }
    }
  }

  /** Starts an instance of a for-each for each item, or passes on when there is none. */
  void createInstances(final CaseRecord parent, final int task, final CommandDecoder items) {
    final ForEach<?> forEach = forEach(parent, task);
    final int slot = parent.layout().workflow.slot(forEach.item());
    final int count = (int) items.nextLong();
    parent.setItemState(task, CaseRecord.ITEM_INSTANCES);
    parent.setInstances(task, count);
    final CaseLayout layout = deployed(parent).layouts().get(forEach.bodyNet());
    for (int instance = 0; instance < count; instance++) {
      items.nextBytes();
      if (layout.heapOffset + parent.length() - parent.layout().heapOffset + items.bytesLength()
          > CaseRoster.RECORD_LENGTH_MAX) {
        fail(
            parent,
            task,
            false,
            "instance " + instance + ": " + tooLarge(parent, items.bytesLength()));
        return;
      }
      final CaseRecord child = roster.createInstance(parent, task, instance, layout, nowNs);
      child.copyVariablesFrom(parent);
      child.setEncoded(
          slot,
          items.buffer(),
          items.bytesOffset() + Changes.HEADER_LENGTH,
          Changes.valueLength(items.buffer(), items.bytesOffset()));
      start(child);
    }
    if (count == 0) {
      put(LEAVE_FOR_EACH, parent.caseId(), task);
    }
  }

  /** Ends a case, and everything in it, in one way or another. */
  void end(final CaseRecord record, final CaseStatus status) {
    if (!record.isRunning()) {
      return;
    }
    play(record).cancelAll();
    record.end(status, nowNs);
    if (record.parentId() == 0) {
      roster.ended(record, status, nowNs);
    } else {
      leaveParent(record, status);
    }
  }

  /** Works off the agenda, and whatever that puts on it. */
  void drain() {
    while (agendaHead < agenda.size()) {
      final long entry = agenda.getLong(agendaHead);
      final long caseId = agenda.getLong(agendaHead + 1);
      agendaHead += 2;
      if ((int) (entry >>> KIND_BITS) == CANCEL_INSTANCES) {
        cancelInstances(caseId, (int) entry);
        continue;
      }
      final CaseRecord record = file.load(caseId);
      if (record != null && record.isRunning()) {
        carryOut((int) (entry >>> KIND_BITS), record, (int) entry);
      }
    }
  }

  private void carryOut(final int kind, final CaseRecord record, final int task) {
    switch (kind) {
      case RUN_INLINE -> runInline(record, task);
      case LOOK_FOR_MESSAGE -> lookForMessage(record, task);
      case CANCEL_CASE -> end(record, CaseStatus.CANCELLED);
      case LEAVE_FOR_EACH -> {
        if (record.itemState(task) == CaseRecord.ITEM_INSTANCES
            && record.pendingInstances(task) == 0) {
          complete(record, task, Exit.NORMAL);
        }
      }
      default -> throw new AssertionError(kind);
    }
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
      fail(record, task, definition.retry().retries(failure), describe(failure));
    } else if (!fits(record, work.changes().length())) {
      fail(record, task, false, tooLarge(record, work.changes().length()));
    } else {
      record.apply(work.changes().buffer(), 0, work.changes().length());
      complete(record, task, Exit.NORMAL);
    }
  }

  private void lookForMessage(final CaseRecord record, final int task) {
    if (record.itemState(task) == CaseRecord.ITEM_OFFERED
        && mailbox.take(record, messageIndex(record, task))) {
      take(record, task, Exit.NORMAL);
    }
  }

  private void passDeadline(final CaseRecord record, final int task) {
    if (definition(record, task).kind() == TaskKind.DELAY) {
      leave(record, task, Exit.NORMAL);
      return;
    }
    takeBack(record, task);
    if (!record.layout().net.handles(task, Exit.TIMEOUT)) {
      noteFailure(record, task, "deadline passed");
      end(record, CaseStatus.TIMED_OUT);
    } else {
      leaveInstances(record, task);
      leave(record, task, Exit.TIMEOUT);
    }
  }

  /** Leaves a work item, whether somebody has started it or not. */
  private void leave(final CaseRecord record, final int task, final Exit exit) {
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
    if (definition(record, task).kind() == TaskKind.INLINE) {
      put(RUN_INLINE, record.caseId(), task);
    } else {
      effects.handOut(record.caseId(), task, record.itemNumber(task));
    }
  }

  /** After the machine has played: is this case over? */
  private void settle(final CaseRecord record) {
    if (!record.isRunning()) {
      return;
    }
    if (guardFailure != null) {
      noteFailure(record, Net.NONE, "guard threw: " + describe(guardFailure));
      guardFailure = null;
      noBranchTask = Net.NONE;
      end(record, CaseStatus.FAILED);
    } else if (noBranchTask != Net.NONE) {
      noteFailure(record, noBranchTask, "no guard holds and there is no default");
      noBranchTask = Net.NONE;
      end(record, CaseStatus.FAILED);
    } else if (play(record).isComplete()) {
      end(record, CaseStatus.COMPLETED);
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
    return marking.toString();
  }

  private void leaveParent(final CaseRecord child, final CaseStatus status) {
    final CaseRecord parent = file.load(child.parentId());
    final int task = child.parentTask();
    final int instance = child.instance();
    final String reason = child.text(CaseLayout.FAILURE_SLOT);
    if (parent == null
        || !parent.isRunning()
        || parent.itemState(task) != CaseRecord.ITEM_INSTANCES) {
      roster.forgetInstance(child);
      return;
    }
    final String problem =
        status == CaseStatus.COMPLETED
            ? reduceAll(child, parent, task)
            : "ended " + status + (reason == null ? "" : ": " + reason);
    roster.forgetInstance(child);
    parent.setPendingInstances(task, parent.pendingInstances(task) - 1);
    if (problem != null) {
      fail(parent, task, false, "instance " + instance + " " + problem);
    } else if (parent.pendingInstances(task) == 0) {
      put(LEAVE_FOR_EACH, parent.caseId(), task);
    }
  }

  /** Folds what an instance leaves into its case; says what went wrong, or null. */
  private static @Nullable String reduceAll(
      final CaseRecord child, final CaseRecord parent, final int task) {
    try {
      final Changes changes = new Changes(parent.layout().workflow);
      for (final ForEach.Reduction<?> reduction : forEach(parent, task).reductions()) {
        reduce(reduction, child, parent, changes);
      }
      if (!fits(parent, changes.length())) {
        return "left too much: " + tooLarge(parent, changes.length());
      }
      parent.apply(changes.buffer(), 0, changes.length());
      return null;
    } catch (final RuntimeException e) { // the operator is the user's
      return "could not be reduced: " + describe(e);
    }
  }

  private static <V> void reduce(
      final ForEach.Reduction<V> reduction,
      final CaseRecord child,
      final CaseRecord parent,
      final Changes changes) {
    final V value = child.find(reduction.from()).orElse(null);
    if (value != null) {
      changes.set(
          reduction.into(),
          parent
              .find(reduction.into())
              .map(sofar -> reduction.operator().apply(sofar, value))
              .orElse(value));
    }
  }

  private void leaveInstances(final CaseRecord record, final int task) {
    if (record.itemState(task) == CaseRecord.ITEM_INSTANCES) {
      put(CANCEL_INSTANCES, record.caseId(), task);
    }
  }

  /** Ends the instances of a for-each without asking anybody; their case may be gone already. */
  private void cancelInstances(final long parentId, final int task) {
    final LongArrayList children = roster.instancesOf(parentId);
    for (int i = 0; i < children.size(); i++) {
      final CaseRecord child = file.load(children.getLong(i));
      if (child != null && child.parentTask() == task && child.isRunning()) {
        play(child).cancelAll();
        child.end(CaseStatus.CANCELLED, nowNs);
        roster.forgetInstance(child);
      }
    }
  }

  @Override
  public boolean guard(final int guard) {
    try {
      return current.layout().workflow.guard(guard).test(current);
    } catch (final RuntimeException e) {
      guardFailure = e;
      return false;
    }
  }

  @Override
  public void started(final int task) {
    final TaskDefinition definition = definition(current, task);
    switch (definition.kind()) {
      case INLINE, WORKER, FOR_EACH -> {
        current.openItem(task, CaseRecord.ITEM_EXECUTING, nowNs, deadlineNs(definition));
        execute(current, task);
      }
      case DELAY ->
          current.openItem(task, CaseRecord.ITEM_EXECUTING, nowNs, deadlineNs(definition));
      case CANCEL -> put(CANCEL_CASE, current.caseId(), task);
      case ROUTING, MANUAL, MESSAGE -> throw new AssertionError(definition);
    }
  }

  @Override
  public void offered(final int task) {
    final TaskDefinition definition = definition(current, task);
    current.openItem(task, CaseRecord.ITEM_OFFERED, nowNs, deadlineNs(definition));
    if (definition.kind() == TaskKind.MESSAGE) {
      put(LOOK_FOR_MESSAGE, current.caseId(), task);
    }
  }

  @Override
  public void withdrawn(final int task) {
    current.closeItem(task);
  }

  @Override
  public void cancelled(final int task) {
    if (current.layout().waitOffset(task) == Net.NONE) {
      return;
    }
    final CaseRecord record = current;
    takeBack(record, task);
    record.closeItem(task);
    if (definition(record, task).kind() == TaskKind.FOR_EACH) {
      put(CANCEL_INSTANCES, record.caseId(), task); // not now: the machine is playing this case
    }
  }

  @Override
  public void routed(final int task) {}

  @Override
  public void noBranch(final int task) {
    noBranchTask = task;
  }

  private void takeBack(final CaseRecord record, final int task) {
    if (record.itemState(task) == CaseRecord.ITEM_EXECUTING
        && definition(record, task).kind() != TaskKind.INLINE) {
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
        : nowNs + definition.deadline().toNanos();
  }

  private void noteFailure(final CaseRecord record, final int task, final String reason) {
    final String name = task == Net.NONE ? "" : record.layout().net.taskName(task) + ": ";
    final byte[] bytes = abbreviate(name + reason).getBytes(StandardCharsets.UTF_8);
    text.wrap(bytes);
    record.setFailure(task, text, 0, bytes.length);
  }

  static String describe(final Throwable failure) {
    return abbreviate(
        failure.getMessage() == null
            ? failure.getClass().getName()
            : failure.getClass().getName() + ": " + failure.getMessage());
  }

  private static String abbreviate(final String reason) {
    return reason.length() <= FAILURE_TEXT_MAX ? reason : reason.substring(0, FAILURE_TEXT_MAX);
  }

  /** Whether a record may grow by so many bytes. */
  static boolean fits(final CaseRecord record, final int more) {
    return record.length() + more <= CaseRoster.RECORD_LENGTH_MAX;
  }

  static String tooLarge(final CaseRecord record, final int more) {
    return "case record must fit: recordLength="
        + record.length()
        + ", more="
        + more
        + ", lengthMax="
        + CaseRoster.RECORD_LENGTH_MAX;
  }

  static int messageIndex(final CaseRecord record, final int task) {
    return record.layout().workflow.messages().indexOf(definition(record, task).message());
  }

  static TaskDefinition definition(final CaseRecord record, final int task) {
    return record.layout().workflow.task(record.layout().netIndex, task);
  }

  private static ForEach<?> forEach(final CaseRecord record, final int task) {
    final ForEach<?> forEach = definition(record, task).forEach();
    if (forEach == null) {
      throw new AssertionError("task must be a for-each: task=" + definition(record, task).name());
    }
    return forEach;
  }

  private Definition.Deployed deployed(final CaseRecord record) {
    final Definition.Deployed deployed = definitions.get(record.definitionId()).deployed();
    if (deployed == null) {
      throw new AssertionError(
          "loaded case must be of a deployed workflow: definition=" + record.definitionId());
    }
    return deployed;
  }

  private void put(final int kind, final long caseId, final int task) {
    agenda.addLong((long) kind << KIND_BITS | task);
    agenda.addLong(caseId);
  }
}
