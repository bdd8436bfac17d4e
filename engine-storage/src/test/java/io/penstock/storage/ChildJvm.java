package io.penstock.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Another JVM of the same kind, with the test's class path and no option but those given. */
final class ChildJvm {
  private final List<String> options = new ArrayList<>();
  private Predicate<String> classPath = jar -> true;

  ChildJvm option(final String option) {
    options.add(option);
    return this;
  }

  /** Leaves jars out of the class path. */
  ChildJvm without(final String jar) {
    classPath = classPath.and(path -> !path.contains(jar));
    return this;
  }

  /** Starts a main class; standard error goes with standard output. */
  Process start(final Path workingDirectory, final Class<?> main, final Object... arguments)
      throws IOException {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(options);
    command.add("-classpath");
    command.add(
        Arrays.stream(fullClassPath().split(System.getProperty("path.separator"), -1))
            .filter(classPath)
            .collect(Collectors.joining(System.getProperty("path.separator"))));
    command.add(main.getName());
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command)
        .directory(workingDirectory.toFile())
        .redirectErrorStream(true)
        .start();
  }

  /** Runs a main class to its end. */
  List<String> run(final Path workingDirectory, final Class<?> main, final Object... arguments)
      throws IOException, InterruptedException {
    final Process process = start(workingDirectory, main, arguments);
    final List<String> output = lines(process).lines().toList();
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError("child JVM must end well: output=" + output);
    }
    return output;
  }

  static BufferedReader lines(final Process process) {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  /** Surefire may hide the class path behind a jar of its own. */
  private static String fullClassPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
