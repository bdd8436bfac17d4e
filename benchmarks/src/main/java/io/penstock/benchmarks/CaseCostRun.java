package io.penstock.benchmarks;

import io.penstock.benchmarks.HeldShard.Cost;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Durability;
import io.penstock.spi.Telemetry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What one withdrawal costs the shard's thread: five inline tasks and a choice, from the command in
 * the inbox to the ended case in the store.
 *
 * <p>Arguments, both optional: a durability, and {@code off} for no telemetry.
 */
public final class CaseCostRun {
  private static final int CASES = 1_000;
  private static final int WINDOWS_BEFORE = 2_000;
  private static final int WINDOWS = 500;

  private CaseCostRun() {}

  /**
   * Runs.
   *
   * @param args a durability, and whether telemetry is off
   * @throws Exception when the directory cannot be made
   */
  public static void main(final String[] args) throws Exception {
    final Durability durability =
        args.length > 0 ? Durability.valueOf(args[0]) : Durability.PROCESS_CRASH;
    final boolean isOff = args.length > 1 && args[1].equals("off");
    final EngineOptions options = EngineOptions.defaults().durability(durability);
    final Path directory = Files.createTempDirectory("penstock-case-cost");
    try (HeldWindows windows =
        HeldWindows.open(
            isOff ? options.telemetry((clock, shards) -> Telemetry.NONE) : options,
            with ->
                durability == Durability.MEMORY
                    ? Engine.inMemory(with)
                    : Engine.open(directory, with),
            InlineAtm.WORKFLOW,
            CASES,
            CASES,
            (engine, number) -> InlineAtm.startAsync(engine, Long.toString(number)))) {
      for (int window = -WINDOWS_BEFORE; window < WINDOWS; window++) {
        windows.run(window >= 0);
      }
      final Cost cost = windows.cost();
      System.out.printf(
          Locale.ROOT,
          "%s telemetry=%s: %.0f ns of the shard's processor time a case, %.0f ns passed, %.0f B%n",
          durability,
          isOff ? "off" : "on",
          cost.cpuNs(),
          cost.wallNs(),
          cost.bytes());
    } finally {
      Directories.delete(directory);
    }
  }
}
