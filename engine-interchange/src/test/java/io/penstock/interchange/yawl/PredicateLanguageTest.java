package io.penstock.interchange.yawl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.interchange.ImportException;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.ModelRunner;
import io.penstock.interchange.RunnerItem;
import io.penstock.interchange.expression.ExpressionException;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Predicates that only the user can read. */
class PredicateLanguageTest {
  private static final Variable<Boolean> MANY = Variable.ofBoolean("many");
  private static final ImportOptions OPTIONS = ImportOptions.defaults().variables(MANY);

  private static ModelRunner start(final ImportOptions options, final boolean many)
      throws IOException {
    final String file = "/yawl/odd-predicate.yawl";
    try (InputStream in = PredicateLanguageTest.class.getResourceAsStream(file)) {
      return ModelRunner.start(
          YawlImport.read(file, Objects.requireNonNull(in, file), options).workflow(),
          inputs -> inputs.set(MANY, many));
    }
  }

  @Test
  void shouldGiveWhatTheSmallLanguageCannotReadToTheUsersOwn() throws IOException {
    final List<String> read = new ArrayList<>();
    final ImportOptions options =
        OPTIONS.language(
            YawlImport.XQUERY,
            (text, variables) -> {
              read.add(text);
              return Guard.named(text, Set.of(MANY), values -> values.get(MANY));
            });

    for (final boolean many : new boolean[] {true, false}) {
      final ModelRunner runner = start(options, many);
      runner.complete(runner.item("A").orElseThrow());
      assertThat(runner.items()).extracting(RunnerItem::task).containsExactly(many ? "B" : "C");
    }
    assertThat(read).containsOnly("count(/n/x) > 1");
  }

  @Test
  void shouldReportWhatNeitherCanRead() {
    final ImportOptions options =
        OPTIONS.language(
            YawlImport.XQUERY,
            (text, variables) -> {
              throw new ExpressionException("no such function: count");
            });

    assertThatThrownBy(() -> start(options, true))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("no such function: count")
        .hasMessageContaining("odd-predicate.yawl");
    assertThatThrownBy(() -> start(OPTIONS, true)).isInstanceOf(ImportException.class);
  }
}
