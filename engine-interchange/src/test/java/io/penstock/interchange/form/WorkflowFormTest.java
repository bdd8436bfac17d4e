package io.penstock.interchange.form;

import static io.penstock.interchange.form.RandomWorkflows.COUNT;
import static io.penstock.interchange.form.RandomWorkflows.YES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.interchange.ImportException;
import io.penstock.interchange.ModelRunner;
import io.penstock.interchange.form.WorkflowForm.Notation;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkflowFormTest {
  private static final String SMALL =
      """
      {
        "$schema": "urn:penstock:schema:workflow:1",
        "name": "small",
        "variables": [{"name": "yes", "type": "boolean"}, {"name": "count", "type": "long"}],
        "nets": [
          {
            "name": "small",
            "input": "start",
            "output": "end",
            "conditions": ["start", "middle", "end"],
            "tasks": [
              {
                "name": "ask",
                "kind": "manual",
                "from": ["start"],
                "split": "xor",
                "to": [
                  {"condition": "middle", "when": {"variable": "yes", "is": "=", "value": true}},
                  {"condition": "end", "default": true}
                ]
              },
              {
                "name": "do",
                "kind": "worker",
                "handler": "doer",
                "from": ["middle"],
                "to": ["end"]
              }
            ]
          }
        ]
      }
      """;

  private static Workflow read(final String json, final FormOptions options) {
    return WorkflowFormProperties.read(json, Notation.JSON, options);
  }

  private static FormOptions bound() {
    return FormOptions.defaults().handler("doer", work -> work.set(COUNT, 7L));
  }

  private static List<String> problems(final String text, final Notation notation) {
    final ImportException refusal =
        catchThrowableOfType(
            ImportException.class,
            () -> WorkflowFormProperties.read(text, notation, FormOptions.defaults()));
    assertThat(refusal).as("is refused").isNotNull();
    return refusal.report().problems().stream().map(Object::toString).toList();
  }

  @Test
  void shouldRunWhatWasWrittenByHand() {
    Schema.check(SMALL);
    final ModelRunner runner = ModelRunner.start(read(SMALL, bound()), in -> in.set(YES, true));
    runner.complete(runner.item("ask").orElseThrow());
    runner.runHandlers();
    assertThat(runner.outcome()).contains(Outcome.COMPLETED);
    assertThat(runner.find(COUNT)).contains(7L);
  }

  @Test
  void shouldWriteEveryWorkflowTheSameWayEachTime() {
    final Workflow workflow =
        Workflow.define("payment")
            .variables(COUNT)
            .task("pay", work -> {})
            .retry(Retry.exponential(3).notOn(IOException.class))
            .deadline(Duration.ofSeconds(90))
            .choice(
                choice ->
                    choice
                        .when(
                            YES.isTrue().and(COUNT.isAtLeast(3L).not()), yes -> yes.manual("check"))
                        .otherwise(no -> {}))
            .build();
    assertThat(WorkflowForm.write(workflow, Notation.YAML))
        .isEqualTo(
            """
            "$schema": "urn:penstock:schema:workflow:1"
            name: payment
            version: 1
            variables:
              - {name: count, type: long}
              - {name: "yes", type: boolean}
            nets:
              - name: payment
                safe: true
                input: start
                output: "after choice #2"
                conditions: [start, after pay, "after choice #2", "choice #2 branch 1"]
                tasks:
                  - name: pay
                    kind: worker
                    handler: pay
                    deadline: PT1M30S
                    retry:
                      attempts: 3
                      delay: "PT0.1S"
                      multiplier: 2.0
                      delayMax: PT30S
                      notOn: ["java.io.IOException"]
                    from: [start]
                    to: [after pay]
                  - name: "choice #2"
                    kind: routing
                    split: xor
                    from: [after pay]
                    to:
                      - condition: "choice #2 branch 1"
                        when:
                          all:
                            - {variable: "yes", is: "=", value: true}
                            - {not: {variable: count, is: ">=", value: 3}}
                      - {condition: "after choice #2", default: true}
                  - {name: check, kind: manual, from: ["choice #2 branch 1"], to: ["after choice #2"]}
            """);
  }

  @Test
  void shouldNameEverythingThatIsNotBoundAtOnce() {
    final Variable<Long> item = Variable.ofLong("item");
    final Workflow workflow =
        Workflow.define("opaque")
            .forEach(
                "each",
                item,
                work -> List.of(1L),
                each ->
                    each.task("one", work -> {})
                        .retry(Retry.fixed(2, Duration.ZERO).notOn(LinkageError.class)))
            .reduce(item, COUNT, Long::sum)
            .choice(
                choice ->
                    choice
                        .when(values -> true, then -> then.inlineTask("two", work -> {}))
                        .when(Guard.named("vip", Set.of(YES), values -> true), then -> {})
                        .otherwise(other -> {}))
            .build();
    final String json = WorkflowForm.write(workflow, Notation.JSON);
    Schema.check(json);
    assertThat(problems(json, Notation.JSON))
        .anyMatch(text -> text.contains("items=items of each; give FormOptions.items one; line="))
        .anyMatch(text -> text.contains("reference=each into count; give FormOptions.operator one"))
        .anyMatch(text -> text.contains("handler=one; give FormOptions.handler one"))
        .anyMatch(text -> text.contains("handler=two; give FormOptions.handler one"))
        .anyMatch(text -> text.contains("exception=java.lang.LinkageError"))
        .anyMatch(text -> text.contains("reference=choice #2 to choice #2 branch 1; give"))
        .anyMatch(text -> text.contains("reference=vip; give FormOptions.guard one"))
        .hasSize(7);
  }

  @Test
  void shouldKeepTwoLambdasOfOneTextApart() {
    final Workflow workflow =
        Workflow.define("same")
            .choice(
                choice ->
                    choice
                        .when(
                            Guard.named("same", Set.of(), values -> true), then -> then.manual("a"))
                        .when(Guard.named("same", Set.of(), values -> false), then -> {})
                        .otherwise(other -> {}))
            .build();
    assertThat(WorkflowForm.write(workflow, Notation.JSON))
        .contains("\"reference\": \"same\"")
        .contains("\"reference\": \"same/same\"");
  }

  @Test
  void shouldJudgeGuardsByHandWithAVariable() {
    final String json =
        SMALL.replace(
            "{\"variable\": \"yes\", \"is\": \"=\", \"value\": true}", "{\"reference\": \"vip\"}");
    final Workflow workflow = read(json, FormOptions.defaults().byHand());
    final ModelRunner runner =
        ModelRunner.start(workflow, in -> in.set(Variable.ofBoolean("vip"), true));
    runner.complete(runner.item("ask").orElseThrow());
    assertThat(runner.item("do")).isPresent();
  }

  @Test
  void shouldFoldWithoutCodeWhenTheFileNamesAnOperator() {
    final Variable<Long> part = Variable.ofLong("part");
    final Workflow written =
        Workflow.define("fold")
            .instances("parts", 3, each -> each.manual("part"))
            .reduce(part, COUNT, (one, other) -> one)
            .build();
    final String json =
        WorkflowForm.write(written, Notation.JSON)
            .replace("{\"reference\": \"parts into count\"}", "\"maximum\"");
    final Workflow workflow = read(json, FormOptions.defaults());
    final ModelRunner runner = ModelRunner.start(workflow, none -> {});
    for (final long value : new long[] {4, 9, 2}) {
      runner.complete(runner.item("part").orElseThrow(), in -> in.set(part, value));
    }
    assertThat(runner.find(COUNT)).contains(9L);
    assertThat(WorkflowForm.write(workflow, Notation.JSON)).isEqualTo(json);
  }

  @Test
  void shouldRefuseANetThatSaysItIsSafeAndIsNot() {
    final String twice =
        """
        {"$schema": "urn:penstock:schema:workflow:1", "name": "twice", "unsound": "it is a test",
         "nets": [{"name": "twice", "safe": true, "input": "i", "output": "o",
          "conditions": ["i", "a", "b", "c", "o"],
          "tasks": [
           {"name": "s", "kind": "manual", "from": ["i"], "to": ["a", "b"]},
           {"name": "x", "kind": "manual", "from": ["a"], "to": ["c"]},
           {"name": "y", "kind": "manual", "from": ["b"], "to": ["c"]},
           {"name": "z", "kind": "manual", "from": ["c"], "to": ["o"]}]}]}
        """;
    assertThat(problems(twice, Notation.JSON))
        .singleElement()
        .asString()
        .contains("net must be safe where it says so, a condition can hold two tokens: net=twice");
    assertThat(read(twice.replace("\"safe\": true, ", ""), FormOptions.defaults())).isNotNull();
  }

  /** A case keeps its tokens as bits if its net says that it is safe, else as numbers. */
  @Test
  void shouldRefuseToPlayRunningCasesOnTheSameNetThatDoesNotSayItIsSafe() {
    final String counted = SMALL.replace("\"worker\", \"handler\": \"doer\"", "\"manual\"");
    final Workflow asNumbers = read(counted, bound());
    final Workflow asBits =
        read(counted.replace("\"nets\": [\n    {", "\"nets\": [\n    {\"safe\": true,"), bound());
    assertThat(asBits.nets().get(0).isMasked()).isTrue();
    assertThat(asNumbers.nets().get(0).isMasked()).isFalse();
    assertThat(asBits.fingerprint()).isNotEqualTo(asNumbers.fingerprint());
    try (Engine engine = Engine.inMemory(EngineOptions.defaults().shards(1)).deploy(asBits)) {
      engine.start(asBits, in -> {});
      assertThatThrownBy(() -> engine.deploy(asNumbers))
          .isInstanceOf(CommandRejectedException.class)
          .hasMessageContaining("workflow must have one structure for each version");
    }
  }

  @Test
  void shouldSayWhatTheVerifierSays() {
    final String stuck =
        SMALL.replace(
            "\"from\": [\"middle\"]", "\"join\": \"and\", \"from\": [\"middle\", \"start\"]");
    final ImportException refusal =
        catchThrowableOfType(ImportException.class, () -> read(stuck, bound()));
    assertThat(refusal.report().toString()).contains("dead task").contains("line=");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"kind\": \"manual\" | \"kind\": \"mannual\" | must have one of routing, cancel | 14",
        "\"kind\": \"manual\", | \"kind\": \"manual\", \"colour\": 1, | unknown member: member=colour | 14",
        "\"name\": \"small\", | \"name\": \"small\", \"version\": 0, | whole number of at least 1 | 3",
        "\"name\": \"small\", | \"name\": \"small\", \"version\": 99999999999, | whole number of at least 1 | 3",
        "\"name\": \"small\", | \"name\": \"small\", \"version\": 1.5, | whole number of at least 1 | 3",
        "\"name\": \"small\", | \"name\": \"small\", \"deadline\": \"soon\", | must have a duration such as PT30S | 3",
        "\"name\": \"small\", | \"name\": \"small\", \"deadline\": \"PT999999999H\", | at most 100 years | 3",
        "\"value\": true | \"value\": 1 | value of the variable's type: variable=yes:BOOLEAN | 18",
        "\"variable\": \"yes\" | \"variable\": \"no\" | must name a declared variable: variable=no | 18",
        "[\"middle\"] | [\"nowhere\"] | condition of its net: condition=nowhere | 26",
        "\"handler\": \"doer\", | | must have what its kind needs, and nothing else: kind=worker, member=handler | 22",
        "\"split\": \"xor\", | \"split\": \"xor\", \"delay\": \"PT1S\", | kind=manual, member=delay | 12",
        "\"type\": \"long\" | \"type\": \"int\" | must have one of long, double, boolean | 4",
        "\"default\": true | \"default\": true, \"weight\": 0 | whole number of at least 1 | 19",
        "\"is\": \"=\" | \"is\": \"==\" | must compare by =, >=, > or < | 18",
        "\"output\": \"end\", | | must have a member: member=output | 6",
        "\"name\": \"do\" | \"name\": \"ask\" | must have a name of its own: task=ask | 22",
        "workflow:1 | workflow:2 | must be of a known form | 1"
      })
  void shouldSayWhatIsWrongAndWhere(
      final String part, final String instead, final String problem, final int line) {
    final String json =
        SMALL.replaceFirst(
            java.util.regex.Pattern.quote(part),
            java.util.regex.Matcher.quoteReplacement(instead == null ? "" : instead));
    assertThat(json).isNotEqualTo(SMALL);
    assertThat(problems(json, Notation.JSON))
        .anyMatch(text -> text.contains(problem) && text.endsWith("line=" + line));
    if (!problem.contains("name of its own")
        && !problem.contains("condition of its net")
        && !problem.contains("declared variable")
        && !problem.contains("variable's type")
        && !problem.contains("such as")
        && !problem.contains("100 years")) {
      assertThat(Schema.faults(json)).as("by the schema").isNotEmpty();
    }
  }

  @Test
  void shouldReadFilesByTheirNames(@TempDir final Path folder) throws IOException {
    final Workflow workflow = read(SMALL, bound());
    for (final String name : List.of("a.json", "a.yaml", "a.yml")) {
      final Notation notation = name.endsWith("json") ? Notation.JSON : Notation.YAML;
      final Path file =
          Files.writeString(folder.resolve(name), WorkflowForm.write(workflow, notation));
      assertThat(WorkflowForm.read(file, bound()).workflow().fingerprint())
          .isEqualTo(workflow.fingerprint());
    }
    assertThatThrownBy(() -> WorkflowForm.read(folder.resolve("none.json"), bound()))
        .isInstanceOf(java.io.UncheckedIOException.class);
  }

  @Test
  void shouldKnowEveryWordOfTheEnumsInTheSchema() {
    final String schema = WorkflowForm.schema().replaceAll("\\s+", " ");
    Arrays.stream(io.penstock.workflow.TaskKind.values())
        .map(Words::of)
        .forEach(word -> assertThat(schema).contains("\"" + word + "\""));
    Arrays.stream(io.penstock.workflow.VariableType.values())
        .map(Words::of)
        .forEach(word -> assertThat(schema).contains("\"" + word + "\""));
  }
}
