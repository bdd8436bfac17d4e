package io.penstock.engine;

import io.penstock.net.Exit;
import io.penstock.net.Net;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The cases inside cases: makes the instances of multiple-instance steps and the cases of
 * composites, takes over what they leave, and tells when their step is done.
 *
 * <p>A child is pending in the work item of its step as long as that is open, else it runs on and
 * the parent's header counts it. Many instances are made a portion at a time. Belongs to the
 * shard's thread.
 */
final class Children {
  /** Most instances that a step makes with the command that starts it. */
  private static final int AT_ONCE_MAX = 256;

  /** Instances made before other commands have their turn, of a step that has more than that. */
  private static final int PORTION = 16;

  /** Most bytes of their records, unless one takes more. */
  private static final int PORTION_LENGTH = 256 * 1024;

  private static final int NO_COUNT = Integer.MIN_VALUE;

  private final CaseFile file;
  private final Definitions definitions;
  private final CaseRoster roster;
  private final CasePlayer player;
  private final int depthMax;
  private final UserCode userCode;
  private final ItemLists lists;
  private final LongArrayQueue unfinished = new LongArrayQueue(); // pairs: case, packed work item
  private long nowNs;

  Children(
      final CaseFile file,
      final Definitions definitions,
      final CaseRoster roster,
      final CasePlayer player,
      final int depthMax,
      final UserCode userCode) {
    this.file = file;
    this.definitions = definitions;
    this.roster = roster;
    this.player = player;
    this.depthMax = depthMax;
    this.userCode = userCode;
    lists = new ItemLists(file);
  }

  void begin(final long commandNowNs) {
    nowNs = commandNowNs;
  }

  /** How many children a step shall have, as the case's variables say when it starts. */
  static int target(final CaseRecord record, final int task) {
    final MultipleInstance instances = CasePlayer.definition(record, task).instances();
    if (instances == null) {
      return 1;
    }
    final Long count = instances.count(record);
    return count == null
        ? NO_COUNT
        : (int) Math.max(NO_COUNT + 1, Math.min(count, Integer.MAX_VALUE));
  }

  /** Makes the next children of a step that has just started, or was left half way. */
  void create(final CaseRecord parent, final int task) {
    final int target = parent.targetChildren(task);
    if (target < 0 || target > MultipleInstance.COUNT_MAX) {
      player.fail(parent, task, false, countText(parent, task, target));
      return;
    }
    final boolean isComposite = CasePlayer.definition(parent, task).kind() == TaskKind.COMPOSITE;
    final int portion = Math.min(target, parent.createdChildren(task) + portion(parent, target));
    while (parent.createdChildren(task) < portion) {
      final String problem =
          isOfList(parent, task)
              ? createOfList(parent, task)
              : create(parent, task, parent.buffer(), 0, 0);
      if (problem != null) {
        player.fail(parent, task, false, problem);
        return;
      }
    }
    if (portion >= target) {
      dropList(parent, task);
    }
    if (portion < target) {
      addUnfinished(parent, task);
    } else if (!isComposite) {
      allCreated(parent, task);
    }
  }

  /** How many of its instances a case makes at once. */
  private static int portion(final CaseRecord parent, final int target) {
    final int most = target <= AT_ONCE_MAX ? AT_ONCE_MAX : PORTION;
    return Math.max(1, Math.min(most, PORTION_LENGTH / parent.length()));
  }

  private static boolean isOfList(final CaseRecord parent, final int task) {
    final MultipleInstance instances = CasePlayer.definition(parent, task).instances();
    return instances != null && instances.items() != null;
  }

  /** Makes the instance of the next item of a list. */
  private @Nullable String createOfList(final CaseRecord parent, final int task) {
    final int index = parent.createdChildren(task);
    if (!lists.seek(parent, task, index)) {
      throw new AssertionError(
          "list must have an item for each instance: case=" + parent.caseId() + ", item=" + index);
    }
    final String problem =
        create(parent, task, lists.buffer(), lists.itemOffset(), lists.itemLength());
    if (problem != null) {
      return "instance " + index + ": " + problem;
    }
    lists.skip();
    return null;
  }

  /** Adds a part to the list of a step; says what is in the way, or null. */
  @Nullable String addItems(final CaseRecord parent, final int task, final CommandDecoder part) {
    final int firstItem = (int) part.nextLong();
    final int items = (int) part.nextLong();
    part.nextBytes();
    return lists.add(
        parent, task, firstItem, items, part.buffer(), part.bytesOffset(), part.bytesLength());
  }

  /** A step is left: what is left of its list goes. */
  void dropList(final CaseRecord parent, final int task) {
    if (isOfList(parent, task)) {
      lists.drop(parent, task);
    }
  }

  private static String countText(final CaseRecord parent, final int task, final int target) {
    final MultipleInstance instances = instances(parent, task);
    final Variable<Long> variable = instances.countVariable();
    return "number of instances must be from 0 to "
        + MultipleInstance.COUNT_MAX
        + ": variable="
        + (variable == null ? null : variable.name())
        + ", value="
        + (target == NO_COUNT ? "none" : target);
  }

