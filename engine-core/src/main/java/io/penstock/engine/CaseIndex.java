package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongHashSet;

/**
 * How a shard finds cases by other things than their id: by start key, by parent. Made anew at each
 * opening from the records. Belongs to the shard's thread.
 *
 * <p>Keys are kept as 64-bit hashes of workflow and key, the caller checks the record; the few
 * whose hash is taken stand in a list of their own. The hash is seeded anew at each opening, so
 * that nobody can make keys collide.
 */
final class CaseIndex {
  /** Stands for the hash of a case without a key. */
  static final long NO_KEY = 0;

  private static final long HASH_MIN = 1;

  private static final long MISSING = 0;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
  private static final long MULTIPLIER_OF_TAIL = 0xBF58476D1CE4E5B9L;

  private final long seed;
  private final Long2LongHashMap caseOfKeyHash = new Long2LongHashMap(MISSING);

  /** Hashes that more than one case has, each with all but one of them. */
  private final Long2ObjectHashMap<LongArrayList> colliding = new Long2ObjectHashMap<>();

  private final Long2ObjectHashMap<LongHashSet> children = new Long2ObjectHashMap<>();

  CaseIndex(final long seed) {
    this.seed = seed;
  }

  /**
   * Hash of a key.
   *
   * @param workflow name of the workflow that it is a key of
   * @return any 63 bits, but not what stands for something else
   */
  long hash(final String workflow, final DirectBuffer buffer, final int offset, final int length) {
    long hash = fold(seed ^ length, MULTIPLIER) ^ workflow.hashCode(); // which a string keeps
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      hash = fold(hash ^ buffer.getLong(offset + at, LITTLE_ENDIAN), MULTIPLIER);
    }
    for (; at < length; at++) {
      hash = fold(hash ^ buffer.getByte(offset + at), MULTIPLIER_OF_TAIL);
    }
    return Math.max(hash >>> 1, HASH_MIN);
  }

  /** Both halves of a product, so that no bit of the input cancels another whatever the seed. */
  private static long fold(final long value, final long multiplier) {
    return value * multiplier ^ Math.multiplyHigh(value, multiplier);
  }

  /** Whether some case has a key of a hash. */
  boolean hasKey(final long hash) {
    return caseOfKeyHash.get(hash) != MISSING;
  }

  /**
   * Finds the case with a key.
   *
   * @param hash of the key
   * @param isIt whether a case that has a key of this hash is the one
   * @return its id, or 0
   */
  long find(final long hash, final LongPredicate isIt) {
    final long first = caseOfKeyHash.get(hash);
    if (first == MISSING || isIt.test(first)) {
      return first;
    }
    final LongArrayList others = colliding.get(hash);
    for (int i = 0; others != null && i < others.size(); i++) {
      if (isIt.test(others.getLong(i))) {
        return others.getLong(i);
      }
    }
    return MISSING;
  }

  void addKey(final long hash, final long caseId) {
    final long first = caseOfKeyHash.putIfAbsent(hash, caseId);
    if (first != MISSING && first != caseId) {
      colliding.computeIfAbsent(hash, none -> new LongArrayList()).addLong(caseId);
    }
  }

  void removeKey(final long hash, final long caseId) {
    final LongArrayList others = colliding.isEmpty() ? null : colliding.get(hash);
    if (others == null) {
      caseOfKeyHash.remove(hash, caseId);
      return;
    }
    if (caseOfKeyHash.get(hash) == caseId) {
      caseOfKeyHash.put(hash, others.fastUnorderedRemove(others.size() - 1));
    } else {
      others.removeLong(caseId);
    }
    if (others.isEmpty()) {
      colliding.remove(hash);
    }
  }

  void addChild(final long parentId, final long childId) {
    children.computeIfAbsent(parentId, none -> new LongHashSet()).add(childId);
  }

  void removeChild(final long parentId, final long childId) {
    final LongHashSet siblings = children.get(parentId);
    if (siblings != null && siblings.remove(childId) && siblings.isEmpty()) {
      children.remove(parentId);
    }
  }

  boolean hasChildren(final long parentId) {
    return children.containsKey(parentId);
  }

  /** The children of a case, in the order of their ids, as a copy. */
  LongArrayList childrenOf(final long parentId) {
    final LongHashSet found = children.get(parentId);
    final LongArrayList copy = new LongArrayList();
    if (found != null) {
      final LongHashSet.LongIterator ids = found.iterator();
      while (ids.hasNext()) {
        copy.addLong(ids.nextValue());
      }
      copy.sort(null);
    }
    return copy;
  }

  /** A case and all below it, depth first, siblings in the order of their ids. */
  LongArrayList familyOf(final long caseId) {
    final LongArrayList family = new LongArrayList();
    final LongArrayList ahead = new LongArrayList();
    ahead.addLong(caseId);
    while (!ahead.isEmpty()) {
      final long next = ahead.fastUnorderedRemove(ahead.size() - 1);
      family.addLong(next);
      final LongArrayList found = childrenOf(next);
      for (int i = found.size() - 1; i >= 0; i--) {
        ahead.addLong(found.getLong(i));
      }
    }
    return family;
  }
}
