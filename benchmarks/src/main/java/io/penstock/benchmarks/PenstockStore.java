package io.penstock.benchmarks;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Durability;
import io.penstock.storage.DirectoryReader;
import io.penstock.storage.ShardSnapshot;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.ExpandableArrayBuffer;

/**
 * The engine as it comes: each caller has a case, sends it a message with a value and waits for the
 * acknowledgement. The case takes the message, sets a variable, judges a guard, goes round and
 * waits for the next.
 */
final class PenstockStore implements AcknowledgedStore {
  private static final int VALUE_LENGTH = 200;
  private static final Variable<byte[]> VALUE = Variable.ofBytes("value");
  private static final Variable<Boolean> LAST = Variable.ofBoolean("last");
  private static final Workflow WORKFLOW =
      Workflow.define("register")
          .variables(VALUE, LAST)
          .repeatUntil(LAST.isTrue(), body -> body.awaitMessage("put"))
          .build();

  private final Engine engine;
  private final int casesEach;
  private final List<CaseHandle> cases = new ArrayList<>();
  private final byte[] value = new byte[VALUE_LENGTH];

  /**
   * Opens a store on an engine, which it closes.
   *
   * @param engine the engine
   * @param callers number of callers
   * @param casesEach number of cases of each caller, of which each command is for one at random
   */
  PenstockStore(final Engine engine, final int callers, final int casesEach) {
    this.engine = engine;
    this.casesEach = casesEach;
    engine.deploy(WORKFLOW);
    for (int i = 0; i < callers * casesEach; i++) {
      cases.add(engine.start(WORKFLOW, in -> in.set(LAST, false).set(VALUE, value)));
    }
  }

  static PenstockStore open(final Path directory, final Durability durability, final int callers) {
    final EngineOptions options = EngineOptions.defaults().durability(durability);
    return new PenstockStore(
        durability == Durability.MEMORY
            ? Engine.inMemory(options)
            : Engine.open(directory, options),
        callers,
        1);
  }

  /** Bytes of a case's record, of which each command stores a new image. */
  static int recordLength() throws IOException {
    final Path directory = Files.createTempDirectory("penstock-durability");
    final long caseId;
    try (PenstockStore store = open(directory, Durability.PROCESS_CRASH, 1)) {
      store.put(0);
      caseId = store.cases.get(0).caseId();
    }
    try (ShardSnapshot snapshot = DirectoryReader.of(directory).snapshot(0)) {
      return snapshot.read(caseId, new ExpandableArrayBuffer(), 0);
    } finally {
      Directories.delete(directory);
    }
  }

  @Override
  public void put(final int caller) {
    final int which = casesEach == 1 ? 0 : ThreadLocalRandom.current().nextInt(casesEach);
    cases.get(caller * casesEach + which).send("put", in -> in.set(VALUE, value));
  }

  @Override
  public void close() {
    engine.close();
  }
}
