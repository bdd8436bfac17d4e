package io.penstock.storage;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A receipt that is looked at while it is written. */
public class LedgerFormatRaces {
  private static final int LENGTH = 128;

  /** Claimed before any byte, published after the last. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "-128, 0", "-128, 1", "128, 1"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a complete receipt without its bytes")
  @State
  public static class PublishedReceiptIsWhole {
    private final UnsafeBuffer file = new UnsafeBuffer(ByteBuffer.allocateDirect(2 * LENGTH));

    @Actor
    public void writer() {
      LedgerFormat.claim(file, 0, LENGTH);
      file.putByte(LENGTH - 1, (byte) 1);
      LedgerFormat.publish(file, 0, LENGTH);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = LedgerFormat.publishedLength(file, 0);
      r.r2 = file.getByte(LENGTH - 1);
    }
  }

  /** Whoever sees a byte of a receipt sees that it is begun. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, -128", "0, 128", "1, -128", "1, 128"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a byte of a receipt that is not begun")
  @State
  public static class BegunReceiptIsClaimed {
    private final UnsafeBuffer file = new UnsafeBuffer(ByteBuffer.allocateDirect(2 * LENGTH));

    @Actor
    public void writer() {
      LedgerFormat.claim(file, 0, LENGTH);
      file.putByte(LENGTH - 1, (byte) 1);
      LedgerFormat.publish(file, 0, LENGTH);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = file.getByteVolatile(LENGTH - 1);
      r.r2 = LedgerFormat.publishedLength(file, 0);
    }
  }
}
