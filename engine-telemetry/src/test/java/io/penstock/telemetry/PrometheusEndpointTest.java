package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusEndpointTest {
  private static final int CASES = 5;
  private static final Workflow WORKFLOW =
      Workflow.define("say \"hi\"\\")
          .inlineTask("greet", work -> {})
          .objective(Objective.p99(Duration.ofMillis(7)))
          .build();

  private final PenstockMetrics metrics = new PenstockMetrics();
  private final Sdk sdk = new Sdk();
  private final PrometheusEndpoint endpoint = PrometheusEndpoint.open(metrics, 0);

  @AfterEach
  void close() {
    endpoint.close();
    sdk.close();
  }

  private HttpResponse<String> scrape(final String method, final String path, final String accept)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept", accept)
                .timeout(Duration.ofSeconds(30))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private Engine runCases() {
    final Engine engine =
        Engine.inMemory(
            EngineOptions.defaults()
                .shards(1)
                .telemetry(new PenstockTelemetry(sdk.options().metrics(metrics))));
    engine.deploy(WORKFLOW);
    for (int i = 0; i < CASES; i++) {
      engine.start(WORKFLOW, in -> {}).join();
    }
    return engine;
  }

  @Test
  void shouldAnswerInTheTextFormatWithWhatTheEngineCounted() throws Exception {
    final HttpResponse<String> answer;
    try (Engine engine = runCases()) {
      assertThat(engine).isNotNull();
      answer = scrape("GET", "/metrics", "text/plain");
    }

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    final PrometheusParser parsed = PrometheusParser.text(answer.body());
    final Map<String, String> workflow = Map.of("penstock_workflow_name", "say \"hi\"\\");
    assertThat(parsed.type("penstock_case_started_total")).isEqualTo("counter");
    assertThat(parsed.value("penstock_case_started_total", workflow)).isEqualTo(CASES);
    assertThat(parsed.type("penstock_slo_objective")).isEqualTo("gauge");
    assertThat(parsed.value("penstock_slo_objective", Map.of("penstock_slo_name", "W1")))
        .isEqualTo(0.99);
    final Map<String, String> completed =
        Map.of(
            "penstock_workflow_name", "say \"hi\"\\",
            "penstock_case_outcome", "completed");
    assertThat(parsed.type("penstock_case_duration_seconds")).isEqualTo("histogram");
    assertThat(parsed.bounds("penstock_case_duration_seconds", completed))
        .contains(0.007)
        .endsWith(Double.POSITIVE_INFINITY);
    assertThat(parsed.value("penstock_case_duration_seconds_count", completed)).isEqualTo(CASES);
    assertThat(parsed.exemplars()).isEmpty();
  }

  @Test
  void shouldAnswerAsOpenMetricsWithTheExemplarsOfSampledCases() throws Exception {
    runCases().close();
    final List<String> traces =
        sdk.spans(2 * CASES).stream().map(span -> span.getTraceId()).toList();

    final HttpResponse<String> answer =
        scrape("GET", "/metrics", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    final PrometheusParser parsed = PrometheusParser.openMetrics(answer.body());
    assertThat(parsed.type("penstock_case_started")).isEqualTo("counter");
    assertThat(parsed.exemplars()).isNotEmpty();
    assertThat(parsed.exemplars())
        .allSatisfy(
            exemplar -> {
              assertThat(traces).contains(exemplar.labels().get("trace_id"));
              assertThat(exemplar.value()).isLessThanOrEqualTo(exemplar.bound());
            });
    assertThat(parsed.exemplars())
        .extracting(PrometheusParser.Exemplar::metric)
        .contains(
            "penstock_case_duration_seconds_bucket",
            "penstock_task_duration_seconds_bucket",
            "penstock_operation_duration_seconds_bucket");
  }

  @Test
  void shouldAnswerNothingElse() throws Exception {
    assertThat(scrape("GET", "/", "*/*").statusCode()).isEqualTo(404);
    assertThat(scrape("POST", "/metrics", "*/*").statusCode()).isEqualTo(405);
    assertThat(scrape("HEAD", "/metrics", "*/*").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldSayThatThePortIsTaken() {
    assertThatThrownBy(() -> PrometheusEndpoint.open(metrics, endpoint.port()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("address must be free")
        .hasMessageContaining(Integer.toString(endpoint.port()));
  }

  private Socket connect(final PrometheusEndpoint to, final String text) throws Exception {
    final Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void shouldAnswerOthersWhileAClientHasSentHalfARequest() throws Exception {
    try (Socket half = connect(endpoint, "GET /metrics HTTP/1.1\r\nHost: loc")) {
      assertThat(scrape("GET", "/metrics", "text/plain").statusCode()).isEqualTo(200);
      assertThat(half.isConnected()).isTrue();
    }
  }

  @Test
  void shouldCloseConnectionsOfHalfRequestsAndAnswerWhenThereAreMoreThanThreads() throws Exception {
    final List<Socket> halves = new ArrayList<>();
    try (PrometheusEndpoint impatient =
        PrometheusEndpoint.open(
            metrics,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Duration.ofMillis(50))) {
      for (int i = 0; i < 40; i++) {
        halves.add(connect(impatient, "GET /metrics HTTP/1.1\r\nHost: loc"));
      }
      for (final Socket half : halves) {
        assertThat(half.getInputStream().read()).isEqualTo(-1);
      }
      try (Socket whole = connect(impatient, "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
        assertThat(whole.getInputStream().readNBytes(12))
            .asString(StandardCharsets.US_ASCII)
            .isEqualTo("HTTP/1.1 200");
      }
    } finally {
      for (final Socket half : halves) {
        half.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LocalHost:9464, 200",
    "127.0.0.1:1, 200",
    "[::1]:9464, 200",
    "evil.example, 403",
    "localhost.evil.example:9464, 403",
    "127.0.0.1.evil.example, 403",
    "10.0.0.1, 403",
    "'', 403",
  })
  void shouldRefuseOtherHostsOnTheLoopbackInterface(final String host, final int status)
      throws Exception {
    try (Socket socket = connect(endpoint, "GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) {
      assertThat(socket.getInputStream().readNBytes(12))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("HTTP/1.1 " + status);
    }
  }

  @Test
  void shouldRefuseARequestThatNamesNoHost() throws Exception {
    try (Socket socket = connect(endpoint, "GET /metrics HTTP/1.0\r\n\r\n")) {
      assertThat(socket.getInputStream().readNBytes(12))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("HTTP/1.1 403");
    }
  }

  @Test
  void shouldRefuseWhatIsNoAddress() {
    assertThatThrownBy(() -> PrometheusEndpoint.open(metrics, 65_536))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port must be 0 to 65535: port=65536");
    assertThatThrownBy(
            () ->
                PrometheusEndpoint.open(
                    metrics, InetSocketAddress.createUnresolved("nowhere.invalid", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host of an address must be known");
    assertThatThrownBy(
            () -> PrometheusEndpoint.open(metrics, new InetSocketAddress("203.0.113.1", 0)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("this machine's");
  }
}
