package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.opentelemetry.api.OpenTelemetry;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Operation;
import io.penstock.spi.ReportForm;
import io.penstock.spi.Telemetry;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportTest {
  private static final long MS = 1_000_000;
  private static final long FINE_SLOT_NS = 3_600_000_000_000L / 43_200;

  private final HandClock clock = new HandClock();
  private final Telemetry telemetry =
      new PenstockTelemetry(TelemetryOptions.defaults().openTelemetry(OpenTelemetry.noop()))
          .create(clock, 2);

  /** 990 good events now and 20 bad ones two short slots later, on two shards. */
  private void count() {
    final long nowNs = clock.monotonicNs() + 1;
    for (int i = 0; i < 990; i++) {
      telemetry.shard(i & 1).acknowledged(Operation.START, nowNs - MS, nowNs);
    }
    final long laterNs = nowNs + 2 * FINE_SLOT_NS;
    for (int i = 0; i < 20; i++) {
      telemetry.shard(i & 1).acknowledged(Operation.START, laterNs - 5 * MS, laterNs);
    }
    clock.advance(laterNs - clock.monotonicNs());
  }

  private String report(final ReportForm form, final String engine) {
    return telemetry.report(form, engine, reads -> {});
  }

  /** Every value by its path; an array's elements are numbered. */
  private static Map<String, String> flat(final String json) throws IOException {
    final Map<String, String> values = new TreeMap<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue()) {
          values.put(parser.getParsingContext().pathAsPointer().toString(), parser.getText());
        }
      }
    }
    return values;
  }

  private static Document parse(final String page) throws Exception {
    final DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setExpandEntityReferences(false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
  }

  private static List<Element> elements(final Element within, final String name) {
    final NodeList found = within.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  @Test
  void shouldWriteJsonThatAParserReadsBack() throws IOException {
    count();

    final Map<String, String> json = flat(report(ReportForm.JSON, "a \"quoted\" \\ engine\n"));

    assertThat(json)
        .containsEntry("/engine", "a \"quoted\" \\ engine\n")
        .containsEntry("/readings/1/name", "W1")
        .containsEntry("/readings/1/count", "1010")
        .containsEntry("/readings/1/good", "990")
        .containsEntry("/readings/1/bad", "20")
        .containsEntry("/readings/1/state", "BREACHED")
        .containsEntry("/readings/1/objective/target", "0.99")
        .containsEntry("/readings/1/objective/thresholdNs", "1000000")
        .containsEntry("/readings/1/timeline/slotNs", Long.toString(FINE_SLOT_NS))
        .containsEntry("/readings/1/timeline/good/0", "990")
        .containsEntry("/readings/1/timeline/bad/1", "0")
        .containsEntry("/readings/1/timeline/bad/2", "20")
        .containsEntry("/readings/2/state", "NO_DATA")
        .containsEntry("/readings/2/budgetRemaining", "null")
        .containsEntry("/readings/2/latencyNs/p50", "null")
        .doesNotContainKey("/readings/1/timeline/bad/3");
    assertThat(Double.parseDouble(json.get("/readings/1/budgetRemaining"))).isBetween(-1.0, -0.97);
  }

  @Test
  void shouldGiveACurveThatOnlyRisesAndEndsWhereEventsCannotTell() throws IOException {
    count();
    final Map<String, String> json = flat(report(ReportForm.JSON, "engine"));

    final List<Double> percentiles = new ArrayList<>();
    final List<Double> values = new ArrayList<>();
    for (int i = 0; json.containsKey("/readings/1/latencyNs/curve/" + i + "/0"); i++) {
      percentiles.add(Double.valueOf(json.get("/readings/1/latencyNs/curve/" + i + "/0")));
      values.add(Double.valueOf(json.get("/readings/1/latencyNs/curve/" + i + "/1")));
    }

    assertThat(percentiles).isSorted().doesNotHaveDuplicates().contains(0.0, 50.0, 90.0, 99.0);
    assertThat(percentiles.get(percentiles.size() - 1))
        .as("1010 events are enough for 99.9 % and no more")
        .isBetween(99.89, 99.901);
    assertThat(values).isSorted();
    assertThat(values.get(0)).isBetween(0.99e6, 1.01e6);
    assertThat(values.get(values.size() - 1)).isBetween(4.95e6, 5.05e6);
  }

  @Test
  void shouldMakeAPageOfItsOwnWithFourPlotsForEachObjective() throws Exception {
    count();

    final String page = report(ReportForm.HTML, "engine <1> & \"2\"");
    final Element html = parse(page).getDocumentElement();

    assertThat(elements(html, "h1").get(0).getTextContent())
        .isEqualTo("Objectives of engine <1> & \"2\"");
    assertThat(elements(html, "svg")).hasSize(3 * 4);
    assertThat(elements(html, "section").get(1).getTextContent())
        .contains("W1", "breached", "99 % within 1 ms over 1 h", "990 good, 20 bad");
    assertThat(elements(html, "section").get(2).getTextContent()).contains("C1", "no data");
    assertThat(
            Pattern.compile("(?i)https?:|src=|<script|url\\(|@import|<link").matcher(page).find())
        .as("asks for something from outside")
        .isFalse();
    assertThat(page).doesNotContain("NaN", "Infinity");
  }

  @Test
  void shouldDrawWhatIsInsideOfTheFrame() throws Exception {
    count();
    final Element html = parse(report(ReportForm.HTML, "engine")).getDocumentElement();

    for (final Element bar : elements(html, "rect")) {
      final double x = Double.parseDouble(bar.getAttribute("x"));
      final double y = Double.parseDouble(bar.getAttribute("y"));
      assertThat(x).isBetween(57.9, 460.0);
      assertThat(x + Double.parseDouble(bar.getAttribute("width"))).isLessThanOrEqualTo(446.1);
      assertThat(y).isBetween(13.9, 174.1);
      assertThat(y + Double.parseDouble(bar.getAttribute("height"))).isLessThanOrEqualTo(174.2);
    }
    assertThat(
            elements(html, "rect").stream().filter(bar -> bar.getTextContent().contains("20 bad")))
        .as("the bad events of W1, over 0 good ones")
        .hasSize(1);
  }

  @Test
  void shouldSayWhatIsMissingWithoutTelemetry() {
    try (Engine engine =
        Engine.inMemory(EngineOptions.defaults().telemetry((time, shards) -> Telemetry.NONE))) {
      assertThat(engine.objectives().report()).contains("penstock-telemetry");
      assertThatThrownBy(() -> engine.objectives().reportHtml())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("penstock-telemetry");
    }
  }

  @Test
  void shouldReportARunningEngineInTextOfAtMost120Columns() {
    try (Engine engine = Engine.inMemory(EngineOptions.defaults().shards(1))) {
      engine.deploy(Atm.workflow(work -> {}));

      final String report = engine.objectives().report();

      assertThat(report.lines()).allMatch(line -> line.length() <= 120);
      assertThat(report.lines().findFirst().orElseThrow()).contains("promised", "budget", "burn");
      assertThat(report).contains("99 % in 1 ms over 1h").contains("W1");
      assertThat(engine.objectives().reportHtml()).contains("Objectives of penstock-memory");
    }
  }
}
