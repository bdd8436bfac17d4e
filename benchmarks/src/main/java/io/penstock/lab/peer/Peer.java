package io.penstock.lab.peer;

import io.penstock.spi.Durability;
import java.nio.file.Path;
import java.util.List;

/** An engine that can run the withdrawal: five tasks, one after the other, and a choice. */
public interface Peer {
  /**
   * What a report calls it, with its version where there are more.
   *
   * @return a name of its own
   */
  String name();

  /**
   * What a case that has ended survives.
   *
   * @return the durability
   */
  Durability durability();

  /**
   * Opens it.
   *
   * @param directory empty, for its files
   * @return the engine, ready to run cases
   * @throws Exception when it cannot be opened
   */
  Session open(Path directory) throws Exception;

  /** An open engine; one thread. */
  interface Session extends AutoCloseable {
    /**
     * Runs a case from its start to its end.
     *
     * @param index counts from 0
     * @throws Exception when it failed, or did not end as it should
     */
    void run(long index) throws Exception;

    /**
     * Runs many cases, as many under way at once as suits the engine best.
     *
     * @param first index of the first
     * @param count how many
     * @throws Exception when one failed, or did not end as it should
     */
    default void runMany(final long first, final int count) throws Exception {
      for (int i = 0; i < count; i++) {
        run(first + i);
      }
    }

    /** Closes it; no case is under way. */
    @Override
    void close();
  }

  /** Makes peers; found by {@link java.util.ServiceLoader}. */
  interface Source {
    /**
     * The peers.
     *
     * @return each by a name of its own
     */
    List<Peer> peers();
  }
}
