package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles the README's first program as it stands there and runs it as a user would: plain {@code
 * java}, one dependency.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  /** What the program talks to, in the fewest words. */
  private static final String SURROUNDINGS =
      """
      import io.penstock.engine.*;
      import io.penstock.workflow.*;
      import java.math.BigDecimal;
      import java.nio.file.Path;
      import java.time.Duration;

      public final class Readme {
        static final class Pins { void verify(long account) {} }
        static final class Ledger {
          boolean covers(long account, BigDecimal amount) { return true; }
          void debit(String key, long account, BigDecimal amount) { System.out.println("debit " + amount + " once for " + key); }
        }
        static final class Dispenser { void pay(BigDecimal amount) {} }
        static final class Printer { void print(long caseId) {} }
        static final class Screen { void decline() {} }
        static final Pins pins = new Pins();
        static final Ledger ledger = new Ledger();
        static final Dispenser dispenser = new Dispenser();
        static final Printer printer = new Printer();
        static final Screen screen = new Screen();
        FIELDS
        public static void main(String[] arguments) {
          STATEMENTS
        }
      }
      """;

  @TempDir private Path directory;
  private Path output;
  private Path errors;

  @BeforeEach
  void compile() throws IOException {
    output = directory.resolve("out.txt");
    errors = directory.resolve("err.txt");
    final String program = firstProgram(Files.readString(README));
    final String fields = lines(program, true);
    final Path source = directory.resolve("Readme.java");
    Files.writeString(
        source,
        SURROUNDINGS.replace("FIELDS", fields).replace("STATEMENTS", lines(program, false)));
    final int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                UserClassPath.text(),
                "-d",
                directory.toString(),
                source.toString());
    assertThat(result).as("the README's program compiles").isZero();
  }

  private static String firstProgram(final String readme) {
    final int begin = readme.indexOf("```java\n") + "```java\n".length();
    return readme.substring(begin, readme.indexOf("```", begin));
  }

  private static String lines(final String program, final boolean fields) {
    return program
        .lines()
        .filter(line -> line.startsWith("static final") == fields)
        .collect(Collectors.joining("\n"));
  }

  private int run(final String... options) throws IOException, InterruptedException {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", UserClassPath.text() + UserClassPath.SEPARATOR + directory, "Readme"));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectOutput(output.toFile())
        .redirectError(errors.toFile())
        .start()
        .waitFor();
  }

  @Test
  void shouldRunAsItStandsThereWithoutAnyJvmOption() throws Exception {
    assertThat(run()).isZero();

    assertThat(Files.readString(output))
        .contains(
            "debit 100.00 once for atm-withdrawal/txn-8271/",
            "COMPLETED",
            "R1",
            "W1",
            "C1",
            "atm-withdrawal");
    assertThat(Files.readAllLines(errors)).filteredOn(line -> !isNoticeOfOthers(line)).isEmpty();
    assertThat(directory.resolve("data")).isNotEmptyDirectory();

    assertThat(run()).as("again on the same directory").isZero();
    assertThat(Files.readString(output))
        .as("the case of the first run")
        .contains("COMPLETED")
        .doesNotContain("debit");
  }

  @Test
  void shouldRunWithoutOpeningTheJdk() throws Exception {
    assertThat(run("-Dpenstock.modules.open=false")).isZero();

    assertThat(Files.readString(output)).contains("COMPLETED");
  }

  /**
   * SLF4J says that there is no back end; from 24 on the JDK says that somebody used {@code
   * sun.misc.Unsafe}.
   */
  private static boolean isNoticeOfOthers(final String line) {
    return line.startsWith("SLF4J")
        || (Runtime.version().feature() >= 24 && line.startsWith("WARNING: "));
  }
}
