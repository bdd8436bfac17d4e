package io.penstock.engine;

import io.penstock.engine.CommandEncoder.CommandType;
import io.penstock.engine.Question.EndWait;
import io.penstock.engine.Question.FindCase;
import io.penstock.engine.Question.ListWorkItems;
import io.penstock.net.Exit;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.ShardStore;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands, refuses those that do not fit, and changes cases by the others: a function of the
 * records, the time and the command.
 *
 * <p>One command is one batch in the store. A refusal is thrown before anything has changed. What
 * shall happen outside stands in {@link Effects} afterwards. Uses no clock, thread, randomness or
 * I/O of its own; belongs to the shard's thread.
 */
final class Kernel {
  private final CaseFile file;
  private final Definitions definitions;
  private final CaseIndex index;
  private final StartKeys keys;
  private final CaseRoster roster;
  private final TimerQueue timers;
  private final StatusTable statuses;
  private final Effects effects;
  private final HistoryWriter history;
  private final CasePlayer player;
  private final Family family;
  private final ShardObserver observer;
  private final Notes notes;
  private final List<long[]> recoveredEnded = new ArrayList<>();
  private long nowNs;

  Kernel(
      final ShardStore store,
      final Definitions definitions,
      final StatusTable statuses,
      final TimerQueue timers,
      final Effects effects,
      final ShardObserver observer,
      final Notes notes,
      final CasePlayer.InlineRunner inlineRunner,
      final long keySeed,
      final Retention retention,
      final RememberedKeys remembered,
      final int depthMax,
      final History historyLevel,
      final Mailbox mailbox,
      final UserCode userCode) {
    this.definitions = definitions;
    this.statuses = statuses;
    this.timers = timers;
    this.effects = effects;
    this.observer = observer;
    this.notes = notes;
    file = new CaseFile(store, definitions);
    index = new CaseIndex(keySeed);
    keys = new StartKeys(file, definitions, index, remembered);
    roster =
        new CaseRoster(
            file, index, statuses, timers, effects, definitions, observer, retention, keys);
    history = new HistoryWriter(historyLevel, file);
    player =
        new CasePlayer(
            file, definitions, roster, effects, inlineRunner, depthMax, history, mailbox, userCode);
    family = new Family(file, roster);
  }

  /**
   * Takes in all that the store has. Workflows that are deployed already, when a shard begins anew
   * on what is stored, have their cases back at once.
   */
  void recover(final ShardStore store, final HandlerRuns runs) {
    definitions.beginRecovery();
    statuses.beginRecovery();
    store.forEach((id, record, offset, length) -> recover(id, record, offset, length, false));
    definitions.endRecovery();
    store.forEach((id, record, offset, length) -> recover(id, record, offset, length, true));
    recovered();
    runs.retainCopies();
    for (final Definition definition : definitions.all()) {
      if (definition.deployed() != null) {
        resume(definition);
      }
    }
  }

  /** Takes in one record of the store, in two passes: definitions first. */
  private void recover(
      final long recordId,
      final DirectBuffer record,
      final int offset,
      final int length,
      final boolean cases) {
    if (recordId == CaseRoster.RECORD_ID) {
      roster.recover(record, offset);
    } else if (LargeValues.isId(recordId)) {
      if (!cases) {
        file.large().recover(recordId, record, offset);
      }
    } else if (Notes.isId(recordId)) {
      if (!cases) {
        notes.recover(recordId, record, offset, length);
      }
    } else if (RememberedKeys.isId(recordId)) {
      if (cases) {
        keys.recover(recordId, record, offset);
      }
    } else if (recordId < 0 && !cases) {
      definitions.recover((int) -recordId, record, offset, length);
    } else if (recordId > 0 && cases) {
      recoverCase(recordId, record, offset, length);
    }
  }

