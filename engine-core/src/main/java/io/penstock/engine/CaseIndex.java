package io.penstock.engine;

import java.util.HashMap;
import java.util.Map;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * How a shard finds cases by other things than their id: by start key, by parent. Made anew at each
 * opening from the records. Belongs to the shard's thread.
 *
 * <p>Keys are kept as 64-bit hashes of workflow and key, the caller checks the record; the few
 * whose hash is taken stand in a map of their own. The hash is seeded anew at each opening, so that
 * nobody can make keys collide.
 */
final class CaseIndex {
  private static final long MISSING = 0;

  private final long seed;
  private final Long2LongHashMap caseOfKeyHash = new Long2LongHashMap(MISSING);
  private final Map<String, Long> collidingKeys = new HashMap<>();
  private final Long2ObjectHashMap<LongHashSet> children = new Long2ObjectHashMap<>();

  CaseIndex(final long seed) {
    this.seed = seed;
  }

  /**
   * The case that may have been started with a key, or 0; its record must be asked whether it was.
   */
  long caseOfKey(final String workflow, final String key) {
    final Long colliding =
        collidingKeys.isEmpty() ? null : collidingKeys.get(qualified(workflow, key));
    return colliding == null ? caseOfKeyHash.get(hash(workflow, key)) : colliding;
  }

  void addKey(final String workflow, final String key, final long caseId) {
    final long hash = hash(workflow, key);
    if (caseOfKeyHash.get(hash) == MISSING) {
      caseOfKeyHash.put(hash, caseId);
    } else {
      collidingKeys.put(qualified(workflow, key), caseId);
    }
  }

  void removeKey(final String workflow, final String key, final long caseId) {
    if (collidingKeys.remove(qualified(workflow, key)) == null) {
      caseOfKeyHash.remove(hash(workflow, key), caseId);
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

  private long hash(final String workflow, final String key) {
    return mix(mix(seed, workflow), key);
  }

  private static long mix(final long from, final @Nullable String text) {
    long hash = from;
    for (int i = 0; text != null && i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return (hash ^ 0xFF) * 0xBF58476D1CE4E5B9L;
  }

  private static String qualified(final String workflow, final String key) {
    return workflow + '\n' + key;
  }
}
