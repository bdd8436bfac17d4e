package io.penstock.engine;

import io.penstock.engine.CommandEncoder.CommandType;
import io.penstock.engine.Question.EndWait;
import io.penstock.engine.Question.ListWorkItems;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One case, to be asked and to be told things. Safe for any thread; keeps nothing of the case
 * alive.
 *
 * <p>Commands return once they are acknowledged, as durable as the engine's mode says. Reads see
 * the latest acknowledged state or a newer one.
 */
public final class CaseHandle implements Values {
  private final Engine engine;
  private final Shard shard;
  private final long caseId;
  private final int generation;
  private final int index;
  private long @Nullable [] chunk;

  /** A handle on a case that may be there or not. */
  CaseHandle(final Engine engine, final Shard shard, final long caseId) {
    this(engine, shard, caseId, null);
    chunk = shard.statuses().chunkIfThere(caseId);
  }

  /** A handle on a case whose word is in a chunk, or was. */
  CaseHandle(
      final Engine engine, final Shard shard, final long caseId, final long @Nullable [] chunk) {
    this.engine = engine;
    this.shard = shard;
    this.caseId = caseId;
    this.chunk = chunk;
    generation = CaseId.generation(caseId);
    index = StatusTable.index(caseId);
  }

  /**
   * Id of the case, unique in its engine's directory.
   *
   * @return the id, positive
   */
  public long caseId() {
    return caseId;
  }

  /**
   * Where the case stands. A hot read (R1): one array load, wait-free, no allocation.
   *
   * <p>A handle that was made while the case was there, as by {@link Engine#start}, shows how the
   * case ended as long as the handle lives, also when the case itself is no longer kept.
   *
   * @return the status; {@link CaseStatus#UNKNOWN} when the case was not there any more, or not
   *     yet, when the handle was made
   */
  public CaseStatus status() {
    final long[] known = chunk;
    return known == null ? statusOfNewChunk() : StatusTable.read(known, index, generation);
  }

  /** The handle was made before anything was published where the case's status will stand. */
  private CaseStatus statusOfNewChunk() {
    final long[] found = shard.statuses().chunkIfThere(caseId);
    if (found == null) {
      return CaseStatus.UNKNOWN;
    }
    chunk = found; // racy, but each thread finds the same chunk
    return StatusTable.read(found, index, generation);
  }

  /**
   * Waits until the case has ended.
   *
   * @return how it ended
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE} when the case is not known
   * @throws EngineClosedException when the engine is closed meanwhile
   * @throws EngineException when the calling thread is interrupted
   */
  public Outcome join() {
    return joinFor(Long.MAX_VALUE)
        .orElseThrow(() -> new AssertionError("wait without a limit must not time out"));
  }

  /**
   * Waits for a while until the case has ended.
   *
   * @param timeout how long at most, up to 100 years; not at all when it is zero or negative
   * @return how it ended, or empty when it goes on
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE} when the case is not known
   * @throws EngineClosedException when the engine is closed meanwhile
   * @throws EngineException when the calling thread is interrupted
   * @throws IllegalArgumentException when the time is longer than that
   */
  public Optional<Outcome> join(final Duration timeout) {
    return joinFor(Nanos.checked("timeout", timeout, "call join() to wait without a limit"));
  }

  private Optional<Outcome> joinFor(final long waitNs) {
    final Optional<Outcome> ended = status().outcome();
    if (ended.isPresent()) {
      return ended;
    }
    final EndWait wait = new EndWait(caseId, engine.clock().monotonicNs());
    boolean answered = false;
    try {
      engine.ask(shard, wait);
      final Object status = wait.await(shard.name(), waitNs);
      answered = true;
      return ((CaseStatus) Objects.requireNonNull(status)).outcome();
    } catch (final TimeoutException e) {
      return status().outcome();
    } catch (final CommandRejectedException refused) {
      answered = true;
      // The case may have ended, and gone, since this handle looked: then the handle knows how.
      return Optional.of(status().outcome().orElseThrow(() -> refused));
    } finally {
      if (!answered) {
        shard.abandon(wait);
      }
    }
  }

  /**
   * The value of a variable.
   *
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE} or {@link
   *     Rejection#WORKFLOW_NOT_DEPLOYED}
   */
  @Override
  public <T> Optional<T> find(final Variable<T> variable) {
    return read(record -> record.find(variable));
  }

  /**
   * All variables that have a value, by name, in the order of their declaration; read together.
   *
   * @return the values
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE} or {@link
   *     Rejection#WORKFLOW_NOT_DEPLOYED}
   */
  public Map<String, Object> variables() {
    return read(
        record -> {
          final Map<String, Object> values = new LinkedHashMap<>();
          for (final Variable<?> variable : record.layout().workflow.variables()) {
            record.find(variable).ifPresent(value -> values.put(variable.name(), value));
          }
          return values;
        });
  }

