package io.penstock.cli;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.spi.Telemetry;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A small directory as an engine leaves it: two workflows, values of every type, some history. */
final class Sample {
  static final Variable<Long> ACCOUNT = Variable.ofLong("account");
  static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  static final Variable<Double> RATE = Variable.ofDouble("rate");
  static final Variable<Boolean> COVERED = Variable.ofBoolean("covered");
  static final Variable<Instant> DUE = Variable.ofInstant("due");
  static final Variable<Duration> GRACE = Variable.ofDuration("grace");
  static final Variable<String> NOTE = Variable.ofString("note");
  static final Variable<byte[]> SCAN = Variable.ofBytes("scan");

  static final Workflow ORDER =
      Workflow.define("order")
          .variables(ACCOUNT, AMOUNT, RATE, COVERED, DUE, GRACE, NOTE, SCAN)
          .inlineTask("check", work -> work.set(COVERED, true))
          .manual("approve")
          .deadline(Duration.ofDays(2))
          .build();

  static final Workflow VOTE =
      Workflow.define("vote").instances("ask", 3, each -> each.manual("answer")).build();

  static final Workflow BROKEN =
      Workflow.define("broken")
          .inlineTask(
              "call",
              work -> {
                throw new IllegalStateException("no line\nto the \"bank\"");
              })
          .retry(Retry.never())
          .build();

  private Sample() {}

  /** Measures nothing: what is kept of that hangs on the machine. */
  static EngineOptions options() {
    return measured().telemetry((clock, shards) -> Telemetry.NONE);
  }

  static EngineOptions measured() {
    return EngineOptions.defaults()
        .shards(2)
        .history(History.WORK_ITEMS)
        .clock(new VirtualClock(Instant.parse("2026-01-05T08:00:00Z")));
  }

  /** Makes the directory; ids of the cases by key. */
  static Map<String, Long> make(final Path directory) {
    try (Engine engine = Engine.open(directory, options())) {
      return run(engine);
    }
  }

  static Map<String, Long> run(final Engine engine) {
    engine.deploy(ORDER).deploy(VOTE).deploy(BROKEN);
    final Map<String, Long> ids = new HashMap<>();
    for (final String key : List.of("o-1", "o-2", "o-3")) {
      final CaseHandle order =
          engine.start(
              ORDER,
              key,
              in ->
                  in.set(ACCOUNT, Long.MAX_VALUE)
                      .set(AMOUNT, new BigDecimal("100.00"))
                      .set(RATE, 0.1)
                      .set(DUE, Instant.parse("2026-02-01T12:00:00.000000001Z"))
                      .set(GRACE, Duration.ofHours(36))
                      .set(NOTE, "größer \"1\"\n")
                      .set(SCAN, new byte[] {0, 1, (byte) 0xFF}));
      ids.put(key, order.caseId());
    }
    engine.handle(ids.get("o-1")).complete("approve", "ann", in -> {});
    engine.handle(ids.get("o-2")).claim("approve", "bob");
    ids.put("v-1", engine.start(VOTE, "v-1", in -> {}).caseId());
    final CaseHandle broken = engine.start(BROKEN, "b-1", in -> {});
    broken.join();
    ids.put("b-1", broken.caseId());
    return ids;
  }

  /** Makes the directory that is given, for a look by hand. */
  public static void main(final String[] args) {
    make(Path.of(args[0]));
  }
}
