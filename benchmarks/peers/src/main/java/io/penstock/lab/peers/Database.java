package io.penstock.lab.peers;

import io.penstock.spi.Durability;
import java.nio.file.Path;

/** Where an engine keeps its state in H2, and what that survives. */
enum Database {
  /** Gone with the process. */
  MEMORY("H2 in memory", Durability.MEMORY),

  /**
   * Each commit is in the file before it returns: WRITE_DELAY=0. By default H2 writes up to half a
   * second later, and a killed process loses what was acknowledged.
   */
  FILE("H2 file", Durability.PROCESS_CRASH);

  private final String words;
  private final Durability durability;

  Database(final String words, final Durability durability) {
    this.words = words;
    this.durability = durability;
  }

  String words() {
    return words;
  }

  Durability durability() {
    return durability;
  }

  String url(final Path directory) {
    return this == MEMORY
        ? "jdbc:h2:mem:peer;DB_CLOSE_DELAY=-1"
        : "jdbc:h2:file:" + directory.resolve("peer").toAbsolutePath() + ";WRITE_DELAY=0";
  }
}
