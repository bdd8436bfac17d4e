package io.penstock.lab.peers;

import io.penstock.spi.Durability;
import java.nio.file.Path;

/**
 * What an engine on H2 keeps of a case that ran from its start to its end in one transaction, and
 * what that survives.
 *
 * <p>Without history such a case leaves nothing: what the transaction inserts it deletes again, and
 * the engines are wise enough to send neither to the database. So a database on disk alone makes
 * nothing durable; the least that does is a history of process instances.
 */
enum Keeping {
  /** Nothing: no history, a database in memory that is hardly used. */
  NOTHING("nothing kept", Durability.MEMORY, false),
  /** That the case was, and how it ended. */
  OUTCOME_IN_MEMORY("H2 memory, outcome", Durability.MEMORY, false),
  /** The same in a file, into which each commit is written before it returns. */
  OUTCOME_IN_FILE("H2 file, outcome", Durability.PROCESS_CRASH, true),
  /** Also each activity and each value of a variable, which is what Camunda keeps by default. */
  ALL_IN_FILE("H2 file, full history", Durability.PROCESS_CRASH, true);

  private final String words;
  private final Durability durability;
  private final boolean inFile;

  Keeping(final String words, final Durability durability, final boolean inFile) {
    this.words = words;
    this.durability = durability;
    this.inFile = inFile;
  }

  String words() {
    return words;
  }

  Durability durability() {
    return durability;
  }

  /**
   * With WRITE_DELAY=0: by default H2 writes up to half a second after a commit has returned, and a
   * killed process loses what was acknowledged.
   */
  String url(final Path directory) {
    return inFile
        ? "jdbc:h2:file:" + directory.resolve("peer").toAbsolutePath() + ";WRITE_DELAY=0"
        : "jdbc:h2:mem:peer;DB_CLOSE_DELAY=-1";
  }

  /** Fails when the engine's history does not have each case. */
  void check(final long cases, final long found) {
    final long expected = this == NOTHING ? 0 : cases;
    if (found != expected) {
      throw new IllegalStateException(
          "history must have each case: cases="
              + cases
              + ", expected="
              + expected
              + ", found="
              + found);
    }
  }
}
