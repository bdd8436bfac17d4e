package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandsTest {
  private static final String MODEL =
      """
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
      <process id="order">
      <startEvent id="s"/><userTask id="A" name="approve"/><serviceTask id="B"/>
      <exclusiveGateway id="g" default="f4"/><endEvent id="e"/>
      <intermediateCatchEvent id="T"><timerEventDefinition><timeDuration>PT1H</timeDuration>
      </timerEventDefinition></intermediateCatchEvent>
      <sequenceFlow id="f1" sourceRef="s" targetRef="A"/>
      <sequenceFlow id="f2" sourceRef="A" targetRef="g"/>
      <sequenceFlow id="f3" sourceRef="g" targetRef="B">
      <conditionExpression>amount > 10 and approved</conditionExpression></sequenceFlow>
      <sequenceFlow id="f4" sourceRef="g" targetRef="T"/>
      <sequenceFlow id="f5" sourceRef="B" targetRef="e"/>
      <sequenceFlow id="f6" sourceRef="T" targetRef="e"/>
      </process></definitions>
      """;

  @TempDir private Path directory;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    model = write("order.bpmn", MODEL);
  }

  private Path write(final String name, final String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void shouldCheckAModel() {
    final Cli cli = Cli.run("check", model);
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("order: tasks=", "SOUND", "amount:DECIMAL", "problems=0");
  }

  @Test
  void shouldSayEverythingThatCannotBeTaken() throws IOException {
    final Path bad =
        write("bad.bpmn", MODEL.replace("PT1H", "soon").replace("amount >", "amount ?"));
    for (final String command : new String[] {"check", "run", "draw"}) {
      final Cli cli = Cli.run(command, bad);
      assertThat(cli.code()).isEqualTo(ExitCode.REFUSED);
      assertThat(cli.err()).contains("timeDuration=soon", "id=f3", "line=");
    }
  }

  @Test
  void shouldRunACaseWithItsInput() throws IOException {
    final Path input =
        write("in.json", "{\"amount\": 12.5, \"@tasks\": {\"A\": {\"approved\": true}}}");
    final Cli cli = Cli.run("run", model, "--input", input);
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("trace: A > B", "COMPLETED", "approved=true");
  }

  @Test
  void shouldLetTimePassWhenNothingElseIsLeft() {
    final Cli cli = Cli.run("run", model);
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("time passes: T", "trace: A > T");
  }

  @Test
  void shouldTellThatACaseDidNotComplete() {
    final Cli cli = Cli.run("run", model, "--steps-max", "1");
    assertThat(cli.code()).isEqualTo(ExitCode.NOT_COMPLETED);
    assertThat(cli.out()).contains("at rest: marking={T=1}");
  }

  @Test
  void shouldRefuseInputThatDoesNotFit() throws IOException {
    for (final String json :
        new String[] {"[]", "{", "{\"amount\": []}", "{\"amount\": \"x\"}", "{\"nobody\": 1}"}) {
      final Cli cli = Cli.run("run", model, "--input", write("in.json", json));
      assertThat(cli.code()).as(json).isEqualTo(ExitCode.FAILED);
      assertThat(cli.err()).as(json).contains("input must");
    }
  }

  @Test
  void shouldDrawAModel() throws IOException {
    final Path svg = directory.resolve("order.svg");
    assertThat(Cli.run("draw", model, "--out", svg).code()).isZero();
    assertThat(Files.readString(svg)).startsWith("<svg ").contains("approve", "</svg>");
    assertThat(Cli.run("draw", model, "--format", "mermaid").out())
        .startsWith("flowchart LR")
        .contains("approve");
    assertThat(Cli.run("draw", model, "--format", "dot").out()).startsWith("digraph");
  }

  @Test
  void shouldWriteAModelAsBpmnThatReadsAsItDid() {
    final Path written = directory.resolve("written.bpmn");
    assertThat(Cli.run("convert", model, "--to", "bpmn", "--out", written).code()).isZero();
    assertThat(Cli.run("run", written).out()).contains("trace: A > T");
  }

  @Test
  void shouldNameTheCommandThatWritesBpmnWhenItIsAskedToDrawIt() {
    final Cli cli = Cli.run("draw", model, "--format", "bpmn");
    assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).contains("format=bpmn", "penstock convert MODEL --to bpmn");
    assertThat(Cli.run("draw", model, "--format", "png").err())
        .contains("format must be one of [SVG, MERMAID, DOT]", "format=png");
  }

  @Test
  void shouldSayWhatBpmnCannotSay() throws IOException {
    final Path odd =
        write(
            "odd.yawl",
            Files.readString(
                Path.of("../engine-interchange/src/test/resources/yawl/cancel-task.yawl")));
    final Cli cli = Cli.run("convert", odd, "--to", "bpmn");
    assertThat(cli.code()).isEqualTo(ExitCode.REFUSED);
    assertThat(cli.err()).contains("cancellation region", "task=");
  }

  @Test
  void shouldTakeAStoredWorkflowAsItTakesAModel() throws IOException {
    final Path input =
        write("in.json", "{\"amount\": 12.5, \"@tasks\": {\"A\": {\"approved\": true}}}");
    for (final String name : new String[] {"stored.json", "stored.yaml"}) {
      final Path stored = directory.resolve(name);
      final String notation = name.substring(name.indexOf('.') + 1);
      assertThat(Cli.run("convert", model, "--to", notation, "--out", stored).code()).isZero();
      assertThat(Cli.run("check", stored).out()).contains("SOUND", "amount:DECIMAL");
      assertThat(Cli.run("run", stored, "--input", input).out()).contains("trace: A > B");
      assertThat(Cli.run("draw", stored, "--format", "dot").out()).startsWith("digraph");
      assertThat(Cli.run("convert", stored, "--to", notation).out())
          .isEqualTo(Files.readString(stored));
    }
  }

  @Test
  void shouldSetWhatAHandlerOfAStoredWorkflowWould() throws IOException {
    final Path stored =
        write(
            "stored.yaml",
            """
            "$schema": "urn:penstock:schema:workflow:1"
            name: stored
            variables: [{name: paid, type: boolean}]
            nets:
              - name: stored
                input: start
                output: end
                conditions: [start, end]
                tasks:
                  - {name: pay, kind: worker, handler: payer, from: [start], to: [end]}
            """);
    final Path input = write("in.json", "{\"@tasks\": {\"pay\": {\"paid\": true}}}");
    assertThat(Cli.run("run", stored, "--input", input).out()).contains("paid=true", "COMPLETED");
  }

  /** Too many states to find out, and not reducible as something is cancelled. */
  @Test
  void shouldTakeANetAsSafeThatCannotBeFoundSafeOnlyWhenItIsTrusted() throws IOException {
    final int branches = 17;
    final Path stored =
        write(
            "wide.json",
            """
            {"$schema": "urn:penstock:schema:workflow:1", "name": "wide", "nets": [{
             "name": "wide", "safe": true, "input": "i", "output": "o",
             "conditions": ["i", %s, %s, "o"],
             "tasks": [
              {"name": "fork", "kind": "manual", "from": ["i"], "to": [%s]},
              %s,
              {"name": "join", "kind": "manual", "join": "and", "from": [%s], "to": ["o"],
               "cancels": ["a0"]}]}]}
            """
                .formatted(
                    each(branches, "\"a%1$d\""),
                    each(branches, "\"b%1$d\""),
                    each(branches, "\"a%1$d\""),
                    each(
                        branches,
                        "{\"name\": \"t%1$d\", \"kind\": \"manual\", \"from\": [\"a%1$d\"],"
                            + " \"to\": [\"b%1$d\"]}"),
                    each(branches, "\"b%1$d\"")));

    final Cli refused = Cli.run("run", stored);
    assertThat(refused.code()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.err()).contains("net must be found safe where it says so", "--trust-safe");
    assertThat(Cli.run("run", stored, "--trust-safe").out()).contains("join", "COMPLETED");
    assertThat(Cli.run("check", stored, "--trust-safe").code()).isZero();
  }

  private static String each(final int count, final String text) {
    return IntStream.range(0, count).mapToObj(text::formatted).collect(Collectors.joining(", "));
  }

  @Test
  void shouldAskForGuardsThatOnlyCodeCanSayUnlessTheyAreJudgedByHand() throws IOException {
    final Path stored =
        write(
            "stored.json",
            """
            {"$schema": "urn:penstock:schema:workflow:1", "name": "stored", "nets": [{
             "name": "stored", "input": "start", "output": "end", "conditions": ["start", "end"],
             "tasks": [{"name": "ask", "kind": "manual", "split": "xor", "from": ["start"], "to": [
              {"condition": "end", "when": {"reference": "vip"}},
              {"condition": "end", "default": true}]}]}]}
            """);
    final Cli refused = Cli.run("run", stored);
    assertThat(refused.code()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.err()).contains("guard of the flow to end must be bound: reference=vip");
    assertThat(
            Cli.run("run", stored, "--by-hand", "--input", write("in.json", "{\"vip\": true}"))
                .code())
        .isZero();
    assertThat(Cli.run("check", stored).code()).isZero();
  }

  @Test
  void shouldNotEndAsADamagedDirectoryWhateverTheModelIs() throws IOException {
    final String[] models = {
      "<a>".repeat(500_000),
      MODEL.replace("amount > 10", "a" + " and a".repeat(100_000)),
      MODEL.replace("amount > 10", "(".repeat(100_000) + "a"),
      MODEL.replace("<process", "<process " + "a='' ".repeat(100_000)),
    };
    for (final String each : models) {
      for (final String command : new String[] {"check", "run", "draw"}) {
        final Cli cli = Cli.run(command, write("hostile.bpmn", each));
        assertThat(cli.code()).isEqualTo(ExitCode.REFUSED);
      }
    }
    final String[] stored = {"[".repeat(500_000), "{\"a\":".repeat(500_000), "- ".repeat(100_000)};
    for (final String each : stored) {
      assertThat(Cli.run("check", write("hostile.json", each)).code()).isEqualTo(ExitCode.REFUSED);
      assertThat(Cli.run("check", write("hostile.yaml", each)).code()).isEqualTo(ExitCode.REFUSED);
    }
  }

  @Test
  void shouldPrintNothingOfAModelThatSteersATerminal() throws IOException {
    final Path steering =
        write(
            "steering.bpmn",
            MODEL
                .replace("id=\"A\"", "id=\"A\u202e\u2028\"")
                .replace("sourceRef=\"A\"", "sourceRef=\"A\u202e\u2028\"")
                .replace("amount > 10", "amount >\n 10 ?\n - forged"));
    final Cli cli = Cli.run("check", steering);
    assertThat(cli.out() + cli.err())
        .doesNotContain("\u202e", "\u2028")
        .doesNotContain("\n - forged")
        .contains("forged");
  }

  @Test
  void shouldShowEscapeSequencesOfValuesInsteadOfSendingThem() throws IOException {
    final Path input =
        write(
            "input.json", "{\"note\": \"\\u001b[2J\\u009b1m\\nforged: line\", \"approved\": true}");
    final Path noted =
        write("noted.bpmn", MODEL.replace("approved</cond", "approved and note = 'x'</cond"));
    final Cli cli = Cli.run("run", noted, "--input", input);
    assertThat(cli.out())
        .doesNotContain("\u001b", "\u009b", "\nforged")
        .contains("\\u001b[2J\\u009b1m\\u000aforged: line");
  }
}