  private void recoverCase(
      final long caseId, final DirectBuffer source, final int offset, final int length) {
    final CaseRecord record = new CaseRecord(file.large());
    record.buffer().putBytes(0, source, offset, length);
    record.checkVersion();
    statuses.reserve(caseId);
    statuses.publish(caseId, record.status());
    long keyHash = CaseIndex.NO_KEY;
    if (record.parentId() == 0) {
      keyHash = keys.add(record.buffer(), 0);
    } else {
      index.addChild(record.parentId(), caseId);
    }
    final Definition definition = definitions.ofRecovered(record.definitionId());
    definition.parked.addLong(caseId);
    if (record.isRunning()) {
      definition.runningCount++;
    } else {
      recoveredEnded.add(new long[] {record.endedNs(), caseId, keyHash});
    }
  }

  /** After the last record: puts ended cases in order. */
  private void recovered() {
    statuses.collectFree();
    recoveredEnded.sort((one, other) -> Arrays.compare(one, other));
    recoveredEnded.forEach(ended -> roster.recoverEnded(ended[1], ended[0], ended[2]));
    recoveredEnded.clear();
    keys.recovered();
    roster.recovered();
    file.large().recovered(file::isThere);
  }

  /** Runs one command to the end and appends what it changed. */
  void execute(
      final CommandDecoder command, final @Nullable Object attachment, final long commandNowNs) {
    begin(commandNowNs);
    final CommandType type = command.type();
    switch (type) {
      case START -> start(command);
      case COMPLETE_TASK -> completeTask(command);
      case FAIL_TASK -> failTask(command);
      case ADD_ITEMS -> addItems(command);
      case CREATE_INSTANCES -> createInstances(command);
      case SEND_MESSAGE -> sendMessage(command);
      case SIGNAL -> signal(command);
      case CANCEL -> cancel(command);
      case CLAIM -> claim(command);
      case RELEASE -> release(command);
      case START_WORK_ITEM -> startWorkItem(command);
      case COMPLETE_WORK_ITEM -> completeWorkItem(command);
      case ADD_INSTANCE -> addInstance(command);
      case CLOSE_INSTANCES -> closeInstances(command);
      case COMPLETE_INSTANCES -> completeInstances(command);
      case KEEP_NOTE -> keepNote(command);
      case CHECK_DEPLOY -> checkDeploy(command, (Workflow) attachment(attachment));
      case DEPLOY -> deploy(command, (Workflow) attachment(attachment));
    }
    finish();
  }

  private static Object attachment(final @Nullable Object attachment) {
    if (attachment == null) {
      throw new AssertionError("command must carry its workflow");
    }
    return attachment;
  }

  /**
   * Lets the time that has come do its work, one case after the other; false when there is nothing
   * to do.
   */
  boolean fireNextTimer(final long commandNowNs) {
    if (timers.nextDeadlineNs() > commandNowNs) {
      return false;
    }
    begin(commandNowNs);
    final long dueNs = timers.nextDeadlineNs();
    final long due = timers.poll();
    if (due == CaseRoster.RETENTION) {
      roster.forgetDue(commandNowNs);
      finish();
      return true;
    }
    final CaseRecord record = file.load(due);
    if (record != null && record.isRunning()) {
      taken(record, false);
      observer.timerFired(commandNowNs - dueNs);
      player.fireTimers(record.change());
    }
    finish();
    return true;
  }

  /** How many keys of cases that are gone are remembered. */
  int rememberedKeys() {
    return keys.rememberedCount();
  }

  /** The values that records only refer to. */
  LargeValues large() {
    return file.large();
  }

  /** Whether a step has still instances to make. */
  boolean hasUnfinished() {
    return player.children().hasUnfinished();
  }

  /** Makes a portion of the instances that are not made yet. */
  void createUnfinished(final long commandNowNs) {
    begin(commandNowNs);
    player.children().createUnfinished();
    finish();
  }

