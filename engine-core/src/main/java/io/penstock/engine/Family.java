package io.penstock.engine;

import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongArrayList;

/**
 * A case and the cases inside it, searched as one: for work items, steps and waiting tasks by name.
 * Looks at the case itself first, then below it depth first, siblings in the order of their ids.
 * Changes nothing. Belongs to the shard's thread.
 */
final class Family {
  private final CaseFile file;
  private final CaseRoster roster;
  private final Waiting waiting = new Waiting();

  Family(final CaseFile file, final CaseRoster roster) {
    this.file = file;
    this.roster = roster;
  }

  /** A task of a case, whose work item is open. */
  record Item(CaseRecord record, int task) {
    String text() {
      return "case=" + record.caseId() + ", task=" + record.layout().net.taskName(task);
    }
  }

  /** Which work items are meant. */
  @FunctionalInterface
  interface Filter {
    boolean test(CaseRecord record, int task);
  }

  /** Finds the open work item of a manual task; number 0 stands for whichever is open. */
  Item openWorkItem(final CaseRecord record, final String name, final int number) {
    return find(
        record,
        name,
        TaskKind.MANUAL,
        Rejection.WORK_ITEM_NOT_OPEN,
        "work item must be open",
        (owner, task) ->
            owner.isOpenManual(task) && (number == 0 || owner.itemNumber(task) == number));
  }

  /** Finds the multiple-instance step of a name that is running. */
  Item runningInstances(final CaseRecord record, final String name) {
    return find(
        record,
        name,
        TaskKind.MULTIPLE_INSTANCE,
        Rejection.STEP_NOT_RUNNING,
        "step must be running",
        (owner, task) -> owner.itemState(task) != CaseRecord.ITEM_NONE);
  }

  /** The task of that name in the case itself, if it has one, else the only one below it. */
  private Item find(
      final CaseRecord record,
      final String name,
      final TaskKind kind,
      final Rejection notOpen,
      final String rule,
      final Filter filter) {
    final int own = task(record, name, kind);
    if (own >= 0 && filter.test(record, own)) {
      return new Item(record, own);
    }
    final List<Item> found = own >= 0 ? List.of() : below(record, name, kind, filter);
    if (found.size() == 1) {
      return found.get(0);
    }
    final String where = ": case=" + record.caseId() + ", task=" + name;
    if (found.size() > 1) {
      throw Kernel.refusal(
          Rejection.WORK_ITEM_AMBIGUOUS,
          "name must mean one of the cases inside: "
              + where.substring(2)
              + "; name the case by its work item or handle");
    }
    if (own >= 0 || isKnown(record.layout().workflow, name, kind)) {
      throw Kernel.refusal(
          notOpen, rule + where + "; it is not there yet, or was completed or cancelled");
    }
    throw Kernel.refusal(
        Rejection.UNKNOWN_TASK,
        "workflow must have a task of that name and kind" + where + ", kind=" + kind);
  }

  private List<Item> below(
      final CaseRecord record, final String name, final TaskKind kind, final Filter filter) {
    final List<Item> found = new ArrayList<>();
    final LongArrayList family = roster.familyOf(record.caseId());
    for (int i = 1; i < family.size() && found.size() < 2; i++) {
      final CaseRecord child = file.peek(family.getLong(i));
      if (child == null || !child.isRunning()) {
        continue;
      }
      final int task = task(child, name, kind);
      if (task >= 0 && filter.test(child, task)) {
        found.add(new Item(load(family.getLong(i)), task));
      }
    }
    return found;
  }

  private static int task(final CaseRecord record, final String name, final TaskKind kind) {
    for (int task = 0; task < record.layout().taskCount(); task++) {
      if (CasePlayer.definition(record, task).kind() == kind
          && record.layout().net.taskName(task).equals(name)) {
        return task;
      }
    }
    return -1;
  }