  /** Reads the case, again when it moves on while one of its large values is looked up. */
  private <T> T read(final Function<CaseRecord, T> reading) {
    while (true) {
      final CaseRecord record = record();
      try {
        return reading.apply(record);
      } catch (final LargeValues.GoneException e) {
        final CaseRecord now = shard.readShared(caseId);
        if (now != null && now.caseVersion() == record.caseVersion()) {
          throw e;
        }
      }
    }
  }

  /**
   * The key that the case was started with.
   *
   * @return the key, or empty when it has none
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE} or {@link
   *     Rejection#WORKFLOW_NOT_DEPLOYED}
   */
  public Optional<String> key() {
    return Optional.ofNullable(record().text(CaseLayout.KEY_SLOT));
  }

  /**
   * What went wrong last, with the task's name: why the case failed, timed out or is dead-locked,
   * or a failure that was handled.
   *
   * @return the text, or empty when nothing has gone wrong
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE} or {@link
   *     Rejection#WORKFLOW_NOT_DEPLOYED}
   */
  public Optional<String> failure() {
    return Optional.ofNullable(record().text(CaseLayout.FAILURE_SLOT));
  }

  /**
   * Cancels the case and everything in it (WCP-20).
   *
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED}
   */
  public void cancel() {
    engine.await(engine.send(shard, encoder(CommandType.CANCEL)));
  }

  /**
   * Sends a message to the case; it is kept until a task takes it, in the case itself or in a case
   * inside it.
   *
   * @param message name of the message, one that the workflow waits for
   * @param inputs sets variables when the message is taken
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_MESSAGE}, {@link Rejection#RECORD_TOO_LARGE}
   */
  public void send(final String message, final Consumer<Inputs> inputs) {
    send(message, null, inputs);
  }

  /**
   * Sends a message to the case, once for each key: a second one of the same name and key is
   * accepted and changes nothing.
   *
   * @param message name of the message, one that the workflow waits for
   * @param idempotencyKey names this message, for senders that may send twice: 1 to 200 characters;
   *     null for none
   * @param inputs sets variables when the message is taken
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_MESSAGE}, {@link Rejection#RECORD_TOO_LARGE}
   */
  public void send(
      final String message, final @Nullable String idempotencyKey, final Consumer<Inputs> inputs) {
    final Changes changes = changes(inputs);
    engine.await(
        engine.send(
            shard,
            encoder(CommandType.SEND_MESSAGE)
                .text(Texts.known("message", message))
                .text(Texts.nameOrNull("idempotency key", idempotencyKey))
                .changes(changes)));
  }

  /**
   * Sends a signal to the case and all cases in it: every task that waits for it now goes on. It is
   * not kept: when nobody waits, it is lost (WCP-23).
   *
   * @param signal name of the signal, one that the workflow waits for
   * @param inputs sets variables of each case where a task goes on
   * @return how many tasks go on
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_SIGNAL}, {@link Rejection#RECORD_TOO_LARGE}
   */
  public int signal(final String signal, final Consumer<Inputs> inputs) {
    return signal(signal, null, inputs);
  }

  /**
   * Sends a signal, once for each key: a second one of the same name and key is accepted and
   * releases nobody, also when the first one was lost.
   *
   * @param signal name of the signal, one that the workflow waits for
   * @param idempotencyKey names this signal, for senders that may send twice: 1 to 200 characters;
   *     null for none
   * @param inputs sets variables of each case where a task goes on
   * @return how many tasks go on
   * @throws CommandRejectedException as {@link #signal(String, Consumer)}
   */
  public int signal(
      final String signal, final @Nullable String idempotencyKey, final Consumer<Inputs> inputs) {
    return signal(signal, idempotencyKey, false, inputs);
  }

  /**
   * Sends a signal to the one task alone that has waited for it longest; among those that have
   * waited equally long, the case itself comes first.
   *
   * @param signal name of the signal, one that the workflow waits for
   * @param inputs sets variables of the case where the task goes on
   * @return 1 when a task goes on, 0 when nobody waits and the signal is lost
   * @throws CommandRejectedException as {@link #signal(String, Consumer)}
   */
  public int signalOne(final String signal, final Consumer<Inputs> inputs) {
    return signalOne(signal, null, inputs);
  }