  /** Whether inline tasks have waited for other commands to have their turn. */
  boolean hasDeferred() {
    return player.hasDeferred();
  }

  /** Runs inline tasks of the case that has waited longest. */
  void runDeferred(final long commandNowNs) {
    begin(commandNowNs);
    player.takeDeferred();
    finish();
  }

  /** Ends what has changed nothing: a question, or a command that was refused. */
  void abandon() {
    assert file.isUnchanged() : "refused command must have changed nothing";
    file.close();
    effects.clear();
  }

  private void begin(final long commandNowNs) {
    nowNs = commandNowNs;
    history.handlerRan(0, 0);
    file.begin(commandNowNs);
    player.begin(commandNowNs);
  }

  private void finish() {
    player.drain();
    file.commit(timers);
  }

  /**
   * Answers what changes nothing.
   *
   * @return the answer, or null when a wait has to go on
   */
  @Nullable Object answer(final Question question, final long questionNowNs) {
    begin(questionNowNs);
    try {
      if (question instanceof EndWait wait) {
        return ended(wait.caseId);
      } else if (question instanceof FindCase find) {
        return find(find);
      } else if (question instanceof ListWorkItems list) {
        return workItems(list.caseId);
      }
      throw new AssertionError(question);
    } finally {
      abandon();
    }
  }

  /** How a case ended, or null while it goes on. */
  private @Nullable CaseStatus ended(final long caseId) {
    final CaseStatus status = statuses.statusOf(caseId);
    if (status == CaseStatus.UNKNOWN) {
      throw unknownCase(caseId);
    }
    return status == CaseStatus.RUNNING ? null : status;
  }

  private void start(final CommandDecoder command) {
    final Definition definition = definitions.deployed(command.workflowNumber());
    final Definition.Deployed deployed = definition == null ? null : definition.deployed();
    if (definition == null || deployed == null) {
      throw refusal(
          Rejection.WORKFLOW_NOT_DEPLOYED,
          "workflow must be deployed: workflowNumber=" + command.workflowNumber());
    }
    command.nextBytes();
    final int keyOffset = command.bytesOffset();
    final int keyLength = Math.max(command.bytesLength(), 0);
    final long first =
        keyLength == 0 ? 0 : keys.find(definition.name, command.buffer(), keyOffset, keyLength);
    if (first != 0) {
      effects.answer(command.replyNumber(), new Started(first, statuses.chunkIfThere(first)));
      return;
    }
    final CaseLayout layout = deployed.layouts().get(0);
    command.nextBytes();
    final int length =
        layout.heapOffset + layout.tableLengthMax + keyLength + lengthInRecord(command);
    if (length > CaseRoster.RECORD_LENGTH_MAX) {
      throw refusal(
          Rejection.RECORD_TOO_LARGE,
          "case record must fit: recordLength="
              + length
              + ", lengthMax="
              + CaseRoster.RECORD_LENGTH_MAX);
    }
    final CaseRecord record =
        roster.createCase(
            definition,
            layout,
            (int) command.caseId(),
            command.buffer(),
            keyOffset,
            keyLength,
            nowNs);
    final Optional<Duration> deadline = deployed.workflow().deadline();
    if (deadline.isPresent()) {
      record.setDeadlineNs(Nanos.after(nowNs, Nanos.of(deadline.get())));
    }
    apply(record, command);
    taken(record, true);
    history.caseStarted(record);
    effects.answer(
        command.replyNumber(), new Started(record.caseId(), statuses.chunk(record.caseId())));
    player.start(record);
  }

  private void keepNote(final CommandDecoder command) {
    final String name = String.valueOf(command.nextText());
    command.nextBytes();
    notes.put(
        file.store(), nowNs, name, command.buffer(), command.bytesOffset(), command.bytesLength());
    effects.answer(command.replyNumber(), true);
  }

