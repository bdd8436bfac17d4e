package io.penstock.interchange;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.interchange.yawl.YawlImport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that want to do harm: a typed error, in bounded memory and time. */
@Timeout(60)
class HostileInputTest {
  private static final String BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";

  private static ImportReport refuse(final byte[] bytes) {
    return refuse(new ByteArrayInputStream(bytes));
  }

  private static ImportReport refuse(final InputStream in) {
    final ImportException refusal =
        catchThrowableOfType(
            ImportException.class, () -> BpmnImport.read("hostile", in, ImportOptions.byHand()));
    assertThat(refusal).as("is refused").isNotNull();
    assertThat(refusal.report().problems()).isNotEmpty();
    return refusal.report();
  }

  private static ImportReport refuse(final String text) {
    return refuse(text.getBytes(UTF_8));
  }

  private static String definitions(final String inner) {
    return "<definitions xmlns='" + BPMN + "'>" + inner + "</definitions>";
  }

  private static String process(final String inner) {
    return definitions("<process id='p'>" + inner + "</process>");
  }

  private static ImportedModel take(final String text) {
    return BpmnImport.read(
        "hostile", new ByteArrayInputStream(text.getBytes(UTF_8)), ImportOptions.byHand());
  }

  @Test
  void shouldRefuseAnEntityBomb() {
    final StringBuilder bomb = new StringBuilder("<!DOCTYPE d [<!ENTITY a0 'lol'>");
    for (int i = 1; i < 30; i++) {
      bomb.append("<!ENTITY a").append(i).append(" '");
      bomb.append(("&a" + (i - 1) + ";").repeat(10)).append("'>");
    }
    bomb.append("]><d>&a29;</d>");
    assertThat(refuse(bomb.toString()).toString()).contains("must not have a document type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><d>&x;</d>",
        "<!DOCTYPE d SYSTEM 'http://localhost:1/never.dtd'><d/>",
        "<!DOCTYPE d [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]><d/>",
        "<d>&undefined;</d>"
      })
  void shouldNotFetchEntities(final String text) {
    assertThat(refuse(text).toString()).doesNotContain("root:");
  }

  /** As many bytes as are asked for, of which nobody may ask for many. */
  private static final class Endless extends InputStream {
    private long given;
    private final byte[] begin = ("<definitions xmlns='" + BPMN + "'>").getBytes(UTF_8);

    @Override
    public int read() {
      given++;
      return given <= begin.length ? begin[(int) given - 1] : ' ';
    }

    @Override
    public int read(final byte[] bytes, final int offset, final int length) {
      for (int i = 0; i < length; i++) {
        bytes[offset + i] = (byte) read();
      }
      return length;
    }
  }

  @Test
  void shouldReadNoMoreThanTheLimitOfAFileOfHundredsOfMegabytes() {
    final Endless endless = new Endless();
    assertThat(refuse(endless).toString()).contains("must not be longer than the limit");
    assertThat(endless.given).isLessThan((8 << 20) + 100_000);
  }

  @Test
  void shouldRefuseDeepNesting() {
    assertThat(refuse("<a>".repeat(100_000)).toString()).contains("depthMax=64");
    assertThat(
            refuse(
                    definitions(
                        "<process id='p'>"
                            + "<subProcess id='s'>".repeat(70)
                            + "</subProcess>".repeat(70)
                            + "</process>"))
                .toString())
        .contains("depthMax=64");
  }

  @Test
  void shouldRefuseMoreElementsAndNodesThanTheLimits() {
    assertThat(refuse(definitions("<x/>".repeat(100_001))).toString())
        .contains("elementsMax=100000");
    final StringBuilder nodes = new StringBuilder();
    for (int i = 0; i <= 2_000; i++) {
      nodes.append("<task id='t").append(i).append("'/>");
    }
    assertThat(refuse(process(nodes.toString())).toString()).contains("nodesMax=2000");
  }

  @Test
  void shouldTakeAsManyNodesAsTheLimitAllows() {
    final StringBuilder nodes = new StringBuilder("<startEvent id='n0'/>");
    for (int i = 1; i < 1_000; i++) {
      nodes.append("<exclusiveGateway id='n").append(i).append("'/>");
      nodes.append("<sequenceFlow id='f").append(i).append("' sourceRef='n").append(i - 1);
      nodes.append("' targetRef='n").append(i).append("'/>");
    }
    assertThat(ModelRunner.start(take(process(nodes.toString())).workflow(), none -> {}).outcome())
        .isPresent();
  }

