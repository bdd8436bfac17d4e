package io.penstock.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Hot reads while the shard publishes, takes new room and gives slots to other cases. */
public class StatusTableRaces {
  private static final long CASE = CaseId.of(0, 1, 0);

  private static final int SLOTS_OF_A_CHUNK = 64;

  /** A case whose slot is beyond the first chunk. */
  private static final long FAR_CASE = CaseId.of(0, 1, 200);

  private static CaseStatus read(final long @Nullable [] chunk, final long caseId) {
    return chunk == null
        ? CaseStatus.UNKNOWN
        : StatusTable.read(chunk, StatusTable.index(caseId), CaseId.generation(caseId));
  }

  private static StatusTable withRunningCase() {
    final StatusTable statuses = new StatusTable();
    statuses.publish(CASE, CaseStatus.RUNNING);
    return statuses;
  }

  /** All other slots of the chunk have been given back but so many that it is not replaced yet. */
  private static StatusTable withSpentChunk() {
    final StatusTable statuses = new StatusTable();
    for (int i = 0; i < SLOTS_OF_A_CHUNK; i++) {
      final int slot = statuses.allocate(0);
      statuses.publish(CaseId.of(0, 1, slot), CaseStatus.RUNNING);
    }
    for (int slot = 1; slot < SLOTS_OF_A_CHUNK / 2; slot++) {
      statuses.release(CaseId.of(0, 1, slot));
    }
    return statuses;
  }

  /** A handle that holds the chunk from the start keeps the last status: the slot is used again. */
  @JCStressTest
  @Outcome(
      id = {"RUNNING, RUNNING", "RUNNING, COMPLETED", "COMPLETED, COMPLETED"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "the status of another case, or an earlier one again")
  @State
  public static class HandleNeverSeesAnotherCase {
    private final StatusTable statuses = withSpentChunk();
    private final long @Nullable [] chunk = statuses.chunk(CASE);

    @Actor
    public void shard() {
      statuses.publish(CASE, CaseStatus.COMPLETED);
      statuses.release(CASE);
      for (int i = 0; i < SLOTS_OF_A_CHUNK; i++) { // the chunk is replaced
        final int slot = statuses.allocate(0);
        statuses.publish(CaseId.of(0, 2, slot), CaseStatus.RUNNING);
      }
    }

    @Actor
    public void reader(final LL_Result r) {
      r.r1 = read(chunk, CASE);
      r.r2 = read(chunk, CASE);
    }
  }

  /**
   * A case is published in room that the table has to take first; a case before it is untouched.
   */
  @JCStressTest
  @Outcome(
      id = {"UNKNOWN, RUNNING", "RUNNING, RUNNING"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a status was lost when the table grew")
  @State
  public static class GrowingKeepsWhatIsThere {
    private final StatusTable statuses = withRunningCase();

    @Actor
    public void shard() {
      statuses.publish(FAR_CASE, CaseStatus.RUNNING);
    }

    @Actor
    public void reader(final LL_Result r) {
      r.r1 = read(statuses.chunk(FAR_CASE), FAR_CASE);
      r.r2 = read(statuses.chunk(CASE), CASE);
    }
  }

  /** The chunk that a handle got before the table grew is the one that is written on. */
  @JCStressTest
  @Outcome(
      id = {
        "UNKNOWN, RUNNING",
        "UNKNOWN, COMPLETED",
        "RUNNING, RUNNING",
        "RUNNING, COMPLETED",
        "COMPLETED, COMPLETED"
      },
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "what was published first is not seen")
  @State
  public static class PublishedInOrder {
    private final StatusTable statuses = withRunningCase();
    private final long @Nullable [] chunk = statuses.chunk(CASE);

    @Actor
    public void shard() {
      statuses.publish(FAR_CASE, CaseStatus.RUNNING);
      statuses.publish(CASE, CaseStatus.COMPLETED);
      statuses.publish(FAR_CASE, CaseStatus.COMPLETED);
    }

    @Actor
    public void reader(final LL_Result r) {
      r.r1 = read(statuses.chunk(FAR_CASE), FAR_CASE);
      r.r2 = read(chunk, CASE);
    }
  }
}