  private void completeTask(final CommandDecoder command) {
    final int task = (int) command.nextLong();
    final CaseRecord record = loadForResult(command, task, false);
    if (record != null && applyResult(command, record, task)) {
      player.complete(record, task, Exit.NORMAL);
    }
  }

  private void failTask(final CommandDecoder command) {
    final int task = (int) command.nextLong();
    final CaseRecord record = loadForResult(command, task, true);
    if (record != null) {
      final boolean retry = command.nextLong() != 0;
      player.fail(record, task, retry, String.valueOf(command.nextText()));
    }
  }

  private void createInstances(final CommandDecoder command) {
    final int task = (int) command.nextLong();
    final CaseRecord record = loadForResult(command, task, false);
    if (record != null && applyResult(command, record, task)) {
      history.handlerRan(0, 0); // it made the list, and the work item goes on
      player.children().createOfList(record, task, (int) command.nextLong());
    }
  }

  /** Takes a part of a list that a handler is making. */
  private void addItems(final CommandDecoder command) {
    final int task = (int) command.nextLong();
    final int number = (int) command.nextLong();
    final int attempt = (int) command.nextLong();
    final CaseRecord record = file.load(command.caseId());
    if (record != null && record.isAwaited(task, number) && record.attempt(task) == attempt) {
      taken(record, false);
      final String problem = player.children().addItems(record, task, command);
      if (problem != null) {
        player.fail(record, task, false, problem);
      }
    }
  }

  /** The record that a handler's result is for, or null when nobody waits for it any more. */
  private @Nullable CaseRecord loadForResult(
      final CommandDecoder command, final int task, final boolean failed) {
    final CaseRecord record = file.load(command.caseId());
    final int number = (int) command.nextLong();
    final int attempt = (int) command.nextLong();
    final long waitNs = command.nextLong();
    final long serviceNs = command.nextLong();
    final long persistNs = command.nextLong();
    if (record == null || !record.isAwaited(task, number) || record.attempt(task) != attempt) {
      return null;
    }
    final int taskNumber = record.layout().workflow.taskNumber(record.netIndex(), task);
    observer.workerTaskEnded(taken(record, false), taskNumber, waitNs, serviceNs, failed);
    history.handlerRan(serviceNs, persistNs);
    return record;
  }

  /** Writes what a handler set, or fails its task when that is too much. */
  private boolean applyResult(
      final CommandDecoder command, final CaseRecord record, final int task) {
    command.nextBytes();
    if (!CasePlayer.fits(record, lengthInRecord(command))) {
      player.fail(record, task, false, CasePlayer.tooLarge(record, lengthInRecord(command)));
      return false;
    }
    apply(record, command);
    return true;
  }

  /** Writes to a record the changes that the command stands at. */
  private void apply(final CaseRecord record, final CommandDecoder command) {
    file.apply(record, command.buffer(), command.bytesOffset(), command.bytesLength());
  }

  /** Bytes that the changes that the command stands at take in a record. */
  private static int lengthInRecord(final CommandDecoder command) {
    return Changes.lengthInRecord(command.buffer(), command.bytesOffset(), command.bytesLength());
  }

