package io.penstock.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {
  private static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1E+1000", "1E-1000", "-9.99E+1000", "0E-1000"})
  void shouldTakeWhatIsWithinTheLimits(final String text) {
    assertThat(Decimals.parse(text)).isEqualTo(new BigDecimal(text));
  }

  @Test
  void shouldCountDigitsExactly() {
    for (final String sign : new String[] {"", "-"}) {
      assertThat(Decimals.parse(sign + "9".repeat(1_000)).precision()).isEqualTo(1_000);
      assertThat(Decimals.parse(sign + "0." + "9".repeat(1_000)).scale()).isEqualTo(1_000);
      assertThatThrownBy(() -> Decimals.parse(sign + "1" + "0".repeat(1_000)))
          .isInstanceOf(ValueTooLargeException.class)
          .hasMessageContaining("at most 1000 digits");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1E+1001", "1E-1001", "0E+2147483647", "1E-2147483647", "-1E+1000000000"})
  void shouldRefuseWhatIsBeyondThem(final String text) {
    assertThatThrownBy(() -> Decimals.parse(text)).isInstanceOf(ValueTooLargeException.class);
  }

  @Test
  void shouldRefuseMillionsOfDigitsWithoutReadingThem() {
    final BigDecimal long1 = new BigDecimal(BigInteger.ONE.shiftLeft(30_000_000), 5);
    final String text = "9".repeat(5_000_000);
    final long beginNs = System.nanoTime();
    assertThatThrownBy(() -> Decimals.check(long1)).isInstanceOf(ValueTooLargeException.class);
    assertThatThrownBy(() -> Decimals.parse(text)).isInstanceOf(ValueTooLargeException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - beginNs)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void shouldRefuseAGuardThatComparesWithSuchANumber() {
    assertThatThrownBy(() -> AMOUNT.is(new BigDecimal("1E+1000000")))
        .isInstanceOf(ValueTooLargeException.class);
  }
}
