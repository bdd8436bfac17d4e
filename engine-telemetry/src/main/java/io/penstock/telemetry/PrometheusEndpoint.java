package io.penstock.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Answers scrapes by Prometheus, for those who have no OpenTelemetry: {@code /metrics} on a port,
 * by the JDK's HTTP server (module {@code jdk.httpserver}). One thread, none while nobody scrapes
 * but the one that listens. There is neither encryption nor authentication: it listens on the
 * loopback interface unless it is told otherwise.
 *
 * <pre>{@code
 * PrometheusEndpoint endpoint = PrometheusEndpoint.open(PenstockMetrics.shared(), 9464);
 * Engine engine = Engine.open(path); // after that, so that it reports to the shared metrics
 * }</pre>
 */
public final class PrometheusEndpoint implements AutoCloseable {
  /** Where it answers. */
  public static final String PATH = "/metrics";

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int NO_BODY = -1;

  private final PenstockMetrics metrics;
  private final HttpServer server;

  private PrometheusEndpoint(final PenstockMetrics metrics, final HttpServer server) {
    this.metrics = metrics;
    this.server = server;
  }

  /**
   * Listens on the loopback interface.
   *
   * @param metrics what to tell
   * @param port the port, 0 for any that is free
   * @return the endpoint, which answers from now on
   * @throws UncheckedIOException when the port is taken
   */
  public static PrometheusEndpoint open(final PenstockMetrics metrics, final int port) {
    return open(metrics, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /**
   * Listens on an address.
   *
   * @param metrics what to tell
   * @param address the address; whoever can reach it can read the metrics
   * @return the endpoint, which answers from now on
   * @throws UncheckedIOException when the address is taken
   */
  public static PrometheusEndpoint open(
      final PenstockMetrics metrics, final InetSocketAddress address) {
    try {
      final HttpServer server = HttpServer.create(address, 0);
      final PrometheusEndpoint endpoint = new PrometheusEndpoint(metrics, server);
      server.createContext("/", endpoint::answer);
      server.start();
      return endpoint;
    } catch (final IOException e) {
      throw new UncheckedIOException(
          "address must be free: address=" + address + "; choose another port", e);
    }
  }

  /**
   * The port it listens on.
   *
   * @return the port, 1 to 65535
   */
  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(final HttpExchange exchange) throws IOException {
    try (exchange) {
      final String method = exchange.getRequestMethod();
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, NO_BODY);
      } else {
        answer(exchange, method.equals("GET"));
      }
    }
  }

  private void answer(final HttpExchange exchange, final boolean withBody) throws IOException {
    final String accepted = exchange.getRequestHeaders().getFirst("Accept");
    final boolean isOpenMetrics =
        accepted != null
            && accepted.toLowerCase(Locale.ROOT).contains("application/openmetrics-text");
    exchange
        .getResponseHeaders()
        .set(
            "Content-Type",
            isOpenMetrics ? PrometheusText.OPEN_METRICS_CONTENT_TYPE : PrometheusText.CONTENT_TYPE);
    if (!withBody) {
      exchange.sendResponseHeaders(OK, NO_BODY);
      return;
    }
    final byte[] body =
        (isOpenMetrics ? PrometheusText.writeOpenMetrics(metrics) : PrometheusText.write(metrics))
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(OK, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Stops listening at once. */
  @Override
  public void close() {
    server.stop(0);
  }
}
