package io.penstock.interchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.penstock.interchange.bpmn.BpmnExport;
import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.interchange.bpmn.ExportException;
import io.penstock.interchange.export.WorkflowDrawing;
import io.penstock.interchange.form.FormOptions;
import io.penstock.interchange.form.WorkflowForm;
import io.penstock.interchange.yawl.YawlImport;
import io.penstock.workflow.Workflow;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Files that are wide, deep or long in one place, up to the limits: each is a model or an {@link
 * ImportException}, in bounded time and on a small stack, and what is taken can be written in every
 * form.
 */
@Timeout(600)
class HostileShapesTest {
  private static final long STACK_LENGTH = 384 * 1024;
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int FILE_MAX = 8 << 20;

  /** A piece of text, so many times, with its number in place of each #. */
  private static String times(final int count, final String piece) {
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < count && text.length() < FILE_MAX - 1_000; i++) {
      text.append(piece.replace("##", Integer.toString(i + 1)).replace("#", Integer.toString(i)));
    }
    return text.toString();
  }

  private static String process(final String inner) {
    return "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='t'>"
        + "<process id='p'>"
        + inner
        + "</process></definitions>";
  }

  /** A chain of nodes of a kind, with what stands in each, and more beside each. */
  private static String chain(
      final int count, final String kind, final String inside, final String beside) {
    return process(
        "<startEvent id='n0'/>"
            + times(
                count,
                "<sequenceFlow id='f##' sourceRef='n#' targetRef='n##'/><"
                    + kind
                    + " id='n##'>"
                    + inside
                    + "</"
                    + kind
                    + ">"
                    + beside));
  }

  private static String condition(final String condition) {
    return process(
        "<startEvent id='s'/><exclusiveGateway id='g' default='d'/><endEvent id='e'/>"
            + "<sequenceFlow id='a' sourceRef='s' targetRef='g'/>"
            + "<userTask id='u'/><sequenceFlow id='h' sourceRef='u' targetRef='e'/>"
            + "<sequenceFlow id='c' sourceRef='g' targetRef='u'><conditionExpression>"
            + condition.replace("&", "&amp;").replace("<", "&lt;")
            + "</conditionExpression></sequenceFlow>"
            + "<sequenceFlow id='d' sourceRef='g' targetRef='e'/>");
  }

  private static Map<String, IntFunction<String>> bpmn() {
    final Map<String, IntFunction<String>> shapes = new LinkedHashMap<>();
    shapes.put("attributes", n -> process("<task id='t' " + times(n, "a#='' ") + "/>"));
    shapes.put("prefixes", n -> process("<task id='t' " + times(n, "xmlns:a#='u#' ") + "/>"));
    shapes.put(
        "prefixes in depth",
        n ->
            process(
                times(60, "<subProcess id='s#' " + times(n / 60, "xmlns:a#='u' ") + ">")
                    + times(60, "</subProcess>")));
    shapes.put(
        "long attribute", n -> process("<task id='t' name='" + times(n, "abcdefghij") + "'/>"));
    shapes.put("long id", n -> process("<task id='" + times(n, "abcdefghij") + "'/>"));
    shapes.put("long element name", n -> process("<" + times(n, "abcdefghij") + "/>"));
    shapes.put("comments", n -> process("<task id='t'/>" + times(n, "<!---->")));
    shapes.put("instructions", n -> process("<task id='t'/>" + times(n, "<?a b?>")));
    shapes.put(
        "sections",
        n ->
            process(
                "<task id='t'/><documentation>" + times(n, "<![CDATA[a]]>") + "</documentation>"));
    shapes.put(
        "references",
        n -> process("<task id='t'/><documentation>" + times(n, "&#65;&lt;") + "</documentation>"));
    shapes.put(
        "references in an attribute",
        n -> process("<task id='t' name='" + times(n, "&#65;&lt;") + "'/>"));
    shapes.put(
        "line ends in an attribute",
        n -> process("<task id='t' name='" + times(n, "\r\n\t") + "'/>"));
    shapes.put("open tags", n -> times(n, "<a"));
    shapes.put("brackets", n -> process("<task id='t'/>" + times(n, "]]&gt;]]")));
    shapes.put(
        "elements of others", n -> process("<task id='t'/>" + times(n, "<x:a xmlns:x='u'/>")));
    shapes.put("unknown elements", n -> process(times(n, "<a#/>")));
    shapes.put("deep", n -> times(n, "<a>"));
    shapes.put(
        "messages",
        n ->
            process("<task id='t'/>")
                .replace("<process", times(n, "<message id='m#' name='x'/>") + "<process"));
    shapes.put(
        "properties",
        n ->
            process("<task id='t'/>" + times(n, "<property id='q#' name='v#' itemSubjectRef='i'/>"))
                .replace("<process", "<itemDefinition id='i' structureRef='xsd:long'/><process"));
    shapes.put(
        "outgoing",
        n ->
            process(
                "<startEvent id='s'>"
                    + times(n, "<outgoing>f#</outgoing>")
                    + "</startEvent><task id='t'/><sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"));
    shapes.put(
        "associations",
        n ->
            process(
                "<task id='t'/>" + times(n, "<association id='a#' sourceRef='t' targetRef='t'/>")));
    shapes.put(
        "message flows",
        n ->
            process(times(900, "<receiveTask id='r#'/>"))
                .replace(
                    "<process",
                    "<collaboration id='c'>"
                        + times(n, "<messageFlow id='w#' sourceRef='x' targetRef='y'/>")
                        + "</collaboration><process"));
    shapes.put(
        "processes",
        n ->
            "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>"
                + times(n, "<process id='p#'><task id='t#'/></process>")
                + "</definitions>");
    shapes.put("tasks in a row", n -> chain(Math.min(n, 990), "userTask", "", ""));
    shapes.put("gateways in a row", n -> chain(Math.min(n, 990), "exclusiveGateway", "", ""));
    shapes.put(
        "parallel gateways in a row", n -> chain(Math.min(n, 990), "parallelGateway", "", ""));
    shapes.put(
        "inclusive gateways in a row", n -> chain(Math.min(n, 990), "inclusiveGateway", "", ""));
    shapes.put(
        "throwing events in a row", n -> chain(Math.min(n, 990), "intermediateThrowEvent", "", ""));
    shapes.put(
        "boundary events in a row",
        n ->
            chain(
                Math.min(n, 660),
                "userTask",
                "",
                "<boundaryEvent id='b##' attachedToRef='n##'><messageEventDefinition/></boundaryEvent>"));
    shapes.put(
        "boundary events at one task",
        n ->
            process(
                "<userTask id='t'/>"
                    + times(
                        Math.min(n, 1_900),
                        "<boundaryEvent id='b#' attachedToRef='t'><messageEventDefinition/></boundaryEvent>")));
    shapes.put(
        "terminating ends",
        n ->
            process(
                "<parallelGateway id='g'/>"
                    + times(
                            Math.min(n, 660),
                            "<userTask id='u#'/><sequenceFlow id='f#' sourceRef='g' targetRef='u#'/><sequenceFlow id='h#' sourceRef='u#' targetRef='e#'/><endEvent id='e#'><terminateEventDefinition/></endEvent>")
                        .replace("<x", "<x")));
    shapes.put(
        "tasks side by side",
        n ->
            process(
                "<parallelGateway id='g'/>"
                    + times(
                        Math.min(n, 990),
                        "<userTask id='u#'/><sequenceFlow id='f#' sourceRef='g' targetRef='u#'/>")));
    shapes.put(
        "rows side by side",
        n ->
            process(
                "<parallelGateway id='g'/>"
                    + times(
                            12,
                            times(
                                    Math.min(n, 990) / 12,
                                    "<userTask id='u@-#'/>".replace("@", "Q")
                                        + "<sequenceFlow id='fQ-#' sourceRef='uQ-#' targetRef='uQ-##'/>")
                                .replace("Q", "ROW"))
                        .replace("ROW", "r")));
    shapes.put(
        "sub-processes in depth",
        n ->
            process(
                times(60, "<subProcess id='s#'>") + "<task id='t'/>" + times(60, "</subProcess>")));
    shapes.put(
        "sub-processes side by side",
        n -> process(times(Math.min(n, 660), "<subProcess id='s#'><task id='t#'/></subProcess>")));
    shapes.put(
        "event sub-processes",
        n ->
            process(
                "<task id='t'/>"
                    + times(
                        Math.min(n, 600),
                        "<subProcess id='s#' triggeredByEvent='true'><startEvent id='a#'><messageEventDefinition/></startEvent><sequenceFlow id='f#' sourceRef='a#' targetRef='u#'/><userTask id='u#'/></subProcess>")));
    shapes.put(
        "compensations",
        n ->
            process(
                "<startEvent id='n0'/>"
                    + times(
                        Math.min(n, 390),
                        "<sequenceFlow id='f##' sourceRef='n#' targetRef='n##'/><userTask id='n##'/><boundaryEvent id='b#' attachedToRef='n##'><compensateEventDefinition/></boundaryEvent><userTask id='h#' isForCompensation='true'/><association id='a#' sourceRef='b#' targetRef='h#'/>")
                    + "<sequenceFlow id='f' sourceRef='n"
                    + Math.min(n, 390)
                    + "' targetRef='e'/><endEvent id='e'><compensateEventDefinition/></endEvent>"));
    shapes.put(
        "flows between two",
        n ->
            process(
                "<exclusiveGateway id='a'/><task id='b'/>"
                    + times(
                        Math.min(n, 1_900),
                        "<sequenceFlow id='f#' sourceRef='a' targetRef='b'/>")));
    shapes.put(
        "loops",
        n ->
            chain(
                Math.min(n, 990),
                "userTask",
                "<standardLoopCharacteristics loopMaximum='3'/>",
                ""));
    shapes.put(
        "instances",
        n ->
            chain(
                Math.min(n, 990),
                "userTask",
                "<multiInstanceLoopCharacteristics><loopCardinality>x#+1</loopCardinality></multiInstanceLoopCharacteristics>",
                ""));
    shapes.put(
        "long ids",
        n ->
            process(
                "<startEvent id='LONGs'/><sequenceFlow id='LONGf' sourceRef='LONGs' targetRef='LONGt'/>"
                    .concat("<userTask id='LONGt'/><userTask id='LONGh' isForCompensation='true'/>")
                    .concat(
                        "<boundaryEvent id='LONGb' attachedToRef='LONGt'><compensateEventDefinition/></boundaryEvent>")
                    .concat("<association id='LONGa' sourceRef='LONGb' targetRef='LONGh'/>")
                    .concat("<sequenceFlow id='LONGg' sourceRef='LONGt' targetRef='LONGe'/>")
                    .concat("<endEvent id='LONGe'><compensateEventDefinition/></endEvent>")
                    .replace("LONG", "x".repeat(119))));
    shapes.put("condition of and", n -> condition("a" + times(n, " && a")));
    shapes.put("condition of sums", n -> condition("1" + times(n, "+1") + " > a"));
    shapes.put("condition of equals", n -> condition(times(n, "(") + "a" + times(n, "=b)")));
    shapes.put(
        "condition of equals within depth",
        n -> condition(times(95, "(") + "a" + times(95, "=b)")));
    shapes.put("condition of nots", n -> condition(times(n, "not ") + "a"));
    shapes.put("condition of minus", n -> condition(times(n, "-") + "1 < a"));
    shapes.put("condition of names", n -> condition("a0" + times(600, " or a#")));
    shapes.put("condition of digits", n -> condition(times(n, "9") + " > a"));
    shapes.put("condition of braces", n -> condition("${" + times(n, "${") + "}"));
    return shapes;
  }

  private static Map<String, IntFunction<String>> forms() {
    final Map<String, IntFunction<String>> shapes = new LinkedHashMap<>();
    shapes.put("lists in depth", n -> times(n, "["));
    shapes.put("objects in depth", n -> times(n, "{\"a\":"));
    shapes.put("yaml lists in depth", n -> times(n, "- "));
    shapes.put("yaml maps in depth", n -> times(Math.min(n, 2_000), "a:\n" + " ".repeat(1)));
    shapes.put("members", n -> "{" + times(n, "\"a#\":1,") + "\"z\":1}");
    shapes.put("same members", n -> "{" + times(n, "\"a\":1,") + "\"z\":1}");
    shapes.put("elements", n -> "[" + times(n, "1,") + "1]");
    shapes.put("long number", n -> "{\"a\":" + times(n, "9999999999") + "}");
    shapes.put("long text", n -> "{\"a\":\"" + times(n, "\\u0041\\n") + "\"}");
    shapes.put("yaml quotes", n -> "a: '" + times(n, "''") + "'");
    shapes.put("yaml anchors", n -> times(n, "a#: &x# [*x#]\n"));
    shapes.put("yaml comments", n -> times(n, "#\n") + "a: 1");
    shapes.put("yaml questions", n -> times(n, "? "));
    shapes.put("yaml flow keys", n -> times(n, "{? "));
    shapes.put("yaml block", n -> "a: |\n" + times(n, "  x\n"));
    shapes.put("yaml folded", n -> "a: >\n" + times(n, "  x\n\n"));
    shapes.put("yaml indents", n -> times(Math.min(n, 3_000), " ").concat("a: 1"));
    shapes.put(
        "guards in depth",
        n ->
            stored(
                "{not: ".repeat(Math.min(n, 5_000))
                    + "{variable: v, is: '=', value: true}"
                    + "}".repeat(Math.min(n, 5_000))));
    shapes.put(
        "guards in a row",
        n ->
            stored(
                "{all: ["
                    + times(n, "{variable: v, is: '=', value: true}, ")
                    + "{variable: v, is: '=', value: true}]}"));
    return shapes;
  }

  private static String stored(final String guard) {
    final Workflow workflow =
        Workflow.define("w")
            .choice(
                choice ->
                    choice
                        .when(
                            io.penstock.workflow.Variable.ofBoolean("v").isTrue(),
                            then -> then.manual("a"))
                        .otherwise(other -> other.manual("b")))
            .build();
    final String text = WorkflowForm.write(workflow, WorkflowForm.Notation.YAML);
    final String plain = "{variable: v, is: \"=\", value: true}";
    assertThat(text).contains(plain);
    return text.replace(plain, guard);
  }

  private static void take(final String name, final String text) {
    final ByteArrayInputStream in = new ByteArrayInputStream(text.getBytes(UTF_8));
    final ImportedModel model;
    try {
      model =
          name.startsWith("form ")
              ? WorkflowForm.read(
                  name,
                  in,
                  text.startsWith("{\"") || text.startsWith("[")
                      ? WorkflowForm.Notation.JSON
                      : WorkflowForm.Notation.YAML,
                  FormOptions.defaults().byHand())
              : name.startsWith("yawl ")
                  ? YawlImport.read(name, in, ImportOptions.byHand())
                  : BpmnImport.read(
                      name, in, ImportOptions.byHand().allowUnsound("whatever comes"));
    } catch (final ImportException e) {
      assertThat(e.getMessage()).hasSizeLessThan(1 << 20);
      return;
    }
    for (final Workflow workflow :
        model.workflows().subList(0, Math.min(3, model.workflows().size()))) {
      convert(workflow);
    }
  }

  private static void convert(final Workflow workflow) {
    final String yaml = WorkflowForm.write(workflow, WorkflowForm.Notation.YAML);
    final String json = WorkflowForm.write(workflow, WorkflowForm.Notation.JSON);
    assertThat(yaml.length() + json.length()).isPositive();
    try {
      BpmnExport.of(workflow).xml();
    } catch (final ExportException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    WorkflowDrawing.of(workflow).svg();
    WorkflowDrawing.of(workflow).mermaid();
  }

  private static Duration run(final String name, final String text) {
    final AtomicReference<Throwable> failure = new AtomicReference<>();
    final Thread thread = new Thread(null, () -> take(name, text), name, STACK_LENGTH);
    thread.setUncaughtExceptionHandler((at, thrown) -> failure.set(thrown));
    final long beginNs = System.nanoTime();
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(LONGEST.toMillis() * 2);
    } catch (final InterruptedException e) {
      throw new AssertionError(e);
    }
    if (thread.isAlive()) {
      final StringBuilder at = new StringBuilder();
      for (final StackTraceElement each : thread.getStackTrace()) {
        at.append("\n  ").append(each);
      }
      throw new AssertionError(name + " is still at work:" + at);
    }
    if (failure.get() != null) {
      final StackTraceElement[] trace = failure.get().getStackTrace();
      throw new AssertionError(
          name
              + ": "
              + failure.get()
              + " at "
              + java.util.Arrays.asList(trace).subList(0, Math.min(12, trace.length)),
          failure.get());
    }
    return Duration.ofNanos(System.nanoTime() - beginNs);
  }

  @TestFactory
  Stream<DynamicTest> shouldTakeOrRefuse() {
    return tests(300);
  }

  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> shouldTakeOrRefuseUpToTheLimits() {
    return Stream.concat(tests(20_000), tests(400_000));
  }

  private static Stream<DynamicTest> tests(final int count) {
    final Map<String, IntFunction<String>> all = new LinkedHashMap<>();
    bpmn().forEach((name, shape) -> all.put("bpmn " + name, shape));
    forms().forEach((name, shape) -> all.put("form " + name, shape));
    return all.entrySet().stream()
        .map(
            each ->
                dynamicTest(
                    each.getKey() + " " + count,
                    () ->
                        assertThat(run(each.getKey(), each.getValue().apply(count)))
                            .as(each.getKey())
                            .isLessThan(LONGEST)));
  }
}
