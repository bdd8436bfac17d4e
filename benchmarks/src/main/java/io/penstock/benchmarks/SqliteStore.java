package io.penstock.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;

/**
 * SQLite by JDBC with a write-ahead log: an upsert for each command, committed by itself. One
 * connection, which callers take in turns: SQLite has one writer at a time anyhow, and waits for it
 * by sleeping.
 */
final class SqliteStore implements AcknowledgedStore {
  private final Connection connection;
  private final PreparedStatement upsert;
  private final byte[] image;
  private final ReentrantLock turn = new ReentrantLock();

  /**
   * Opens a database.
   *
   * @param synchronous {@code OFF}, which survives the process, or {@code FULL}, which survives a
   *     power failure
   */
  SqliteStore(final Path directory, final int imageLength, final String synchronous)
      throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("records.db"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=" + synchronous);
      statement.execute("CREATE TABLE cases(id INTEGER PRIMARY KEY, image BLOB NOT NULL)");
    }
    upsert = connection.prepareStatement("INSERT OR REPLACE INTO cases(id, image) VALUES(?, ?)");
    image = new byte[imageLength];
  }

  @Override
  public void put(final int caller) throws SQLException {
    turn.lock();
    try {
      upsert.setLong(1, caller);
      upsert.setBytes(2, image);
      upsert.executeUpdate();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void close() throws SQLException {
    upsert.close();
    connection.close();
  }
}