  private void sendMessage(final CommandDecoder command) {
    final CaseRecord record = loadRunning(command.caseId());
    final String message = command.nextText();
    final String keyText = command.nextText();
    final byte[] key = keyText == null ? new byte[0] : Mailbox.keyBytes(keyText);
    final int messageIndex = record.layout().workflow.messages().indexOf(message);
    if (messageIndex < 0) {
      throw refusal(
          Rejection.UNKNOWN_MESSAGE,
          "message must be one that the workflow waits for: message="
              + message
              + ", known="
              + record.layout().workflow.messages());
    }
    if (key.length > 0 && player.mailbox().hasSeen(record, messageIndex, key)) {
      effects.answer(command.replyNumber(), null);
      return;
    }
    if (!record.layout().workflow.keeps(String.valueOf(message))
        && family
            .waiting(record.caseId(), TaskKind.MESSAGE, String.valueOf(message), 1)
            .isEmpty()) {
      throw refusal(
          Rejection.MESSAGE_NOT_AWAITED,
          "message must be awaited now, it is not kept: message=" + message);
    }
    command.nextBytes();
    final int more = Mailbox.lengthOf(key, lengthInRecord(command));
    checkMailboxHasRoom(record, message, more);
    taken(record, false);
    effects.answer(command.replyNumber(), null);
    player.mailbox().makeRoom(record, more);
    final int splitLength = split(record, command);
    player
        .mailbox()
        .add(record, messageIndex, key, file.large().split(), 0, splitLength, file.large());
    history.add(HistoryEvent.Type.MESSAGE_RECEIVED, record, message);
    final Family.Waiting waiting =
        family.waiting(record.caseId(), TaskKind.MESSAGE, String.valueOf(message), 1);
    if (!waiting.isEmpty()) {
      player.messageArrived(waiting.record(0), waiting.task(0));
    }
  }

  private void checkMailboxHasRoom(
      final CaseRecord record, final @Nullable String message, final int more) {
    if (!player.mailbox().hasRoom(record, more)) {
      throw refusal(
          Rejection.RECORD_TOO_LARGE,
          "messages that wait must fit the case: message="
              + message
              + ", more="
              + more
              + ", waitingLengthMax="
              + Mailbox.LENGTH_MAX
              + ", "
              + CasePlayer.tooLarge(record, more)
              + "; wait until the case has taken some");
    }
  }

  /**
   * Releases those who wait now, all or the one that waits longest; nothing is kept but the key.
   */
  private void signal(final CommandDecoder command) {
    final CaseRecord record = loadRunning(command.caseId());
    final String signal = String.valueOf(command.nextText());
    final String keyText = command.nextText();
    final boolean one = command.nextLong() != 0;
    final int index = CasePlayer.signalIndex(record, signal);
    if (index < 0) {
      throw refusal(
          Rejection.UNKNOWN_SIGNAL,
          "signal must be one that the workflow waits for: signal="
              + signal
              + ", known="
              + record.layout().workflow.signals());
    }
    final byte[] key = keyText == null ? new byte[0] : Mailbox.keyBytes(keyText);
    if (key.length > 0 && player.mailbox().hasSeen(record, index, key)) {
      effects.answer(command.replyNumber(), 0);
      return;
    }
    command.nextBytes();
    final Family.Waiting waiting =
        family.waiting(record.caseId(), TaskKind.SIGNAL, signal, Integer.MAX_VALUE);
    if (one) {
      waiting.keepLongest();
    }
    checkSignalFits(record, signal, key, waiting, lengthInRecord(command));
    taken(record, false);
    if (key.length > 0) {
      player.mailbox().addTaken(record, index, key, file.large());
    }
    history.add(HistoryEvent.Type.SIGNAL_RECEIVED, record, signal);
    final int splitLength = split(record, command); // once, however many share it
    int released = 0;
    for (int i = 0; i < waiting.size(); i++) {
      final boolean goesOn =
          release(waiting.record(i), waiting.task(i), waiting.number(i), splitLength);
      released += goesOn ? 1 : 0;
    }
    effects.answer(command.replyNumber(), released);
  }

  /** Lets one waiting task go on; false when the release of another has withdrawn it. */
  private boolean release(
      final CaseRecord record, final int task, final int number, final int splitLength) {
    if (!record.isRunning()
        || record.itemState(task) != CaseRecord.ITEM_OFFERED
        || record.itemNumber(task) != number) {
      return false;
    }
    record.apply(file.large().split(), 0, splitLength);
    player.take(record, task, Exit.NORMAL);
    return true;
  }

