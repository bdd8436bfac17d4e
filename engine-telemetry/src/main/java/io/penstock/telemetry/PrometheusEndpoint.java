package io.penstock.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers scrapes by Prometheus, for those who have no OpenTelemetry: {@code /metrics} on a port,
 * by the JDK's HTTP server (module {@code jdk.httpserver}). Up to 16 requests at once, each within
 * five seconds, after which its connection is closed; no thread while nobody scrapes but the one
 * that listens.
 *
 * <p>There is neither encryption nor authentication: it listens on the loopback interface unless
 * another address is given. On the loopback interface it refuses requests whose {@code Host} is
 * neither {@code localhost} nor a loopback address, so that no page of a browser reads it under a
 * name of its own.
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
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int SERVER_ERROR = 500;
  private static final int NO_BODY = -1;
  private static final int PORT_MAX = 65_535;

  private static final int REQUESTS_MAX = 16;
  private static final Duration REQUEST_TIME_MAX = Duration.ofSeconds(5);

  /** The names of the loopback interface, with a port or without. */
  private static final Pattern LOOPBACK =
      Pattern.compile(
          "(localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1])(:[0-9]+)?",
          Pattern.CASE_INSENSITIVE);

  private final PenstockMetrics metrics;
  private final HttpServer server;
  private final TimeLimitedExecutor executor;
  private final boolean isLoopback;

  private PrometheusEndpoint(
      final PenstockMetrics metrics, final HttpServer server, final Duration timeMax) {
    this.metrics = metrics;
    this.server = server;
    isLoopback = server.getAddress().getAddress().isLoopbackAddress();
    executor = new TimeLimitedExecutor("penstock-prometheus", REQUESTS_MAX, timeMax);
    server.setExecutor(executor);
    server.createContext("/", this::answer);
  }

  /**
   * Listens on the loopback interface.
   *
   * @param metrics what to tell
   * @param port the port, 0 for any that is free
   * @return the endpoint, which answers from now on
   * @throws UncheckedIOException when the port is taken
   * @throws IllegalArgumentException when it is no port
   */
  public static PrometheusEndpoint open(final PenstockMetrics metrics, final int port) {
    if (port < 0 || port > PORT_MAX) {
      throw new IllegalArgumentException(
          "port must be 0 to 65535: port=" + port + "; 0 takes any that is free");
    }
    return open(metrics, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /**
   * Listens on an address.
   *
   * @param metrics what to tell
   * @param address the address; whoever can reach it can read the metrics
   * @return the endpoint, which answers from now on
   * @throws UncheckedIOException when the address is taken, or none of this machine's
   * @throws IllegalArgumentException when its host is unknown
   */
  public static PrometheusEndpoint open(
      final PenstockMetrics metrics, final InetSocketAddress address) {
    return open(metrics, address, REQUEST_TIME_MAX);
  }

  /** With another time limit, for tests. */
  static PrometheusEndpoint open(
      final PenstockMetrics metrics, final InetSocketAddress address, final Duration timeMax) {
    Objects.requireNonNull(metrics, "metrics");
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "host of an address must be known: address="
              + address
              + "; choose one of this machine's");
    }
    try {
      final HttpServer server = HttpServer.create(address, 0);
      final PrometheusEndpoint endpoint = new PrometheusEndpoint(metrics, server, timeMax);
      server.start();
      return endpoint;
    } catch (final IOException e) {
      throw new UncheckedIOException(
          "address must be free and this machine's: address="
              + address
              + "; choose another port, or another address",
          e);
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
      if (isLoopback && !namesLoopback(exchange.getRequestHeaders().get("Host"))) {
        exchange.sendResponseHeaders(FORBIDDEN, NO_BODY);
      } else if (!PATH.equals(exchange.getRequestURI().getPath())) {
        exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, NO_BODY);
      } else {
        answer(exchange, method.equals("GET"));
      }
    }
  }

  private static boolean namesLoopback(final @Nullable List<String> hosts) {
    return hosts != null && hosts.size() == 1 && LOOPBACK.matcher(hosts.get(0).strip()).matches();
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
    final byte[] body;
    try {
      body =
          (isOpenMetrics ? PrometheusText.writeOpenMetrics(metrics) : PrometheusText.write(metrics))
              .getBytes(StandardCharsets.UTF_8);
    } catch (final RuntimeException e) {
      exchange.sendResponseHeaders(SERVER_ERROR, NO_BODY);
      throw e; // the JDK's server logs it
    }
    exchange.sendResponseHeaders(OK, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Stops listening at once. */
  @Override
  public void close() {
    server.stop(0);
    executor.close();
  }
}
