package io.penstock.benchmarks;

import java.io.IOException;
import java.sql.SQLException;

/** What {@link DurabilityRun} measures: something that stores a record and says when it is safe. */
interface AcknowledgedStore extends AutoCloseable {
  /**
   * Stores the next state of a caller's record; when it returns, that survives what was promised.
   * Any number of callers at once, each on a thread of its own.
   *
   * @param caller index of the caller
   * @throws Exception when it could not be stored
   */
  void put(int caller) throws Exception;

  /** Closes it; nobody calls any more. */
  @Override
  void close() throws IOException, SQLException;
}
