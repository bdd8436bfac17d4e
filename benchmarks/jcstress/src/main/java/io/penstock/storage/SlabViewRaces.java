package io.penstock.storage;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Records that are read while the writer puts others, into slots that were just freed too. */
public class SlabViewRaces {
  private static final int RECORD = 1;
  private static final int OTHER_RECORD = 2;

  /** All of one size class, so that a freed slot is taken again. */
  private static final int LENGTH = 200;

  private static final int NONE = 0;
  private static final int TORN = -1;
  private static final UnsafeBuffer[] RECORDS = new UnsafeBuffer[8];

  static {
    for (int value = 0; value < RECORDS.length; value++) {
      RECORDS[value] = new UnsafeBuffer(new byte[LENGTH]);
      RECORDS[value].setMemory(0, LENGTH, (byte) value);
    }
  }

  private static void put(final SlabView view, final int recordId, final int value) {
    view.put(recordId, RECORDS[value], 0, LENGTH - value);
  }

  /** The value that all bytes of a record have, which its length tells too. */
  private static int read(final SlabView view, final UnsafeBuffer copy) {
    final int length = view.read(RECORD, copy, 0);
    if (length < 0) {
      return NONE;
    }
    final int value = copy.getByte(0);
    boolean same = length == LENGTH - value;
    for (int i = 0; same && i < length; i++) {
      same = copy.getByte(i) == value;
    }
    return same ? value : TORN;
  }

  /** The third put goes into the slot of the first, the fourth into that of the second. */
  @JCStressTest
  @Outcome(
      id = {"1, 1", "1, 2", "1, 3", "1, 4", "2, 2", "2, 3", "2, 4", "3, 3", "3, 4", "4, 4"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a record was torn or gone, or an earlier one came back")
  @State
  public static class RecordIsWholeWhileItIsReplaced {
    private final SlabView view = new SlabView();
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[LENGTH]);

    public RecordIsWholeWhileItIsReplaced() {
      put(view, RECORD, 1);
    }

    @Actor
    public void writer() {
      put(view, RECORD, 2);
      put(view, RECORD, 3);
      put(view, RECORD, 4);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = read(view, copy);
      r.r2 = read(view, copy);
    }
  }

  /** Another record takes the slot that the read one had. */
  @JCStressTest
  @Outcome(
      id = {"1, 1", "1, 2", "2, 2"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a record was torn, or is another one's")
  @State
  public static class SlotIsTakenByAnotherRecord {
    private final SlabView view = new SlabView();
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[LENGTH]);

    public SlotIsTakenByAnotherRecord() {
      put(view, RECORD, 1);
    }

    @Actor
    public void writer() {
      put(view, RECORD, 2);
      put(view, OTHER_RECORD, 7);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = read(view, copy);
      r.r2 = read(view, copy);
    }
  }

  /** A record is removed, and another one takes its slot. */
  @JCStressTest
  @Outcome(
      id = {"0", "1"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a record was torn, or is another one's")
  @State
  public static class RemovedRecordIsWholeOrGone {
    private final SlabView view = new SlabView();
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[LENGTH]);

    public RemovedRecordIsWholeOrGone() {
      put(view, RECORD, 1);
    }

    @Actor
    public void writer() {
      view.remove(RECORD);
      put(view, OTHER_RECORD, 7);
    }

    @Actor
    public void reader(final I_Result r) {
      r.r1 = read(view, copy);
    }
  }
}
