package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jar runs by itself, and holds no more than it needs. */
@Timeout(120)
class ExecutableJarIT {
  private static final Path JAR = Path.of("target", "penstock.jar");

  @TempDir private Path root;

  private Cli run(final Object... args) throws IOException, InterruptedException {
    final List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toString()));
    for (final Object arg : args) {
      command.add(arg.toString());
    }
    final Path out = root.resolve("out.txt");
    final Path err = root.resolve("err.txt");
    final int code =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    return new Cli(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  @Test
  void shouldRunByItselfInAPlainJvm() throws IOException, InterruptedException {
    final Path data = root.resolve("data");
    Sample.make(data);

    assertThat(run("--version").out()).matches("penstock \\d\\S+\\R");
    assertThat(run("verify", data))
        .satisfies(cli -> assertThat(cli.out()).contains("is sound"))
        .satisfies(cli -> assertThat(cli.code()).isZero());
    assertThat(run("export", data).out()).isEqualTo(Cli.run("export", data).out());
    assertThat(run("verify", root.resolve("none")).code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void shouldShowTheObjectivesOfAnEngineInAnotherProcess()
      throws IOException, InterruptedException {
    final Path data = root.resolve("data");
    final Process process = RunningEngine.start(data);
    try {
      final Cli top = run("top", data, "--once");
      assertThat(top.err().lines().filter(line -> !line.startsWith("WARNING: ")))
          .as("but for what JDK 24 and later say of sun.misc.Unsafe")
          .isEmpty();
      assertThat(top.out()).contains("process " + process.pid()).containsPattern("(?m)^W1 ");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldHoldTheLicencesAndNoChronicleMap() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
      assertThat(jar.getEntry("META-INF/NOTICE")).isNotNull();
      assertThat(jar.getEntry("META-INF/THIRD-PARTY.txt")).isNotNull();
      assertThat(jar.stream().filter(entry -> entry.getName().startsWith("net/openhft"))).isEmpty();
      assertThat(jar.getEntry("META-INF/services/io.penstock.spi.TelemetryProvider"))
          .as("what telemetry takes is not in it")
          .isNull();
    }
  }
}