  @Test
  void shouldBoundTheReportOfAFileFullOfFaults() {
    final ImportReport report = refuse(definitions("<x/>".repeat(50_000)));
    assertThat(report.entries()).hasSizeLessThanOrEqualTo(1_000);
  }

  @Test
  void shouldRefuseDuplicateIds() {
    assertThat(refuse(process("<task id='a'/><task id='a'/>")).toString())
        .contains("id must be unique in the file: element=task, id=a");
  }

  @Test
  void shouldStopCallActivitiesThatCallEachOtherForEver() {
    final String text =
        definitions(
            "<process id='p'><callActivity id='a' calledElement='q'/></process>"
                + "<process id='q'><callActivity id='b' calledElement='p'/></process>");
    final ImportedModel model = take(text);
    assertThat(model.workflows()).hasSize(2);
    assertThat(model.workflow("p").verify().get(0).warnings().toString())
        .contains("recursion must have a base path");
    assertThat(ModelRunner.start(model.workflow("p"), none -> {}).failure().orElse(""))
        .contains("depthMax");
  }

  @Test
  void shouldBoundTheSearchOfAModelWithVeryManyStates() {
    final StringBuilder nodes = new StringBuilder("<parallelGateway id='f'/>");
    for (int i = 0; i < 24; i++) {
      nodes.append("<task id='t").append(i).append("'/><boundaryEvent id='b").append(i);
      nodes.append("' attachedToRef='t").append(i).append("'><timerEventDefinition>");
      nodes.append("<timeDuration>PT1S</timeDuration></timerEventDefinition></boundaryEvent>");
      nodes.append("<sequenceFlow id='s").append(i).append("' sourceRef='f' targetRef='t");
      nodes.append(i).append("'/>");
    }
    assertThat(take(process(nodes.toString())).workflow().verify().get(0).bound()).isNotNull();
  }

  @Test
  void shouldRefuseWrongEncodings() {
    final String text = process("<task id='\u00e4'/>");
    refuse(("<?xml version='1.0' encoding='nonsense'?>" + text).getBytes(UTF_8));
    refuse(("<?xml version='1.0' encoding='UTF-8'?>" + text).getBytes(UTF_16));
    refuse(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    refuse(new byte[0]);
    refuse(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 0});
    final byte[] noise = new byte[10_000];
    new Random(7).nextBytes(noise);
    refuse(noise);
    refuse(Arrays.copyOf(text.getBytes(UTF_8), 60));
  }

  @Test
  void shouldTakeAFileInAnEncodingThatItDeclares() {
    final String text = "<?xml version='1.0' encoding='UTF-16'?>" + process("<task id='\u00e4'/>");
    assertThat(
            BpmnImport.read(
                    "utf-16",
                    new ByteArrayInputStream(text.getBytes(UTF_16)),
                    ImportOptions.byHand())
                .workflow()
                .task(0, 0)
                .name())
        .isEqualTo("\u00e4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<a/>",
        "<definitions/>",
        "<definitions xmlns='urn:else'/>",
        "<specificationSet xmlns='urn:else'/>",
        "<specificationSet xmlns='http://www.yawlfoundation.org/yawlschema'/>",
        "<specificationSet xmlns='http://www.yawlfoundation.org/yawlschema'><specification/>"
            + "</specificationSet>"
      })
  void shouldRefuseDocumentsOfAnotherKind(final String text) {
    assertThatThrownBy(
            () ->
                YawlImport.read(
                    "other",
                    new ByteArrayInputStream(text.getBytes(UTF_8)),
                    ImportOptions.byHand()))
        .isInstanceOf(ImportException.class);
    refuse(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "-PT1S", "P9999999D", "PT99999999999999999999S", "1 day", ""})
  void shouldRefuseTimersOutOfRange(final String duration) {
    final String text =
        process(
            "<intermediateCatchEvent id='t'><timerEventDefinition><timeDuration>"
                + duration
                + "</timeDuration></timerEventDefinition></intermediateCatchEvent>");
    assertThatThrownBy(
            () ->
                BpmnImport.read(
                    "timer",
                    new ByteArrayInputStream(text.getBytes(UTF_8)),
                    ImportOptions.defaults()))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("timeDuration must be a constant");
  }

  @Test
  void shouldPassOnThatAStreamCannotBeRead() {
    final InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }

          @Override
          public int read(final byte[] bytes, final int offset, final int length)
              throws IOException {
            throw new IOException("gone");
          }
        };
    assertThatThrownBy(() -> BpmnImport.read("gone", broken, ImportOptions.byHand()))
        .isInstanceOf(UncheckedIOException.class);
  }
}