  private static boolean isKnown(final Workflow workflow, final String name, final TaskKind kind) {
    for (int net = 0; net < workflow.nets().size(); net++) {
      for (int task = 0; task < workflow.nets().get(net).taskCount(); task++) {
        if (workflow.task(net, task).kind() == kind
            && workflow.task(net, task).name().equals(name)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The manual tasks that wait for somebody. */
  List<WorkItem> workItems(final long caseId) {
    final List<WorkItem> items = new ArrayList<>();
    final LongArrayList family = roster.familyOf(caseId);
    for (int i = 0; i < family.size(); i++) {
      final CaseRecord record = file.peek(family.getLong(i));
      for (int task = 0; record != null && task < record.layout().taskCount(); task++) {
        if (record.isOpenManual(task)
            && CasePlayer.definition(record, task).kind() == TaskKind.MANUAL) {
          items.add(workItem(record, task));
        }
      }
    }
    return items;
  }

  private static WorkItem workItem(final CaseRecord record, final int task) {
    return new WorkItem(
        record.caseId(),
        record.layout().net.taskName(task),
        record.itemNumber(task),
        record.instance(),
        record.claim(task) != 0,
        record.itemState(task) == CaseRecord.ITEM_STARTED);
  }

  /**
   * The tasks that wait for a message or signal of this name, so many at most; valid until the next
   * call.
   */
  Waiting waiting(final long caseId, final TaskKind kind, final String trigger, final int atMost) {
    waiting.clear();
    addWaiting(load(caseId), kind, trigger, atMost);
    if (waiting.size() >= atMost || !roster.hasChildren(caseId)) {
      return waiting;
    }
    final LongArrayList family = roster.familyOf(caseId);
    for (int i = 1; i < family.size() && waiting.size() < atMost; i++) {
      final CaseRecord child = file.peek(family.getLong(i));
      if (child != null && child.isRunning()) {
        addWaiting(child, kind, trigger, atMost);
      }
    }
    return waiting;
  }

  private void addWaiting(
      final CaseRecord record, final TaskKind kind, final String trigger, final int atMost) {
    for (int task = 0; task < record.layout().taskCount(); task++) {
      if (record.itemState(task) == CaseRecord.ITEM_OFFERED
          && CasePlayer.definition(record, task).kind() == kind
          && trigger.equals(CasePlayer.definition(record, task).message())
          && waiting.size() < atMost) {
        waiting.add(load(record.caseId()), task, record.itemNumber(task));
      }
    }
  }

  /** Tasks that wait, as they were when somebody looked. */
  static final class Waiting {
    private final List<CaseRecord> records = new ArrayList<>();
    private final IntArrayList tasks = new IntArrayList();
    private final IntArrayList numbers = new IntArrayList();

    boolean isEmpty() {
      return records.isEmpty();
    }

    int size() {
      return records.size();
    }

    CaseRecord record(final int index) {
      return records.get(index);
    }

    int task(final int index) {
      return tasks.getInt(index);
    }

    /** Number of the work item. */
    int number(final int index) {
      return numbers.getInt(index);
    }

    private void clear() {
      records.clear();
      tasks.clear();
      numbers.clear();
    }

    private void add(final CaseRecord record, final int task, final int number) {
      records.add(record);
      tasks.addInt(task);
      numbers.addInt(number);
    }

    /** Leaves the one alone that has waited longest; the first of several. */
    void keepLongest() {
      int longest = 0;
      for (int i = 1; i < size(); i++) {
        if (isBefore(i, longest)) {
          longest = i;
        }
      }
      if (!isEmpty()) {
        final CaseRecord record = record(longest);
        final int task = task(longest);
        final int number = number(longest);
        clear();
        add(record, task, number);
      }
    }

    private boolean isBefore(final int index, final int other) {
      final long begunNs = record(index).itemBegunNs(task(index));
      final long otherBegunNs = record(other).itemBegunNs(task(other));
      return begunNs < otherBegunNs
          || (begunNs == otherBegunNs
              && record(index) == record(other)
              && number(index) < number(other));
    }
  }

  private CaseRecord load(final long caseId) {
    final CaseRecord record = file.load(caseId);
    if (record == null) {
      throw new AssertionError("case in the index must be in the store: case=" + caseId);
    }
    return record;
  }
}
