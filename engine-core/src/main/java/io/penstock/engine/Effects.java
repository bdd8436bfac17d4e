package io.penstock.engine;

import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.LongArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a command wants done outside the state once its batch is in the store: work to hand out or
 * take back, statuses to publish, answers. Collected by the kernel, carried out by the shard. Not
 * thread safe.
 */
final class Effects {
  /** Pairs of case id and packed work item. */
  final LongArrayList handedOut = new LongArrayList();

  /** Pairs of case id and packed work item. */
  final LongArrayList takenBack = new LongArrayList();

  /** Pairs of case id and status code. */
  final LongArrayList statuses = new LongArrayList();

  /** Cases whose slot is free again. */
  final LongArrayList released = new LongArrayList();

  /** Numbers of the callers to answer, and what to tell them. */
  final LongArrayList answered = new LongArrayList();

  final List<@Nullable Object> answers = new ArrayList<>();

  private static final int NUMBER_BITS = 32;

  /** A work item in one word: the task and the item's number. */
  static long pack(final int task, final int number) {
    return (long) task << NUMBER_BITS | number;
  }

  static int task(final long packed) {
    return (int) (packed >>> NUMBER_BITS);
  }

  static int number(final long packed) {
    return (int) packed;
  }

  void handOut(final long caseId, final int task, final int number) {
    handedOut.addLong(caseId);
    handedOut.addLong(pack(task, number));
  }

  void takeBack(final long caseId, final int task, final int number) {
    takenBack.addLong(caseId);
    takenBack.addLong(pack(task, number));
  }

  void publish(final long caseId, final CaseStatus status) {
    statuses.addLong(caseId);
    statuses.addLong(status.code());
  }

  void release(final long caseId) {
    released.addLong(caseId);
  }

  void answer(final long replyNumber, final @Nullable Object answer) {
    if (replyNumber != PendingReplies.NONE) {
      assert !answered.containsLong(replyNumber) : "command must be answered once";
      answered.addLong(replyNumber);
      answers.add(answer);
    }
  }

  /** Takes back the answers since there were only so many. */
  void keepAnswers(final int count) {
    while (answered.size() > count) {
      answered.popLong();
      answers.remove(answers.size() - 1);
    }
  }

  /** Forgets everything but the answers, which wait for the durability point. */
  void clear() {
    handedOut.clear();
    takenBack.clear();
    statuses.clear();
    released.clear();
  }
}
