package io.penstock.storage;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Addresses that are looked up while entries come, go, and move to a larger table. */
public class SlabIndexRaces {
  private static final int FIRST = 0;
  private static final int NEW = 7;

  /** What a partition takes before it grows. */
  private static final int IDS_BEFORE_GROWTH = 5;

  private static final long[] IDS = idsOfOnePartition(8);

  /** Found by trying: ids that differ in the lowest bits alone meet in the highest of a hash. */
  private static long[] idsOfOnePartition(final int count) {
    final long[] ids = new long[count];
    int found = 0;
    for (long id = 1; found < count; id++) {
      final long hash = id * 0x9E37_79B9_7F4A_7C15L;
      if ((hash >>> 58) == 0) {
        ids[found++] = id;
      }
    }
    return ids;
  }

  private static SlabIndex almostFull() {
    final SlabIndex index = new SlabIndex();
    for (int i = 0; i < IDS_BEFORE_GROWTH; i++) {
      index.put(IDS[i], 10 + i);
    }
    return index;
  }

  /** The put of a new id moves all entries of its partition into a larger table. */
  @JCStressTest
  @Outcome(
      id = {"0, 10", "17, 10"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "an entry was missed, or has the address of another")
  @State
  public static class GrowingKeepsWhatIsThere {
    private final SlabIndex index = almostFull();

    @Actor
    public void writer() {
      index.put(IDS[NEW], 10 + NEW);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = (int) index.get(IDS[NEW]);
      r.r2 = (int) index.get(IDS[FIRST]);
    }
  }

  /** An entry goes and comes again with another address. */
  @JCStressTest
  @Outcome(
      id = {"10, 10", "10, 0", "10, 20", "0, 0", "0, 20", "20, 20"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "an address came back, or is another one's")
  @State
  public static class RemovedAndPutAgain {
    private final SlabIndex index = almostFull();

    @Actor
    public void writer() {
      index.remove(IDS[FIRST]);
      index.put(IDS[FIRST], 20);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = (int) index.get(IDS[FIRST]);
      r.r2 = (int) index.get(IDS[FIRST]);
    }
  }

  /** Two ids of a fresh table, the second looked for first. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "10, 0", "10, 11"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "an id was missed, or has the address of another")
  @State
  public static class IdIsSeenWithItsAddress {
    private final SlabIndex index = new SlabIndex();

    @Actor
    public void writer() {
      index.put(IDS[0], 10);
      index.put(IDS[1], 11);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r2 = (int) index.get(IDS[1]);
      r.r1 = (int) index.get(IDS[0]);
    }
  }
}
