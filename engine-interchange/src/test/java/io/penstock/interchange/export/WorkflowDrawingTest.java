package io.penstock.interchange.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.ImportLimits;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.ModelRunner;
import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.interchange.xml.XmlReader;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorkflowDrawingTest {
  private static final Variable<Long> COUNT = Variable.ofLong("count");

  private static Workflow workflow() {
    return Workflow.define("draw <&> \"me\"")
        .variables(COUNT)
        .manual("first & foremost")
        .choice(
            choice ->
                choice
                    .when(COUNT.isAtLeast(5L), then -> then.manual("much"))
                    .otherwise(other -> other.manual("little")))
        .build();
  }

  private static XmlElement parse(final String svg) {
    return XmlReader.read(
        "svg", new ByteArrayInputStream(svg.getBytes(UTF_8)), ImportLimits.defaults());
  }

  private static List<XmlElement> all(final XmlElement element, final String name) {
    final List<XmlElement> found = new ArrayList<>(element.children(name));
    element.children().forEach(child -> found.addAll(all(child, name)));
    return found;
  }

  @Test
  void shouldWriteWellFormedSvgThatNeedsNothingElse() {
    final String svg = WorkflowDrawing.of(workflow()).svg();
    final List<String> texts = all(parse(svg), "text").stream().map(XmlElement::text).toList();
    assertThat(texts).contains("draw <&> \"me\"", "first & foremost", "much", "count>=5");
    assertThat(svg.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http", "href", "<script");
  }

  @Test
  void shouldShowWhereACaseIsAndHowLongTasksTook() {
    final Workflow workflow = workflow();
    final ModelRunner runner = ModelRunner.start(workflow, in -> in.set(COUNT, 7L));
    runner.complete(runner.items().get(0));
    runner.start(runner.items().get(0));
    final WorkflowDrawing drawing =
        WorkflowDrawing.of(workflow)
            .marking(runner.marking())
            .notes(Map.of("first & foremost", "3 ms"));
    assertThat(drawing.svg()).contains("class=\"b m\"", ">3 ms<");
    assertThat(drawing.mermaid()).contains(":::marked", "3 ms");
    assertThat(drawing.dot()).contains("fillcolor", "3 ms");
  }

  @Test
  void shouldQuoteWhatMermaidAndDotWouldTakeForTheirOwn() {
    assertThat(WorkflowDrawing.of(workflow()).mermaid())
        .contains("first #38; foremost", "count#62;=5");
    assertThat(WorkflowDrawing.of(workflow()).dot()).contains("draw <&> \\\"me\\\"");
  }

  @Test
  void shouldPlaceNoTwoTasksOnTopOfEachOtherInLargeModels() throws IOException {
    try (Stream<Path> models = Files.list(Path.of("../docs/models"))) {
      for (final Path model :
          models.filter(file -> file.toString().endsWith(".bpmn")).sorted().toList()) {
        final String svg =
            WorkflowDrawing.of(BpmnImport.read(model, ImportOptions.byHand()).workflow()).svg();
        // The inner pictures are moved down as a whole: each is looked at by itself.
        for (final XmlElement picture : all(parse(svg), "g")) {
          assertApart(picture.children("rect"));
        }
      }
    }
  }

  private static void assertApart(final List<XmlElement> boxes) {
    for (int i = 0; i < boxes.size(); i++) {
      for (int j = 0; j < i; j++) {
        final double[] one = box(boxes.get(i));
        final double[] two = box(boxes.get(j));
        final boolean apart =
            one[0] + one[2] <= two[0]
                || two[0] + two[2] <= one[0]
                || one[1] + one[3] <= two[1]
                || two[1] + two[3] <= one[1];
        // Many instances are drawn as two boxes, one a little behind the other.
        final boolean isSecondBox =
            Math.abs(one[0] - two[0]) == 4 && Math.abs(one[1] - two[1]) == 4;
        assertThat(apart || isSecondBox)
            .as("%s and %s", boxes.get(i).attributes(), boxes.get(j).attributes())
            .isTrue();
      }
    }
  }

  private static double[] box(final XmlElement element) {
    return Stream.of("x", "y", "width", "height")
        .mapToDouble(name -> Double.parseDouble(element.get(name, "0")))
        .toArray();
  }

  @Test
  void shouldTellTheSignsOfGatewaysApart() {
    final Workflow workflow =
        Workflow.graph("signs")
            .manual("a")
            .manual("b")
            .manual("c")
            .route("fork")
            .route("join")
            .andJoin()
            .route("merge")
            .route("choose")
            .xorSplit()
            .flow("input", "fork")
            .flow("fork", "a")
            .flow("fork", "b")
            .flow("a", "join")
            .flow("b", "join")
            .flow("join", "choose")
            .flow("choose", "c", COUNT.is(1L))
            .defaultFlow("choose", "merge")
            .flow("c", "merge")
            .flow("merge", "output")
            .build();
    assertThat(WorkflowDrawing.of(workflow).mermaid().lines())
        .filteredOn(line -> line.contains("{"))
        .extracting(line -> line.replaceAll(".*\\{\"|\"\\}.*", ""))
        .containsExactly("+", "+", "\u00d7", "\u00d7");
  }

  @Test
  void shouldDrawAlikeEachTime() {
    assertThat(WorkflowDrawing.of(workflow()).svg())
        .isEqualTo(WorkflowDrawing.of(workflow()).svg());
  }

  @Test
  void shouldBreakLongLabels() {
    assertThat(
            SvgWriter.wrap("a-very-long-label-of-a-task-that-goes-on-and-on-and-on-for-ever-more"))
        .hasSize(3)
        .allMatch(line -> line.length() <= 20);
  }
}
