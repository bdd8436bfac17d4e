package io.penstock.examples.swift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Mt103Test {
  private String text;

  @BeforeEach
  void read() throws Exception {
    text = Files.readString(Path.of("data", "swift", "PEN260105001.txt"));
  }

  @Test
  void shouldReadTheFields() {
    final Mt103 message = Mt103.parse(text);

    assertThat(message.reference()).isEqualTo("PEN260105001");
    assertThat(message.operation()).isEqualTo("CRED");
    assertThat(message.valueDate()).isEqualTo(LocalDate.of(2026, 1, 5));
    assertThat(message.currency()).isEqualTo("EUR");
    assertThat(message.amount()).isEqualByComparingTo(new BigDecimal("12500"));
    assertThat(message.orderingName()).isEqualTo("ACME TOOLS INC");
    assertThat(message.beneficiaryCountry()).isEqualTo("DE");
    assertThat(message.charges()).isEqualTo("SHA");
    assertThat(message.toMt202()).contains(":21:PEN260105001", ":32A:260105EUR12500,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          20  | :20:PEN260105001      | :20:lower case
          23B | :23B:CRED             | :23B:NONE
          32A | 260105EUR12500,00     | 260105EUR12500.00
          32A | 260105EUR12500,00     | 261305EUR12500,00
          32A | 260105EUR12500,00     | 260105EU12500,00
          59  | :59:/                 | :59:
          71A | :71A:SHA              | :71A:XXX
          4   | {4:                   | {5:
          """)
  void shouldNameTheFieldThatBreaksItsRule(
      final String field, final String right, final String wrong) {
    assertThat(text).contains(right);

    assertThatThrownBy(() -> Mt103.parse(text.replace(right, wrong)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("field " + field + " ");
  }

  @ParameterizedTest
  @CsvSource({"20", "23B", "32A", "50K", "59", "71A"})
  void shouldNameTheFieldThatIsMissing(final String field) {
    assertThatThrownBy(() -> Mt103.parse(text.replace(":" + field + ":", "")))
        .isInstanceOf(MalformedMessageException.class);
  }
}
