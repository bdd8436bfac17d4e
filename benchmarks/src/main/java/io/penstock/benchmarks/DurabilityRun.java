package io.penstock.benchmarks;

import io.penstock.spi.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Acknowledged commands a second, and how long a caller waits for the acknowledgement, by
 * durability and number of callers; beside each what else keeps the same promise.
 *
 * <p>Every row stores one record of the same length for each command and returns once it survives
 * what the durability names. A caller is a thread that waits for its acknowledgement before it
 * sends the next: as many commands are under way as there are callers. Penstock does the work of a
 * workflow engine for a command ({@link PenstockStore}), the others only keep bytes.
 *
 * <p>Arguments, both optional: milliseconds for each row, 2,500 by default; a durability.
 */
public final class DurabilityRun {
  private static final int[] CALLERS = {1, 8, 64, 512};
  private static final int CALLERS_WARM_UP = 8;
  private static final long MEASURED_MS = 2_500;

  /** Something to measure. */
  private record Row(Durability durability, String name, Opening opening) {}

  /** Opens it in an empty directory. */
  @FunctionalInterface
  private interface Opening {
    AcknowledgedStore open(Path directory, int callers) throws Exception;
  }

  private DurabilityRun() {}

  /**
   * Runs.
   *
   * @param args milliseconds for each row; a durability
   * @throws Exception when a store fails
   */
  public static void main(final String[] args) throws Exception {
    final long measuredMs = args.length > 0 ? Long.parseLong(args[0]) : MEASURED_MS;
    final int recordLength = PenstockStore.recordLength();
    System.out.println("each command stores a record of " + recordLength + " bytes\n");
    Latencies.printHead("durability | what | callers");
    for (final Row row : rows(recordLength)) {
      if (args.length < 2 || row.durability().name().equals(args[1])) {
        run(row, CALLERS_WARM_UP, measuredMs / 2);
        for (final int callers : CALLERS) {
          final Callers.Result result = run(row, callers, measuredMs);
          Latencies.print("`" + row.durability() + "` | " + row.name() + " | " + callers, result);
        }
      }
    }
  }

  private static List<Row> rows(final int length) {
    return List.of(
        penstock(Durability.MEMORY),
        new Row(
            Durability.MEMORY,
            "hand-over to one thread",
            (directory, callers) -> SharedWriterStore.inMemory(callers, length)),
        penstock(Durability.PROCESS_CRASH),
        new Row(
            Durability.PROCESS_CRASH,
            "append",
            (directory, callers) -> new AppendingStore(directory, length, false)),
        new Row(
            Durability.PROCESS_CRASH,
            "append by one thread",
            (directory, callers) -> SharedWriterStore.inFile(directory, callers, length, false)),
        new Row(
            Durability.PROCESS_CRASH,
            "H2 MVStore, commit",
            (directory, callers) -> new MvStore(directory, length, false)),
        new Row(
            Durability.PROCESS_CRASH,
            "SQLite, WAL, synchronous=OFF",
            (directory, callers) -> new SqliteStore(directory, length, "OFF")),
        penstock(Durability.POWER_LOSS),
        new Row(
            Durability.POWER_LOSS,
            "append and force, each caller",
            (directory, callers) -> new AppendingStore(directory, length, true)),
        new Row(
            Durability.POWER_LOSS,
            "append and force by one thread",
            (directory, callers) -> SharedWriterStore.inFile(directory, callers, length, true)),
        new Row(
            Durability.POWER_LOSS,
            "H2 MVStore, commit and sync",
            (directory, callers) -> new MvStore(directory, length, true)),
        new Row(
            Durability.POWER_LOSS,
            "SQLite, WAL, synchronous=FULL",
            (directory, callers) -> new SqliteStore(directory, length, "FULL")));
  }

  private static Row penstock(final Durability durability) {
    return new Row(
        durability,
        "Penstock",
        (directory, callers) -> PenstockStore.open(directory, durability, callers));
  }

  private static Callers.Result run(final Row row, final int callers, final long measuredMs)
      throws Exception {
    final Path directory = Files.createTempDirectory("penstock-durability");
    try (AcknowledgedStore store = row.opening().open(directory, callers)) {
      return new Callers(store, callers).measure(measuredMs);
    } finally {
      Directories.delete(directory);
    }
  }
}
