package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.examples.atm.AtmExample;
import io.penstock.examples.payroll.PayrollExample;
import io.penstock.examples.swift.SwiftExample;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three stories on the files that come with them. */
class StoriesTest {
  private static final Path DATA = Path.of("data");

  @TempDir private Path work;
  private Engine engine;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);

  @BeforeEach
  void open() {
    engine = Engine.open(work.resolve("engine"));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void shouldAccountForEveryCentOfTheWithdrawals() {
    final AtmExample.Result result = AtmExample.run(engine, DATA.resolve("atm"), out);

    assertThat(result.addsUp()).isTrue();
    assertThat(result.outcomes()).isEqualTo(Map.of(Outcome.COMPLETED, 38, Outcome.CANCELLED, 2));
    assertThat(result.dispensed()).isEqualByComparingTo("930.00");
    assertThat(text.toString(StandardCharsets.UTF_8))
        .contains("txn-8274", "card retained")
        .contains("txn-8278", "dispenser is jammed");
  }

  @Test
  void shouldPayAThousandEmployeesOnlyAfterTheManagerAgreed() throws Exception {
    final PayrollExample.Result result =
        PayrollExample.run(engine, "2026-01", DATA.resolve("payroll"), work, Duration.ZERO, out);

    assertThat(result.reconciles()).isTrue();
    assertThat(result.blockedUntilApproved()).isTrue();
    assertThat(result.calculated()).isEqualTo(1000);
    assertThat(result.gross()).isEqualByComparingTo(expectedGross());
    final List<String> ach = Files.readAllLines(result.achFile());
    assertThat(ach).allSatisfy(line -> assertThat(line).hasSize(94)).hasSize(1010);
    assertThat(ach.stream().filter(line -> line.startsWith("622"))).hasSize(1000);
    final BigDecimal credited =
        ach.stream()
            .filter(line -> line.startsWith("622"))
            .map(line -> new BigDecimal(line.substring(29, 39)).movePointLeft(2))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(credited).isEqualByComparingTo(result.net());
    assertThat(ach.stream().filter(line -> line.startsWith("8220")).findFirst().orElseThrow())
        .contains("001000")
        .contains(String.format("%012d", credited.movePointRight(2).longValueExact()));
  }

  /** Added up from the file by other means than the example's. */
  private static BigDecimal expectedGross() throws Exception {
    return Files.readAllLines(DATA.resolve("payroll/employees.csv")).stream()
        .skip(1)
        .map(line -> new BigDecimal(line.split(",", -1)[2]))
        .map(annual -> annual.divide(BigDecimal.valueOf(12), 2, java.math.RoundingMode.HALF_EVEN))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @Test
  void shouldEndEveryMessageInAnOutcome() {
    final SwiftExample.Result result = SwiftExample.run(engine, DATA.resolve("swift"), out);

    assertThat(result.outcomes()).hasSize(13);
    assertThat(result.outcomes().values()).containsOnly(Outcome.COMPLETED, Outcome.CANCELLED);
    assertThat(result.decisions())
        .containsEntry("PEN260105001.txt", "SETTLED")
        .containsEntry("PEN260105003.txt", "REJECTED: sanctions")
        .containsEntry("PEN260105005.txt", "REJECTED: aml")
        .containsEntry("PEN260105009.txt", "REJECTED: sanctions")
        .containsEntry("PEN260105012.txt", "REJECTED: fraud")
        .containsEntry("PEN260105013.txt", "RETURNED");
    assertThat(result.debited())
        .isEqualByComparingTo(result.credited())
        .isEqualByComparingTo("487241.75");
  }

  @Test
  void shouldNameFileAndLineWhenACsvFileCannotBeRead() {
    assertThatThrownBy(
            () ->
                PayrollExample.run(
                    engine, "2026-02", DATA.resolve("malformed"), work, Duration.ZERO, out))
        .isInstanceOf(MalformedCsvException.class)
        .hasMessageContaining("employees.csv")
        .hasMessageContaining("line=3");
  }
}
