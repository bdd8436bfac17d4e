package io.penstock.engine;

import io.penstock.engine.Question.EndWait;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the end of which case: a doubly linked list a case, so that any number can wait and
 * each can go at the same small cost. Belongs to the shard's thread.
 */
final class EndWaits {
  private final Long2ObjectHashMap<EndWait> firstOfCase = new Long2ObjectHashMap<>();
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  void add(final EndWait wait) {
    final EndWait first = firstOfCase.put(wait.caseId, wait);
    wait.next = first;
    if (first != null) {
      first.previous = wait;
    }
    wait.isListed = true;
    size++;
  }

  /** Takes a wait out; does nothing when it is not there any more. */
  void remove(final EndWait wait) {
    if (!wait.isListed) {
      return;
    }
    final EndWait previous = wait.previous;
    final EndWait next = wait.next;
    if (next != null) {
      next.previous = previous;
    }
    if (previous != null) {
      previous.next = next;
    } else if (next != null) {
      firstOfCase.put(wait.caseId, next);
    } else {
      firstOfCase.remove(wait.caseId);
    }
    wait.isListed = false;
    size--;
  }

  /** Takes out all that wait for a case, as a list by {@link EndWait#next}; null for none. */
  @Nullable EndWait takeAll(final long caseId) {
    final EndWait first = size == 0 ? null : firstOfCase.remove(caseId);
    for (EndWait wait = first; wait != null; wait = wait.next) {
      wait.isListed = false;
      size--;
    }
    return first;
  }

  /** Takes out everybody and answers. */
  void answerAll(final Object answer) {
    for (final EndWait first : firstOfCase.values()) {
      for (EndWait wait = first; wait != null; wait = wait.next) {
        wait.isListed = false;
      }
      answer(first, answer);
    }
    firstOfCase.clear();
    size = 0;
  }

  /** Answers all of a list that was taken out; any thread. */
  static int answer(final @Nullable EndWait first, final Object answer) {
    int count = 0;
    EndWait wait = first;
    while (wait != null) {
      final EndWait next = wait.next; // before the caller goes on
      wait.answer(answer);
      wait = next;
      count++;
    }
    return count;
  }
}
