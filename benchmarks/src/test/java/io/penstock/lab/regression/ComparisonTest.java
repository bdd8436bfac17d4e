package io.penstock.lab.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.penstock.lab.regression.Comparison.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  private static final double[] THEN = {10.0, 10.1, 10.2, 9.9, 9.8, 10.05, 10.3};

  @TempDir Path directory;

  private static double[] times(final double factor) {
    return Arrays.stream(THEN).map(value -> value * factor).toArray();
  }

  private static Verdict verdict(final double... now) {
    return Comparison.of("case", THEN, now).verdict();
  }

  @Test
  void shouldTellSlowerOnlyPastATenth() {
    assertThat(verdict(times(1.25))).isEqualTo(Verdict.SLOWER);
    assertThat(verdict(times(1.09))).isEqualTo(Verdict.NO_DIFFERENCE);
    assertThat(verdict(times(1.0))).isEqualTo(Verdict.NO_DIFFERENCE);
  }

  @Test
  void shouldTellFaster() {
    assertThat(verdict(times(0.8))).isEqualTo(Verdict.FASTER);
  }

  @Test
  void shouldNotBeMovedByASingleStall() {
    final double[] now = THEN.clone();
    now[3] = 1_000;
    now[5] = 500;

    assertThat(verdict(now)).isEqualTo(Verdict.NO_DIFFERENCE);
  }

  @Test
  void shouldStillTellSlowerWhenOneProcessWasFast() {
    final double[] now = times(1.4);
    now[0] = 11.1; // not a tenth slower than the median of then

    assertThat(verdict(now)).isEqualTo(Verdict.SLOWER);
  }

  @Test
  void shouldSayNothingOfTooFew() {
    assertThat(verdict(100, 101, 102, 103)).isEqualTo(Verdict.TOO_FEW);
  }

  @Test
  void shouldTellTheRatioOfMedians() {
    assertThat(Comparison.of("case", THEN, times(1.5)).ratio()).isCloseTo(1.5, within(1e-9));
  }

  @Test
  void shouldReadBackABaseline() throws IOException {
    final Path file = directory.resolve("baseline.tsv");
    new Regression(Map.of("a case", THEN)).write(file, "somewhere");

    assertThat(Regression.read(file).values().get("a case")).containsExactly(THEN);
  }

  @Test
  void shouldCallInsaneWhatIsMissingOrFarOff() {
    final Regression baseline = new Regression(Map.of("a case", THEN));

    assertThat(new Regression(Map.of("a case", times(3))).insane(baseline)).isEmpty();
    assertThat(new Regression(Map.of("a case", times(60))).insane(baseline)).hasSize(1);
    assertThat(new Regression(Map.of("a case", times(0.01))).insane(baseline)).hasSize(1);
    assertThat(new Regression(Map.of("other", THEN)).insane(baseline)).hasSize(1);
  }
}