  /** Begins to make an instance for each item of the list that was added. */
  void createOfList(final CaseRecord parent, final int task, final int count) {
    parent.setItemState(task, CaseRecord.ITEM_CHILDREN);
    parent.setTargetChildren(task, count);
    create(parent, task);
  }

  /** Adds an instance with changes of its own; the caller has asked whether it may. */
  void add(final CaseRecord parent, final int task, final CommandDecoder changes) {
    parent.setTargetChildren(task, parent.targetChildren(task) + 1);
    final String problem =
        create(parent, task, changes.buffer(), changes.bytesOffset(), changes.bytesLength());
    if (problem != null) {
      player.fail(parent, task, false, problem);
    }
  }

  /** Makes one child and starts it; says what is in the way, or null. */
  private @Nullable String create(
      final CaseRecord parent,
      final int task,
      final DirectBuffer changes,
      final int offset,
      final int length) {
    final Workflow workflow = parent.layout().workflow;
    final CaseLayout layout = definitions.layout(parent, workflow.bodyNet(parent.netIndex(), task));
    if (parent.depth() >= depthMax) {
      return "cases inside cases must not be deeper than depthMax: depthMax=" + depthMax;
    }
    final int more = Changes.lengthInRecord(changes, offset, length);
    if (!fits(parent, layout, more)) {
      return CasePlayer.tooLarge(parent, more);
    }
    final boolean isComposite = CasePlayer.definition(parent, task).kind() == TaskKind.COMPOSITE;
    final int instance = isComposite ? parent.instance() : parent.createdChildren(task);
    final CaseRecord child = roster.createChild(parent, task, instance, layout, nowNs);
    child.copyVariablesFrom(parent);
    file.apply(child, changes, offset, length);
    parent.childCreated(task);
    player.childStarted(child);
    player.start(child);
    return null;
  }

  /** Whether a child of a case would fit with so many bytes of changes. */
  static boolean fits(final CaseRecord parent, final CaseLayout layout, final int more) {
    return layout.heapOffset + layout.tableLengthMax + parent.heapLength() + more
        <= CaseRoster.RECORD_LENGTH_MAX;
  }

  private void allCreated(final CaseRecord parent, final int task) {
    if (instances(parent, task).isDetached()) {
      player.complete(parent, task, Exit.NORMAL);
    } else {
      leaveIfDone(parent, task);
    }
  }

  /** Nobody may add an instance any more. */
  void close(final CaseRecord parent, final int task) {
    parent.setItemState(task, CaseRecord.ITEM_CLOSED);
    leaveIfDone(parent, task);
  }

  private void leaveIfDone(final CaseRecord parent, final int task) {
    final boolean open =
        instances(parent, task).isKeptOpen() && parent.itemState(task) != CaseRecord.ITEM_CLOSED;
    if (!open
        && parent.pendingChildren(task) == 0
        && parent.createdChildren(task) >= parent.targetChildren(task)) {
      player.complete(parent, task, Exit.NORMAL);
    }
  }

  /** A child has ended: its step takes that in, or nobody does when it ran on. */
  void ended(final CaseRecord child) {
    final CaseRecord parent = file.load(child.parentId());
    final int task = child.parentTask();
    if (parent == null || !parent.isRunning()) {
      roster.forgetChild(child);
    } else if (!parent.waitsFor(child)) {
      roster.forgetChild(child);
      ranOn(parent, 1);
    } else {
      parent.childEnded(task);
      if (CasePlayer.definition(parent, task).kind() == TaskKind.COMPOSITE) {
        compositeEnded(child, parent, task);
      } else if (instances(parent, task).isDetached()) {
        roster.forgetChild(child); // its step is still making the others
      } else {
        instanceEnded(child, parent, task);
      }
    }
  }

  private void ranOn(final CaseRecord parent, final int ended) {
    parent.addRunningOn(-ended);
    if (parent.runningOn() == 0) {
      player.settle(parent);
    }
  }

  private void compositeEnded(final CaseRecord child, final CaseRecord parent, final int task) {
    final String problem;
    if (child.status() != CaseStatus.COMPLETED) {
      problem = endText(child);
    } else if (!CasePlayer.fits(parent, child.writtenLength())) {
      problem = "left too much: " + CasePlayer.tooLarge(parent, child.writtenLength());
    } else {
      parent.applyWrittenBy(child);
      problem = null;
    }
    roster.forgetChild(child);
    if (problem == null) {
      player.complete(parent, task, Exit.NORMAL);
    } else {
      player.fail(parent, task, true, "sub-workflow " + problem);
    }
  }