  /**
   * As {@link #signalOne(String, Consumer)}, once for each key.
   *
   * @param signal name of the signal, one that the workflow waits for
   * @param idempotencyKey names this signal, for senders that may send twice: 1 to 200 characters;
   *     null for none
   * @param inputs sets variables of the case where the task goes on
   * @return 1 when a task goes on, 0 when nobody waits or the key came before
   * @throws CommandRejectedException as {@link #signal(String, Consumer)}
   */
  public int signalOne(
      final String signal, final @Nullable String idempotencyKey, final Consumer<Inputs> inputs) {
    return signal(signal, idempotencyKey, true, inputs);
  }

  private int signal(
      final String signal,
      final @Nullable String idempotencyKey,
      final boolean one,
      final Consumer<Inputs> inputs) {
    final Changes changes = changes(inputs);
    return number(
        engine.await(
            engine.send(
                shard,
                encoder(CommandType.SIGNAL)
                    .text(Texts.known("signal", signal))
                    .text(Texts.nameOrNull("idempotency key", idempotencyKey))
                    .putLong(one ? 1 : 0)
                    .changes(changes))));
  }

  /**
   * The manual tasks of the case, and of the instances in it, that wait for somebody.
   *
   * @return the work items; none when the case has ended
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}
   */
  @SuppressWarnings("unchecked") // what the kernel answers
  public List<WorkItem> workItems() {
    final Object items =
        engine.answer(shard, new ListWorkItems(caseId, engine.clock().monotonicNs()));
    return items == null ? List.of() : List.copyOf((List<WorkItem>) items);
  }

  /**
   * Claims a work item: nobody else can complete it. Found by name as {@link #complete(String,
   * Consumer)} does.
   *
   * @param task name of the manual task
   * @param who who claims it, 1 to 200 characters
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_TASK}, {@link Rejection#WORK_ITEM_NOT_OPEN}, {@link
   *     Rejection#WORK_ITEM_AMBIGUOUS}, {@link Rejection#WORK_ITEM_CLAIMED}
   */
  public void claim(final String task, final String who) {
    engine.await(
        engine.send(
            shard,
            encoder(CommandType.CLAIM)
                .text(Texts.known("task", task))
                .putLong(0)
                .text(Texts.name("who", who))));
  }

  /**
   * Gives back a work item that was claimed and not started.
   *
   * @param task name of the manual task
   * @param who who claimed it
   * @throws CommandRejectedException as {@link #claim}
   */
  public void release(final String task, final String who) {
    engine.await(
        engine.send(
            shard,
            encoder(CommandType.RELEASE)
                .text(Texts.known("task", task))
                .putLong(0)
                .text(Texts.name("who", who))));
  }

  /**
   * Starts a work item for somebody: alternatives to it are withdrawn (WCP-16), others that must
   * not run at the same time are withdrawn until it is done (WCP-17, WCP-40), and only this person
   * can complete it. A work item may as well be completed without having been started.
   *
   * @param task name of the manual task
   * @param who who starts it, 1 to 200 characters; starting again changes nothing
   * @throws CommandRejectedException as {@link #claim}
   */
  public void start(final String task, final String who) {
    engine.await(
        engine.send(
            shard,
            encoder(CommandType.START_WORK_ITEM)
                .text(Texts.known("task", task))
                .putLong(0)
                .text(Texts.name("who", who))));
  }

  /**
   * Completes a work item that nobody has claimed. A name that the case's own net does not have
   * means the one open work item of that name in the cases inside it.
   *
   * @param task name of the manual task
   * @param inputs sets variables
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_TASK}, {@link Rejection#WORK_ITEM_NOT_OPEN}, {@link
   *     Rejection#WORK_ITEM_AMBIGUOUS}, {@link Rejection#WORK_ITEM_CLAIMED}, {@link
   *     Rejection#RECORD_TOO_LARGE}
   */
  public void complete(final String task, final Consumer<Inputs> inputs) {
    complete(task, 0, null, inputs);
  }

  /**
   * Completes a work item as the one who may have claimed it.
   *
   * @param task name of the manual task
   * @param who who completes it
   * @param inputs sets variables
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_TASK}, {@link Rejection#WORK_ITEM_NOT_OPEN}, {@link
   *     Rejection#WORK_ITEM_AMBIGUOUS}, {@link Rejection#WORK_ITEM_CLAIMED}, {@link
   *     Rejection#RECORD_TOO_LARGE}
   */
  public void complete(final String task, final String who, final Consumer<Inputs> inputs) {
    complete(task, 0, who, inputs);
  }

