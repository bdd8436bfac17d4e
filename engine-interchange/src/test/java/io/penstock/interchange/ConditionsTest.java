package io.penstock.interchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Each line of {@code conditions.tsv}: a condition, values, and what it must be, or be refused. */
@Timeout(60)
class ConditionsTest {
  @TestFactory
  Stream<DynamicTest> shouldJudgeAsDocumented() throws IOException {
    final List<String> lines =
        Files.readAllLines(ModelsTest.RESOURCES.resolve("conditions.tsv")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    assertThat(lines).hasSizeGreaterThanOrEqualTo(15);
    return lines.stream().map(line -> dynamicTest(line, () -> judge(line.split("\t", -1))));
  }

  private static void judge(final String[] columns) {
    final String condition = columns[0];
    final String must = columns[2];
    final boolean isOfInstances = columns[1].startsWith("(completionCondition");
    final String text = isOfInstances ? instances(condition) : choice(condition);
    final List<Variable<?>> variables = new ArrayList<>();
    final List<String> values = new ArrayList<>();
    if (!isOfInstances) {
      for (final String each : columns[1].split(", ", -1)) {
        final String name = each.split(":", -1)[0];
        final String[] rest = each.split(":", -1)[1].split("[ =]", 2);
        variables.add(
            switch (rest[0]) {
              case "long" -> Variable.ofLong(name);
              case "double" -> Variable.ofDouble(name);
              case "string" -> Variable.ofString(name);
              case "boolean" -> Variable.ofBoolean(name);
              default -> throw new IllegalArgumentException(each);
            });
        values.add(rest[1]);
      }
    }
    final ImportedModel model;
    try {
      model =
          BpmnImport.read(
              "condition.bpmn",
              new ByteArrayInputStream(text.getBytes(UTF_8)),
              ImportOptions.defaults().variables(variables.toArray(Variable<?>[]::new)));
    } catch (final ImportException e) {
      assertThat(must).as(e.getMessage()).contains("refused");
      assertThat(e.report().problems())
          .allSatisfy(problem -> assertThat(problem.line()).isPositive());
      return;
    }
    if (must.contains("noted")) {
      assertThat(model.report().notes().toString()).contains(condition.split(" ", -1)[0]);
      return;
    }
    assertThat(must).doesNotStartWith("as BPMN says");
    final boolean expected = must.startsWith("true");
    final Workflow workflow = model.workflow();
    final ModelRunner runner = ModelRunner.start(workflow, in -> set(in, variables, values));
    assertThat(runner.items())
        .extracting(RunnerItem::task)
        .containsExactly(expected ? "yes" : "no");
    try (Engine engine = Engine.inMemory(EngineOptions.defaults().shards(1))) {
      engine.deploy(workflow);
      final CaseHandle handle = engine.start(workflow, in -> set(in, variables, values));
      assertThat(handle.workItems().get(0).task()).isEqualTo(expected ? "yes" : "no");
    }
  }

  @SuppressWarnings("unchecked") // the type says what the variable holds
  private static void set(
      final Inputs inputs, final List<Variable<?>> variables, final List<String> values) {
    for (int i = 0; i < variables.size(); i++) {
      final Variable<?> variable = variables.get(i);
      final String value = values.get(i);
      if (!value.equals("none")) {
        switch (variable.type()) {
          case LONG -> inputs.set((Variable<Long>) variable, Long.parseLong(value));
          case DOUBLE -> inputs.set((Variable<Double>) variable, Double.parseDouble(value));
          case STRING -> inputs.set((Variable<String>) variable, value);
          default -> inputs.set((Variable<Boolean>) variable, Boolean.parseBoolean(value));
        }
      }
    }
  }

  private static String escaped(final String condition) {
    return condition.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String choice(final String condition) {
    return "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p'>"
        + "<startEvent id='s'/><exclusiveGateway id='g' default='d'/><userTask id='yes'/>"
        + "<userTask id='no'/><endEvent id='e'/><endEvent id='f'/>"
        + "<sequenceFlow id='a' sourceRef='s' targetRef='g'/>"
        + "<sequenceFlow id='c' sourceRef='g' targetRef='yes'>\n<conditionExpression>"
        + escaped(condition)
        + "</conditionExpression></sequenceFlow>"
        + "<sequenceFlow id='d' sourceRef='g' targetRef='no'/>"
        + "<sequenceFlow id='h' sourceRef='yes' targetRef='e'/>"
        + "<sequenceFlow id='i' sourceRef='no' targetRef='f'/></process></definitions>";
  }

  private static String instances(final String condition) {
    return "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p'>"
        + "<userTask id='t'><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        + "<completionCondition>"
        + escaped(condition)
        + "</completionCondition></multiInstanceLoopCharacteristics></userTask>"
        + "</process></definitions>";
  }
}
