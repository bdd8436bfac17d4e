package io.penstock.interchange.bpmn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.ModelRunner;
import io.penstock.interchange.RunnerItem;
import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.Kind;
import io.penstock.interchange.form.FormOptions;
import io.penstock.interchange.form.WorkflowForm;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Names and literals of any characters come back from BPMN, YAML and JSON as they were. */
class SpecialCharactersTest {
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "${",
          "#{",
          "'",
          "\"",
          "`",
          "\\",
          "-",
          " ",
          ".",
          "/",
          "$",
          "<",
          ">",
          "&",
          "]]>",
          "(",
          ")",
          "and",
          "or",
          "not",
          "null",
          "true",
          "a",
          "b",
          "1",
          "0",
          "=",
          "!",
          "%",
          "\u00e4",
          "\u2028",
          "\ud83d\ude00",
          ":",
          ",",
          "[",
          "?",
          "@",
          "contains",
          "div",
          "eq");

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(PIECES)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(pieces -> String.join("", pieces))
        .filter(text -> !text.isBlank());
  }

  private static Workflow workflow(final Guard guard) {
    return Workflow.define("w")
        .choice(
            choice ->
                choice
                    .when(guard, then -> then.manual("yes"))
                    .otherwise(other -> other.manual("no")))
        .build();
  }

  private static String chosen(final Workflow workflow, final String name, final String value) {
    final Variable<String> variable = Variable.ofString(name);
    final ModelRunner runner = ModelRunner.start(workflow, in -> in.set(variable, value));
    return runner.items().stream().map(RunnerItem::task).findFirst().orElse("");
  }

  private static ByteArrayInputStream bytes(final String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  @Property(tries = 300)
  void shouldComeBackAsTheyWere(
      @ForAll("texts") final String name, @ForAll("texts") final String literal) {
    final Workflow workflow = workflow(Variable.ofString(name).is(literal));
    for (final WorkflowForm.Notation notation : WorkflowForm.Notation.values()) {
      final Workflow back =
          WorkflowForm.read(
                  "w",
                  bytes(WorkflowForm.write(workflow, notation)),
                  notation,
                  FormOptions.defaults())
              .workflow();
      assertThat(chosen(back, name, literal)).isEqualTo("yes");
      assertThat(chosen(back, name, literal + "x")).isEqualTo("no");
    }
    final String xml;
    try {
      xml = BpmnExport.of(workflow).xml();
    } catch (final ExportException e) {
      assertThat(name.contains("`") || (literal.contains("'") && literal.contains("\""))).isTrue();
      return;
    }
    final Workflow back = BpmnImport.read("w", bytes(xml), ImportOptions.defaults()).workflow();
    assertThat(chosen(back, name, literal)).isEqualTo("yes");
    assertThat(chosen(back, name, literal + "x")).isEqualTo("no");
  }

  @Property(tries = 500)
  void shouldReadAConditionWithOrWithoutBracesAlike(
      @ForAll("texts") final String name, @ForAll("texts") final String literal) {
    final Variable<String> variable = Variable.ofString(name);
    final Guard guard = variable.is(literal);
    guard
        .expression()
        .ifPresent(
            text -> {
              for (final String written : List.of(text, "${" + text + "}", "#{ " + text + " }")) {
                assertThat(
                        Expression.parse(written)
                            .bind(Kind.TRUTH, Map.of(name, variable))
                            .guard()
                            .variables())
                    .containsExactly(variable);
              }
            });
  }
}