  /**
   * Completes exactly this work item, not one of a later round of the same task.
   *
   * @param item the work item
   * @param who who completes it
   * @param inputs sets variables
   * @throws CommandRejectedException as {@link #complete(String, String, Consumer)}
   */
  public void complete(final WorkItem item, final String who, final Consumer<Inputs> inputs) {
    final CaseHandle owner = item.caseId() == caseId ? this : engine.handle(item.caseId());
    owner.complete(item.task(), item.number(), who, inputs);
  }

  private void complete(
      final String task,
      final int number,
      final @Nullable String who,
      final Consumer<Inputs> inputs) {
    final Changes changes = changes(inputs);
    engine.await(
        engine.send(
            shard,
            encoder(CommandType.COMPLETE_WORK_ITEM)
                .text(Texts.known("task", task))
                .putLong(number)
                .text(Texts.nameOrNull("who", who))
                .changes(changes)));
  }

  /**
   * What has happened to this case and to those inside it, in order, as far as it was written down
   * ({@link EngineOptions#history}) and is still kept. Reads through the journal of the case's
   * shard on the calling thread: meant for people, not for a hot path.
   *
   * @return the events, oldest first; empty when nothing is kept
   * @throws IllegalStateException when the engine writes no history
   * @throws io.penstock.spi.StoreException when it cannot be read, or the engine keeps nothing on
   *     disk
   */
  public List<HistoryEvent> history() {
    return engine.history(shard, caseId);
  }

  /**
   * Adds an instance to a running multiple-instance step that is declared addable (WCP-15). Adding
   * races with the last completion; whichever the shard takes first wins.
   *
   * @param task name of the step
   * @param inputs sets variables of the new instance, for a for-each its item
   * @return number of the new instance, from 0
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_TASK}, {@link Rejection#STEP_NOT_RUNNING}, {@link
   *     Rejection#WORK_ITEM_AMBIGUOUS}, {@link Rejection#INSTANCES_NOT_ADDABLE}, {@link
   *     Rejection#INSTANCES_MAXIMUM_REACHED}, {@link Rejection#INSTANCES_CLOSED}, {@link
   *     Rejection#RECORD_TOO_LARGE}
   */
  public int addInstance(final String task, final Consumer<Inputs> inputs) {
    final Changes changes = changes(inputs);
    return number(
        engine.await(
            engine.send(
                shard,
                encoder(CommandType.ADD_INSTANCE)
                    .text(Texts.known("task", task))
                    .changes(changes))));
  }

  /**
   * Lets no more instances be added to a running multiple-instance step; it completes when those
   * that it has are done. Closing again changes nothing.
   *
   * @param task name of the step
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_TASK}, {@link Rejection#STEP_NOT_RUNNING}, {@link
   *     Rejection#WORK_ITEM_AMBIGUOUS}, {@link Rejection#INSTANCES_NOT_ADDABLE}
   */
  public void closeInstances(final String task) {
    engine.await(
        engine.send(shard, encoder(CommandType.CLOSE_INSTANCES).text(Texts.known("task", task))));
  }

  /**
   * Completes a running multiple-instance step as if it had enough: the instances that still run
   * are cancelled, what the others left stays (WCP-27).
   *
   * @param task name of the step
   * @throws CommandRejectedException {@link Rejection#UNKNOWN_CASE}, {@link Rejection#CASE_ENDED},
   *     {@link Rejection#UNKNOWN_TASK}, {@link Rejection#STEP_NOT_RUNNING}, {@link
   *     Rejection#WORK_ITEM_AMBIGUOUS}
   */
  public void completeInstances(final String task) {
    engine.await(
        engine.send(
            shard, encoder(CommandType.COMPLETE_INSTANCES).text(Texts.known("task", task))));
  }

  private static int number(final @Nullable Object answer) {
    if (answer instanceof Integer number) {
      return number;
    }
    throw new AssertionError("command must be answered with a number: answer=" + answer);
  }

  private Changes changes(final Consumer<Inputs> inputs) {
    Objects.requireNonNull(inputs, "inputs must not be null; pass in -> {} to set nothing");
    final Workflow workflow = record().layout().workflow;
    final Changes changes = new Changes(workflow);
    inputs.accept(changes);
    return changes;
  }

  private CommandEncoder encoder(final CommandType type) {
    return shard.encoder(type, caseId, engine.clock().monotonicNs());
  }

  private CaseRecord record() {
    shard.checkRunning();
    final CaseRecord record = shard.readShared(caseId);
    if (record == null) {
      throw new CommandRejectedException(
          Rejection.UNKNOWN_CASE,
          "case must be known: case=" + caseId + "; it never was, or it ended long ago");
    }
    return record;
  }

  @Override
  public String toString() {
    return "case " + Long.toHexString(caseId) + " " + status();
  }
}
