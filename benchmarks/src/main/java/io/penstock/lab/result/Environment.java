package io.penstock.lab.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Where and when figures were measured.
 *
 * @param date when, in UTC, to the second
 * @param jdk vendor and version
 * @param system operating system and its version
 * @param processors how many the JVM may use
 * @param model of the processor, or the architecture where the system does not tell
 * @param heapMaxMib the greatest heap, in MiB
 */
public record Environment(
    String date, String jdk, String system, int processors, String model, long heapMaxMib) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /**
   * This process's, now.
   *
   * @return the environment
   */
  public static Environment here() {
    final Runtime runtime = Runtime.getRuntime();
    return new Environment(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        runtime.availableProcessors(),
        processorModel().orElse(System.getProperty("os.arch")),
        runtime.maxMemory() >> 20);
  }

  private static Optional<String> processorModel() {
    if (!Files.isReadable(CPU_INFO)) {
      return Optional.empty();
    }
    try {
      return Files.readAllLines(CPU_INFO).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst();
    } catch (final IOException e) {
      return Optional.empty(); // only a label
    }
  }
}