  /** Splits the changes that the command stands at, see {@link LargeValues#split()}. */
  private int split(final CaseRecord record, final CommandDecoder command) {
    return file.large()
        .split(
            command.bytesLength() > LargeValues.INLINE_LENGTH_MAX ? file.outermost(record) : 0,
            command.buffer(),
            command.bytesOffset(),
            command.bytesLength());
  }

  private void checkSignalFits(
      final CaseRecord record,
      final String signal,
      final byte[] key,
      final Family.Waiting waiting,
      final int length) {
    if (key.length > 0) {
      checkMailboxHasRoom(record, signal, Mailbox.lengthOf(key, 0));
    }
    for (int i = 0; i < waiting.size(); i++) {
      final CaseRecord waits = waiting.record(i);
      final int more =
          waits == record && key.length > 0 ? length + Mailbox.lengthOf(key, 0) : length;
      if (!CasePlayer.fits(waits, more)) {
        throw refusal(Rejection.RECORD_TOO_LARGE, CasePlayer.tooLarge(waits, more));
      }
    }
  }

  private void cancel(final CommandDecoder command) {
    final CaseRecord record = loadRunning(command.caseId());
    taken(record, false);
    effects.answer(command.replyNumber(), null);
    player.end(record, CaseStatus.CANCELLED);
  }

  private void claim(final CommandDecoder command) {
    final Family.Item item = openWorkItem(command);
    final CaseRecord record = item.record();
    final String who = String.valueOf(command.nextText());
    checkClaim(record, item.task(), claimHash(who));
    taken(record, false);
    record.setClaim(item.task(), claimHash(who));
    history.add(HistoryEvent.Type.WORK_ITEM_CLAIMED, record, item.task(), who, null);
    effects.answer(command.replyNumber(), null);
  }

  private void release(final CommandDecoder command) {
    final Family.Item item = openWorkItem(command);
    final CaseRecord record = item.record();
    final String who = String.valueOf(command.nextText());
    checkClaim(record, item.task(), claimHash(who));
    if (record.itemState(item.task()) == CaseRecord.ITEM_STARTED) {
      throw refusal(
          Rejection.WORK_ITEM_NOT_OPEN,
          "work item must not have been started: " + item.text() + "; complete it");
    }
    taken(record, false);
    record.setClaim(item.task(), 0);
    history.add(HistoryEvent.Type.WORK_ITEM_RELEASED, record, item.task(), who, null);
    effects.answer(command.replyNumber(), null);
  }

  private void startWorkItem(final CommandDecoder command) {
    final Family.Item item = openWorkItem(command);
    final CaseRecord record = item.record();
    final String who = String.valueOf(command.nextText());
    checkClaim(record, item.task(), claimHash(who));
    taken(record, false);
    record.setClaim(item.task(), claimHash(who));
    effects.answer(command.replyNumber(), null);
    if (record.itemState(item.task()) == CaseRecord.ITEM_OFFERED) {
      history.add(HistoryEvent.Type.WORK_ITEM_STARTED, record, item.task(), who, null);
      player.begin(record, item.task());
    }
  }

  private void completeWorkItem(final CommandDecoder command) {
    final Family.Item item = openWorkItem(command);
    final CaseRecord record = item.record();
    final String who = command.nextText();
    checkClaim(record, item.task(), who == null ? 0 : claimHash(who));
    command.nextBytes();
    if (!CasePlayer.fits(record, lengthInRecord(command))) {
      throw refusal(
          Rejection.RECORD_TOO_LARGE, CasePlayer.tooLarge(record, lengthInRecord(command)));
    }
    taken(record, false);
    apply(record, command);
    effects.answer(command.replyNumber(), null);
    history.add(HistoryEvent.Type.WORK_ITEM_COMPLETED, record, item.task(), who, null);
    player.leave(record, item.task(), Exit.NORMAL);
  }

  private Family.Item openWorkItem(final CommandDecoder command) {
    final CaseRecord record = loadRunning(command.caseId());
    final String name = String.valueOf(command.nextText());
    return family.openWorkItem(record, name, (int) command.nextLong());
  }

