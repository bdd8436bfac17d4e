package io.penstock.lab.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class on this process's own JDK and class path. */
public final class JavaProcess {
  private static final int LINES_SHOWN = 5;

  private JavaProcess() {}

  /**
   * Runs it to its end.
   *
   * @param heap option for the heap
   * @param main the class
   * @param args its arguments
   * @return what it printed, line by line
   * @throws IOException when it could not be started, or ended with another status than 0
   * @throws InterruptedException when interrupted; the process is ended
   */
  public static List<String> run(final String heap, final Class<?> main, final String... args)
      throws IOException, InterruptedException {
    final List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add(heap);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(args));
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      final List<String> output = lines.lines().toList();
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(
            "process must end well: main="
                + main.getSimpleName()
                + ", args="
                + List.of(args)
                + ", output="
                + output.subList(0, Math.min(LINES_SHOWN, output.size())));
      }
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
