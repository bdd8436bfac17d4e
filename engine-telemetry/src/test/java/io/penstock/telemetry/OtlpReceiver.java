package io.penstock.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Receives OTLP over HTTP on the loopback interface, and keeps what came. */
final class OtlpReceiver implements AutoCloseable {
  private static final int OK = 200;

  private final HttpServer server;
  private final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();
  private final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();

  OtlpReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/v1/metrics",
        exchange ->
            take(exchange, body -> metrics.add(ExportMetricsServiceRequest.parseFrom(body))));
    server.createContext(
        "/v1/traces",
        exchange -> take(exchange, body -> traces.add(ExportTraceServiceRequest.parseFrom(body))));
    server.start();
  }

  private static void take(final HttpExchange exchange, final Sink sink) throws IOException {
    try (exchange) {
      sink.accept(exchange.getRequestBody().readAllBytes());
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(OK, -1);
    }
  }

  String url(final String signal) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/" + signal;
  }

  /** What the last request told, each metric by its name, of Penstock's scope. */
  Map<String, Metric> metrics() {
    return metrics.get(metrics.size() - 1).getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .filter(scope -> scope.getScope().getName().equals("io.penstock"))
        .flatMap(scope -> scope.getMetricsList().stream())
        .collect(
            Collectors.toMap(
                Metric::getName,
                Function.identity(),
                (one, other) -> {
                  throw new AssertionError("told twice: " + one.getName());
                },
                TreeMap::new));
  }

  /** All spans that came. */
  List<Span> spans() {
    return traces.stream()
        .flatMap(request -> request.getResourceSpansList().stream())
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  static Map<String, String> attributes(final List<KeyValue> attributes) {
    return attributes.stream().collect(Collectors.toMap(KeyValue::getKey, each -> text(each)));
  }

  private static String text(final KeyValue attribute) {
    return attribute.getValue().hasIntValue()
        ? Long.toString(attribute.getValue().getIntValue())
        : attribute.getValue().getStringValue();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private interface Sink {
    void accept(byte[] body) throws IOException;
  }
}