  private void addInstance(final CommandDecoder command) {
    final Family.Item step = instances(command);
    final CaseRecord record = step.record();
    final int task = step.task();
    final MultipleInstance instances = Children.instances(record, task);
    checkAddable(step, instances);
    if (record.itemState(task) == CaseRecord.ITEM_CLOSED) {
      throw refusal(
          Rejection.INSTANCES_CLOSED, "step must not be closed for more instances: " + step.text());
    }
    if (record.targetChildren(task) >= instances.maximum()) {
      throw refusal(
          Rejection.INSTANCES_MAXIMUM_REACHED,
          "step must have less instances than its maximum: "
              + step.text()
              + ", maximum="
              + instances.maximum());
    }
    final CaseLayout layout = bodyLayout(record, task);
    command.nextBytes();
    if (!Children.fits(record, layout, lengthInRecord(command))) {
      throw refusal(
          Rejection.RECORD_TOO_LARGE, CasePlayer.tooLarge(record, lengthInRecord(command)));
    }
    taken(record, false);
    history.add(HistoryEvent.Type.INSTANCE_ADDED, record, task, null, null);
    effects.answer(command.replyNumber(), record.createdChildren(task));
    player.children().add(record.change(), task, command);
  }

  private void closeInstances(final CommandDecoder command) {
    final Family.Item step = instances(command);
    checkAddable(step, Children.instances(step.record(), step.task()));
    taken(step.record(), false);
    effects.answer(command.replyNumber(), null);
    player.children().close(step.record(), step.task());
  }

  private void completeInstances(final CommandDecoder command) {
    final Family.Item step = instances(command);
    taken(step.record(), false);
    effects.answer(command.replyNumber(), null);
    player.completeEarly(step.record(), step.task());
  }

  /** The running multiple-instance step that a command names. */
  private Family.Item instances(final CommandDecoder command) {
    final CaseRecord record = loadRunning(command.caseId());
    return family.runningInstances(record, String.valueOf(command.nextText()));
  }

  private static void checkAddable(final Family.Item step, final MultipleInstance instances) {
    if (!instances.isAddable()) {
      throw refusal(
          Rejection.INSTANCES_NOT_ADDABLE, "step must be declared addable: " + step.text());
    }
    if (!step.record().hasChildren(step.task())) {
      throw refusal(
          Rejection.STEP_NOT_RUNNING,
          "step must have its instances: " + step.text() + "; its list is still being made");
    }
    if (Children.isListUnfinished(step.record(), step.task())) {
      throw refusal(
          Rejection.STEP_NOT_RUNNING,
          "step must have the instances of its list: "
              + step.text()
              + ", made="
              + step.record().createdChildren(step.task())
              + " of "
              + step.record().targetChildren(step.task())
              + "; try again when they are made");
    }
  }

  private CaseLayout bodyLayout(final CaseRecord record, final int task) {
    return definitions.layout(record, record.layout().workflow.bodyNet(record.netIndex(), task));
  }

  private static void checkClaim(final CaseRecord record, final int task, final long claimer) {
    if (record.claim(task) != 0 && record.claim(task) != claimer) {
      throw refusal(
          Rejection.WORK_ITEM_CLAIMED,
          "work item must not be claimed by somebody else: case="
              + record.caseId()
              + ", task="
              + record.layout().net.taskName(task));
    }
  }

