package io.penstock.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.lab.result.Curve;
import io.penstock.lab.result.Environment;
import io.penstock.lab.result.Figure;
import io.penstock.lab.result.Goal;
import io.penstock.lab.result.Result;
import io.penstock.lab.result.Series;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportsTest {
  private static final Environment ENVIRONMENT =
      new Environment("2026-11-21T12:00:00Z", "a JDK 17", "a system", 2, "a <processor>", 1024);

  @TempDir Path directory;

  private static Result result() {
    final Histogram latency = new Histogram(3);
    for (int i = 1; i <= 1_000; i++) {
      latency.recordValue(i * 1_000L);
    }
    final Histogram hiccups = new Histogram(3);
    hiccups.recordValue(50_000);
    return new Result(
        "steady",
        "Is a < b & c?",
        "PROCESS_CRASH",
        Map.of("arrivals", "10/s"),
        List.of(
            new Figure("latency p99", 990, "µs", Goal.atMost(1_000, "W1")),
            new Figure("lost", Double.NaN, "", null)),
        Map.of("latency", latency),
        hiccups,
        List.of(
            new Series(
                "throughput",
                "answers",
                "seconds",
                "answers a second",
                List.of(new Series.Point(0, 10), new Series.Point(1, 12))),
            new Series("cost", "Penstock", "", "µs", List.of(new Series.Point(0, 3))),
            new Series("cost", "another", "", "µs", List.of(new Series.Point(0, 3_000)))),
        1_000_000_000L,
        500_000_000L,
        "sums must add up: sum=1");
  }

  private String write(final Recorded before) throws IOException {
    Reports.write(directory, ENVIRONMENT, List.of(result()), before);
    return Files.readString(directory.resolve("report.html"));
  }

  @Test
  void shouldReadBackWhatItWrote() throws IOException {
    write(Recorded.none());

    final Recorded recorded = Recorded.read(directory.resolve(Reports.RESULTS));

    assertThat(recorded.date()).isEqualTo("2026-11-21T12:00:00Z");
    assertThat(recorded.figures().get("steady")).isEqualTo(Map.of("latency p99", 990.0));
    final List<Curve> curves = recorded.curves().get("steady");
    assertThat(curves).extracting(Curve::name).containsExactly("latency", "hiccups");
    assertThat(curves.get(0).count()).isEqualTo(1_000);
    assertThat(curves.get(0).points()).isEqualTo(Curve.of("latency", latency()).points());
  }

  private static Histogram latency() {
    return result().histograms().get("latency");
  }

  @Test
  void shouldWriteAPageThatNeedsNothingElse() throws Exception {
    final String page = write(Recorded.none());

    assertThat(parse(page).getElementsByTagName("svg").getLength()).isEqualTo(3);
    assertThat(page).doesNotContain("<script", "<link", "src=", "url(");
    assertThat(page)
        .contains(
            "a &lt;processor&gt;", "Is a &lt; b &amp; c?", "sums must add up: sum=1", "met</span>");
  }

  @Test
  void shouldShowWhatWasBeforeBesideIt() throws Exception {
    write(Recorded.none());

    final String page = write(Recorded.read(directory.resolve(Reports.RESULTS)));

    assertThat(parse(page).getElementsByTagName("svg").getLength()).isEqualTo(3);
    assertThat(page).contains("before: latency", "<th class=\"n\">ratio</th>");
  }

  @Test
  void shouldWriteHistogramsThatHdrHistogramReads() throws IOException {
    write(Recorded.none());

    try (FileInputStream log = new FileInputStream(directory.resolve("steady.hlog").toFile())) {
      final HistogramLogReader reader = new HistogramLogReader(log);
      final EncodableHistogram first = reader.nextIntervalHistogram();
      assertThat(first.getTag()).isEqualTo("latency");
      assertThat(first).isEqualTo(latency());
      assertThat(reader.nextIntervalHistogram().getTag()).isEqualTo("hiccups");
    }
  }

  @Test
  void shouldDrawAFileOfItsOwn() throws Exception {
    final Chart chart =
        new Chart(
            "cost",
            "tasks",
            Scale.linear(10, Words::label),
            Scale.logarithmic(1, 1e4, Words::time));
    chart.curve("p50", new double[] {0, 10}, new double[] {1, 1e4});

    final Document svg = parse(chart.file());

    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getElementsByTagName("style").getLength()).isEqualTo(1);
    // from the lower left corner of the plot to its upper right corner
    assertThat(chart.file()).contains("points=\"62.0,223.0 502.0,23.0 \"");
  }

  @Test
  void shouldWriteEachPlotAsAFile() throws Exception {
    Reports.writePlots(directory.resolve("plots"), result());

    final String svg = Files.readString(directory.resolve("plots/steady-throughput.svg"));
    assertThat(parse(svg).getElementsByTagName("polyline").getLength()).isEqualTo(2);
    assertThat(directory.resolve("plots/steady-cost.svg")).exists();
  }

  private static Document parse(final String text) throws Exception {
    final DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    return builder.parse(new InputSource(new StringReader(text)));
  }
}