  private void instanceEnded(final CaseRecord child, final CaseRecord parent, final int task) {
    final int instance = child.instance();
    final String problem =
        child.status() == CaseStatus.COMPLETED ? reduceAll(child, parent, task) : endText(child);
    roster.forgetChild(child);
    if (problem != null) {
      player.fail(parent, task, false, "instance " + instance + " " + problem);
      return;
    }
    parent.childCompleted(task);
    final boolean enough =
        userCode.isEnough(instances(parent, task), parent.completedChildren(task), parent);
    final Throwable thrown = enough ? null : userCode.takeThrown();
    if (thrown != null) {
      player.fail(parent, task, false, "guard of until threw: " + userCode.text(thrown));
      return;
    }
    if (enough) {
      leaveRest(parent, task);
    } else {
      leaveIfDone(parent, task);
    }
  }

  private void leaveRest(final CaseRecord parent, final int task) {
    switch (instances(parent, task).rest()) {
      case WAIT -> {
        parent.setTargetChildren(task, parent.createdChildren(task));
        close(parent, task);
      }
      case RUN_ON -> player.complete(parent, task, Exit.NORMAL);
      case CANCEL -> {
        player.cancelChildren(parent, task);
        player.complete(parent, task, Exit.NORMAL);
      }
    }
  }

  private static String endText(final CaseRecord child) {
    final String reason = child.text(CaseLayout.FAILURE_SLOT);
    return "ended " + child.status() + (reason == null ? "" : ": " + reason);
  }

  /** Folds what an instance leaves into its case; says what went wrong, or null. */
  private @Nullable String reduceAll(
      final CaseRecord child, final CaseRecord parent, final int task) {
    try {
      final Changes changes = new Changes(parent.layout().workflow);
      for (final MultipleInstance.Reduction<?> reduction : instances(parent, task).reductions()) {
        final String problem = reduce(reduction, child, parent, changes);
        if (problem != null) {
          return problem;
        }
      }
      if (!CasePlayer.fits(parent, changes.lengthInRecord())) {
        return "left too much: " + CasePlayer.tooLarge(parent, changes.lengthInRecord());
      }
      file.apply(parent, changes.buffer(), 0, changes.length());
      return null;
    } catch (final RuntimeException e) { // what the operator gave cannot be stored
      return "could not be reduced: " + userCode.text(e);
    }
  }

  /** Folds one variable; says what went wrong, or null. */
  private <V> @Nullable String reduce(
      final MultipleInstance.Reduction<V> reduction,
      final CaseRecord child,
      final CaseRecord parent,
      final Changes changes) {
    final V value = child.find(reduction.from()).orElse(null);
    final V soFar = value == null ? null : parent.find(reduction.into()).orElse(null);
    if (value == null) {
      return null;
    }
    if (soFar == null) {
      changes.set(reduction.into(), value);
      return null;
    }
    if (!userCode.reduce(reduction, soFar, value, changes)) {
      final Throwable thrown = userCode.takeThrown();
      return "could not be reduced: "
          + (thrown == null ? "operator must not give null" : userCode.text(thrown));
    }
    return null;
  }

  /**
   * Ends the children of one work item, or with {@link Net#NONE} as task all of a case, without
   * asking anybody; their parent may have ended already.
   */
  void cancel(final long parentId, final int task, final int item) {
    final LongArrayList children = roster.childrenOf(parentId);
    int cancelled = 0;
    for (int i = 0; i < children.size(); i++) {
      final CaseRecord child = file.load(children.getLong(i));
      if (child != null
          && (task == Net.NONE || (child.parentTask() == task && child.parentItem() == item))) {
        player.cancelQuietly(child);
        roster.forgetChild(child);
        cancelled++;
      }
    }
    final CaseRecord parent = cancelled == 0 ? null : file.load(parentId);
    if (parent != null && parent.isRunning()) {
      ranOn(parent, cancelled);
    }
  }

  /** Notes that a step has not got all its children yet. */
  void addUnfinished(final CaseRecord parent, final int task) {
    unfinished.addLong(parent.caseId());
    unfinished.addLong(Effects.pack(task, parent.itemNumber(task)));
  }

  boolean hasUnfinished() {
    return !unfinished.isEmpty();
  }

  /** Makes a portion of what is not made yet. */
  void createUnfinished() {
    final CaseRecord parent = file.load(unfinished.pollLong());
    final long item = unfinished.pollLong();
    final int task = Effects.task(item);
    if (parent != null
        && parent.isRunning()
        && parent.hasChildren(task)
        && parent.itemNumber(task) == Effects.number(item)) {
      if (isOfList(parent, task)) {
        lists.dropBelow(parent, task, parent.createdChildren(task));
      }
      create(parent, task);
    }
  }

  /** Whether instances of a list are still to be made. */
  static boolean isListUnfinished(final CaseRecord parent, final int task) {
    return isOfList(parent, task) && parent.createdChildren(task) < parent.targetChildren(task);
  }

  static MultipleInstance instances(final CaseRecord record, final int task) {
    final MultipleInstance instances = CasePlayer.definition(record, task).instances();
    if (instances == null) {
      throw new AssertionError(
          "task must be a multiple-instance step: task="
              + CasePlayer.definition(record, task).name());
    }
    return instances;
  }
}