  private static long claimHash(final String who) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < who.length(); i++) {
      hash = (hash ^ who.charAt(i)) * 0x100000001b3L;
    }
    return hash == 0 ? 1 : hash;
  }

  private Optional<Long> find(final FindCase find) {
    final long caseId = keys.find(find.workflow, find.key, 0, find.key.capacity());
    return caseId == 0 ? Optional.empty() : Optional.of(caseId);
  }

  private List<WorkItem> workItems(final long caseId) {
    final CaseRecord record = loadKnown(caseId);
    return record.isRunning() ? family.workItems(record.caseId()) : List.of();
  }

  /**
   * First half of a deployment, on every shard before the second on any: would it leave running
   * cases behind?
   */
  private void checkDeploy(final CommandDecoder command, final Workflow workflow) {
    definitions
        .findConflict(workflow)
        .ifPresent(
            other -> {
              throw refusal(
                  Rejection.WORKFLOW_CHANGED,
                  "workflow with running cases must keep its structure: workflow="
                      + workflow
                      + ", runningCases="
                      + other.runningCount
                      + "; raise its version");
            });
    effects.answer(command.replyNumber(), null);
  }

  private void deploy(final CommandDecoder command, final Workflow workflow) {
    final int workflowNumber = command.workflowNumber();
    final Definition definition =
        definitions.find(workflow).orElseGet(() -> addDefinition(workflow));
    definitions.deploy(definition, workflowNumber, workflow);
    observer.deployed(workflowNumber, workflow);
    resume(definition);
    effects.answer(command.replyNumber(), null);
  }

  private void resume(final Definition definition) {
    for (int i = 0; i < definition.parked.size(); i++) {
      resume(definition.parked.getLong(i));
    }
    for (int i = 0; i < definition.parked.size(); i++) {
      file.large().resumed(definition.parked.getLong(i)); // all references to it are counted now
    }
    definition.parked.clear();
  }

  private Definition addDefinition(final Workflow workflow) {
    final Definition added = definitions.add(workflow);
    final DirectBuffer record = Definition.encode(workflow);
    file.batch().image(-added.id, record, 0, record.capacity());
    return added;
  }

  /** A recovered case whose workflow is there again: its timers and the work that was under way. */
  private void resume(final long caseId) {
    final CaseRecord record = file.peek(caseId);
    if (record == null) {
      return;
    }
    record.forEachReference(file.large()::retain);
    if (!record.isRunning()) {
      return;
    }
    timers.schedule(caseId, record.nextDueNs());
    for (int task = 0; task < record.layout().taskCount(); task++) {
      if (record.itemState(task) == CaseRecord.ITEM_EXECUTING
          && CasePlayer.isWorkedOn(CasePlayer.definition(record, task))) {
        effects.handOut(caseId, task, record.itemNumber(task));
      } else if (record.itemState(task) == CaseRecord.ITEM_EXECUTING
          && CasePlayer.definition(record, task).kind() == TaskKind.INLINE) {
        player.defer(record, task);
      } else if (record.hasChildren(task)
          && record.createdChildren(task) < record.targetChildren(task)) {
        player.children().addUnfinished(record, task);
      }
    }
  }

  private CaseRecord loadKnown(final long caseId) {
    final CaseRecord record = file.load(caseId);
    if (record == null) {
      throw unknownCase(caseId);
    }
    return record;
  }

  private CaseRecord loadRunning(final long caseId) {
    final CaseRecord record = loadKnown(caseId);
    if (!record.isRunning()) {
      throw refusal(
          Rejection.CASE_ENDED,
          "case must be running: case=" + caseId + ", status=" + record.status());
    }
    return record;
  }

  private int taken(final CaseRecord record, final boolean isNew) {
    final Definition.Deployed deployed = definitions.get(record.definitionId()).deployed();
    final int workflow = deployed == null ? -1 : deployed.workflowNumber();
    observer.caseTaken(workflow, record.caseId(), isNew, record.buffer(), CaseRecord.TRACE_OFFSET);
    return workflow;
  }

  private static CommandRejectedException unknownCase(final long caseId) {
    return refusal(
        Rejection.UNKNOWN_CASE,
        "case must be known: case=" + caseId + "; it never was, or it ended long ago");
  }

  static CommandRejectedException refusal(final Rejection rejection, final String message) {
    return new CommandRejectedException(rejection, message);
  }
}
