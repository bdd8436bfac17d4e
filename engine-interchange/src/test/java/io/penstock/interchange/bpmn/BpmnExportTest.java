package io.penstock.interchange.bpmn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.interchange.ImportLimits;
import io.penstock.interchange.ImportedModel;
import io.penstock.interchange.ModelRunner;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.interchange.xml.XmlReader;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import io.penstock.workflow.Workflow;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BpmnExportTest {
  private static final Variable<Boolean> YES = Variable.ofBoolean("yes");
  private static final Variable<Long> COUNT = Variable.ofLong("count");

  private static XmlElement parse(final String xml) {
    return XmlReader.read(
        "bpmn", new ByteArrayInputStream(xml.getBytes(UTF_8)), ImportLimits.defaults());
  }

  private static List<XmlElement> all(final XmlElement root) {
    final List<XmlElement> all = new ArrayList<>(List.of(root));
    root.children().forEach(child -> all.addAll(all(child)));
    return all;
  }

  private static List<XmlElement> all(final XmlElement root, final String name) {
    return all(root).stream().filter(element -> element.name().equals(name)).toList();
  }

  private static List<String> problems(final Workflow workflow) {
    final ExportException refusal =
        catchThrowableOfType(ExportException.class, () -> BpmnExport.of(workflow).xml());
    assertThat(refusal).as("is refused").isNotNull();
    return refusal.problems();
  }

  private static Workflow rich() {
    return Workflow.define("order & delivery")
        .variables(COUNT)
        .subworkflow("pack", inner -> inner.manual("wrap"))
        .subworkflow(
            "again",
            inner ->
                inner
                    .manual("try")
                    .choice(
                        more ->
                            more.when(YES.isTrue(), then -> then.call("deeper", "again"))
                                .otherwise(done -> {})))
        .task("first \"step\"", work -> {})
        .retry(Retry.exponential(3))
        .onFailure(bad -> bad.manual("repair"))
        .choice(
            choice ->
                choice
                    .when(COUNT.isAtLeast(2L), then -> then.call("packing", "pack"))
                    .otherwise(other -> other.call("trying", "again")))
        .instances("many", COUNT, each -> each.manual("one"))
        .manual("last")
        .deadline(Duration.ofDays(1))
        .onTimeout(late -> late.manual("remind"))
        .build();
  }

  @Test
  void shouldGiveEachElementAnIdOfItsOwnThatXmlTakes() {
    final Set<String> ids = new HashSet<>();
    for (final XmlElement element : all(parse(BpmnExport.of(rich()).xml()))) {
      final String id = element.get("id");
      if (id != null) {
        assertThat(id).matches("[A-Za-z_][A-Za-z0-9_.-]*");
        assertThat(ids.add(id)).as(id).isTrue();
      }
    }
    assertThat(ids).contains("order___delivery", "first__step_", "packing");
  }

  @Test
  void shouldReferToNothingThatIsNotThere() {
    final XmlElement root = parse(BpmnExport.of(rich()).xml());
    final Set<String> ids =
        all(root).stream().map(element -> element.get("id", "")).collect(Collectors.toSet());
    for (final XmlElement element : all(root)) {
      for (final String reference :
          List.of(
              "sourceRef",
              "targetRef",
              "default",
              "attachedToRef",
              "messageRef",
              "signalRef",
              "itemSubjectRef",
              "calledElement",
              "bpmnElement")) {
        assertThat(ids).contains(element.get(reference, element.get("id", "")));
      }
    }
  }

  @Test
  void shouldDrawEachNodeAndFlowOnce() {
    final XmlElement root = parse(BpmnExport.of(rich()).xml());
    final List<String> shapes =
        all(root, "BPMNShape").stream().map(shape -> shape.get("bpmnElement", "")).toList();
    final List<String> nodes =
        all(root).stream()
            .filter(
                element ->
                    !element.children("incoming").isEmpty()
                        || !element.children("outgoing").isEmpty())
            .map(element -> element.get("id", ""))
            .toList();
    assertThat(shapes).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(nodes);
    assertThat(all(root, "BPMNEdge").stream().map(edge -> edge.get("bpmnElement", "")).toList())
        .containsExactlyInAnyOrderElementsOf(
            all(root, "sequenceFlow").stream().map(flow -> flow.get("id", "")).toList());
    assertThat(all(root, "BPMNEdge"))
        .allSatisfy(
            edge ->
                assertThat(edge.children("http://www.omg.org/spec/DD/20100524/DI", "waypoint"))
                    .hasSizeGreaterThan(1));
  }

  @Test
  void shouldPutASubProcessAroundWhatIsInIt() {
    final XmlElement root = parse(BpmnExport.of(rich()).xml());
    assertThat(box(root, "packing").contains(box(root, "wrap"))).isTrue();
    assertThat(box(root, "packing").contains(box(root, "last"))).isFalse();
  }

  private static java.awt.geom.Rectangle2D box(final XmlElement root, final String element) {
    final XmlElement bounds =
        all(root, "BPMNShape").stream()
            .filter(shape -> shape.get("bpmnElement", "").equals(element))
            .findFirst()
            .orElseThrow()
            .children("http://www.omg.org/spec/DD/20100524/DC", "Bounds")
            .get(0);
    return new java.awt.geom.Rectangle2D.Double(
        Double.parseDouble(bounds.get("x", "")),
        Double.parseDouble(bounds.get("y", "")),
        Double.parseDouble(bounds.get("width", "")),
        Double.parseDouble(bounds.get("height", "")));
  }

  @Test
  void shouldKeepWhatIsCalledFromWithinItselfAsAProcessOfItsOwn() {
    final XmlElement root = parse(BpmnExport.of(rich()).xml());
    assertThat(root.children("process").stream().map(process -> process.get("id")))
        .containsExactly("order___delivery", "again");
    assertThat(all(root, "callActivity")).hasSize(2);
    assertThat(root.children("process").get(1).get("isExecutable")).isEqualTo("false");
  }

  @Test
  void shouldKeepNamesTypesRetriesAndDeadlines() {
    final Workflow workflow =
        Workflow.define("kept")
            .variables(
                Variable.ofLong("a long"),
                Variable.ofDouble("d"),
                Variable.ofDecimal("e"),
                Variable.ofString("s"),
                Variable.ofInstant("i"),
                Variable.ofDuration("u"),
                Variable.ofBytes("b"),
                YES)
            .task("do it", work -> {})
            .retry(Retry.exponential(5).startingAt(Duration.ofMillis(7)))
            .deadline(Duration.ofSeconds(90))
            .inlineTask("now", work -> {})
            .build();
    final ImportedModel back =
        BpmnRoundTripProperties.read(BpmnExport.of(workflow).xml(), workflow);
    assertThat(back.workflow().variables())
        .containsExactlyInAnyOrderElementsOf(workflow.variables());
    assertThat(back.workflow().variables())
        .extracting(Variable::type)
        .containsExactlyInAnyOrder(VariableType.values());
    assertThat(back.workflow().task(0, 0).retry()).isEqualTo(workflow.task(0, 0).retry());
    assertThat(back.workflow().task(0, 0).deadline()).isEqualTo(Duration.ofSeconds(90));
    assertThat(back.workflow().task(0, 1).kind()).isEqualTo(workflow.task(0, 1).kind());
    assertThat(back.labels()).containsEntry("do_it", "do it");
  }

  @Test
  void shouldBindReductionsAndListsAgain() {
    final Variable<Long> sum = Variable.ofLong("sum");
    final Variable<Long> item = Variable.ofLong("item");
    final Workflow workflow =
        Workflow.define("fold")
            .variables(sum, COUNT)
            .forEach(
                "each one",
                item,
                work -> List.of(1L, 2L, 3L),
                each -> each.inlineTask("twice", work -> work.set(COUNT, 2 * work.get(item))))
            .reduce(COUNT, sum, Long::sum)
            .build();
    final ImportedModel back =
        BpmnRoundTripProperties.read(BpmnExport.of(workflow).xml(), workflow);
    final ModelRunner runner = ModelRunner.start(back.workflow(), none -> {});
    assertThat(runner.find(sum)).contains(12L);
  }

  @Test
  void shouldSayEverythingThatBpmnCannotSay() {
    final Workflow workflow =
        Workflow.graph("odd")
            .variables(COUNT)
            .condition("open")
            .condition("busy")
            .condition("more")
            .manual("a")
            .manual("b")
            .enabledWhile("open")
            .manual("c")
            .xorSplit()
            .flow("input", "a")
            .flow("a", "open")
            .flow("a", "busy")
            .flow("busy", "b")
            .flow("b", "c")
            .flow("open", "d")
            .flow(
                "c",
                "more",
                Guard.named("count > 1", Set.of(COUNT), values -> values.get(COUNT) > 1))
            .flow("more", "e")
            .defaultFlow("c", "e")
            .manual("d")
            .manual("e")
            .cancels("d", "open")
            .flow("d", "output")
            .flow("e", "output")
            .allowUnsound("only looked at")
            .build();
    assertThat(problems(workflow))
        .anyMatch(text -> text.startsWith("milestone") && text.endsWith("task=b"))
        .anyMatch(text -> text.startsWith("cancellation region") && text.endsWith("task=e"))
        .anyMatch(text -> text.contains("guard=count > 1") && text.endsWith("task=c"));
  }

  @Test
  void shouldRefuseWhatOnlyBlocksCanSay() {
    assertThat(
            problems(
                Workflow.define("blocks")
                    .interleaved(
                        parts ->
                            parts.branch(one -> one.manual("a")).branch(two -> two.manual("b")))
                    .instances("votes", 3, each -> each.manual("vote"))
                    .until(2, Rest.RUN_ON)
                    .awaitFirst(
                        first -> first.manual("by hand", hand -> {}).message("by mail", mail -> {}))
                    .instances("detached", 2, each -> each.manual("later"))
                    .detached()
                    .task("picky", work -> {})
                    .retry(Retry.exponential(3).notOn(IllegalStateException.class))
                    .parallel(
                        parts ->
                            parts
                                .branch(one -> one.manual("wins"))
                                .branch(two -> two.manual("loses"))
                                .waitFor(1, Rest.CANCEL))
                    .build()))
        .anyMatch(text -> text.startsWith("mutex has no element"))
        .anyMatch(text -> text.contains("rest=RUN_ON") && text.endsWith("task=votes"))
        .anyMatch(text -> text.endsWith("task=by hand"))
        .anyMatch(text -> text.endsWith("task=detached"))
        .anyMatch(text -> text.endsWith("task=picky"))
        .anyMatch(text -> text.startsWith("partial join that cancels"));
  }

  @Test
  void shouldRefuseAGuardWhoseTextIsNotWhatItDoes() {
    final Workflow workflow =
        Workflow.define("lying")
            .choice(
                choice ->
                    choice
                        .when(
                            Guard.named("yes", Set.of(YES), values -> !values.get(YES)),
                            then -> then.manual("a"))
                        .otherwise(other -> other.manual("b")))
            .build();
    assertThat(problems(workflow)).singleElement().asString().contains("guard=yes");
  }

  @Test
  void shouldRefuseAGuardThatReadsMoreThanItsTextSays() {
    final Guard silent =
        new Guard() {
          @Override
          public boolean test(final Values values) {
            return values.get(YES) && values.get(COUNT) > 1;
          }

          @Override
          public Set<Variable<?>> variables() {
            return Set.of(YES, COUNT);
          }

          @Override
          public Optional<String> expression() {
            return Optional.of("yes");
          }

          @Override
          public String toString() {
            return "silent";
          }
        };
    final Workflow workflow =
        Workflow.define("silent")
            .choice(
                choice ->
                    choice
                        .when(silent, then -> then.manual("a"))
                        .otherwise(other -> other.manual("b")))
            .build();
    assertThat(problems(workflow)).singleElement().asString().contains("guard=silent");
  }

  @Test
  void shouldNeverWriteACharacterThatXmlHasNoRoomFor() {
    final Workflow workflow =
        Workflow.define("odd")
            .manual("half \ud83d a pair & <tags> \u2028")
            .awaitMessage("mail \ufffe")
            .build();
    assertThat(all(parse(BpmnExport.of(workflow).xml()), "userTask").get(0).get("name"))
        .isEqualTo("half \ufffd a pair & <tags> \u2028");
  }

  @Test
  void shouldKeepTheOrderInWhichGuardsAreTried() {
    final Workflow workflow =
        Workflow.define("ordered")
            .choice(
                choice ->
                    choice
                        .when(
                            YES.isTrue(),
                            loops -> loops.repeatUntil(YES.isTrue(), body -> body.manual("first")))
                        .when(COUNT.isAtLeast(1L), then -> then.manual("second"))
                        .otherwise(other -> other.manual("third")))
            .build();
    final ImportedModel back =
        BpmnRoundTripProperties.read(BpmnExport.of(workflow).xml(), workflow);
    final ModelRunner runner =
        ModelRunner.start(back.workflow(), in -> in.set(YES, true).set(COUNT, 5L));
    assertThat(runner.item("first")).isPresent();
  }
}
