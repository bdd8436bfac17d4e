package io.penstock.lab.scenario;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * One caller that creates, reads, updates and deletes records that are cases, 25, 50, 20 and 5 of a
 * hundred times, each by its key. A plain map keeps the same, and both must agree at the end.
 */
final class CrudMix implements Scenario {
  private static final int OPERATIONS = 100_000;
  private static final Variable<Long> VALUE = Variable.ofLong("value");
  private static final Variable<Boolean> CLOSED = Variable.ofBoolean("closed");
  private static final Workflow RECORD =
      Workflow.define("record")
          .variables(VALUE)
          .repeatUntil(CLOSED.isTrue(), body -> body.awaitMessage("update"))
          .build();

  private enum Kind {
    CREATE,
    READ,
    UPDATE,
    DELETE;

    static Kind of(final int percent) {
      if (percent < 25) {
        return CREATE;
      }
      if (percent < 75) {
        return READ;
      }
      return percent < 95 ? UPDATE : DELETE;
    }
  }

  @Override
  public String name() {
    return "crud";
  }

  @Override
  public String meaning() {
    return "What do creating, reading, updating and deleting cost, mixed 25/50/20/5?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final int operations = trial.settings().count(OPERATIONS);
    trial.configure("mix", operations + " operations of one caller after as many to warm up");
    final Map<Kind, Histogram> histograms = new EnumMap<>(Kind.class);
    try (Engine engine = trial.engine(EngineOptions.defaults().shards(1))) {
      engine.deploy(RECORD);
      final Records records = new Records(engine);
      for (int i = -operations; i < operations; i++) {
        if (i == 0) {
          histograms.clear();
        }
        final long startNs = System.nanoTime();
        final Kind done = records.next(trial);
        histograms
            .computeIfAbsent(done, unused -> new Histogram(60_000_000_000L, 2))
            .recordValue(System.nanoTime() - startNs);
      }
      records.check(trial);
    }
    histograms.forEach(
        (kind, histogram) ->
            trial.latency(kind.name().toLowerCase(Locale.ROOT), histogram, AtmLoad.W1_US, "W1"));
  }

  private static final class Records {
    private final Engine engine;
    private final SplittableRandom random = new SplittableRandom(5);
    private final Map<String, Long> model = new HashMap<>();
    private final List<String> keys = new ArrayList<>();
    private long created;

    Records(final Engine engine) {
      this.engine = engine;
    }

    Kind next(final Trial trial) {
      final Kind kind = keys.isEmpty() ? Kind.CREATE : Kind.of(random.nextInt(100));
      final long value = random.nextLong(1_000_000);
      if (kind == Kind.CREATE) {
        final String key = "record-" + created++;
        engine.start(RECORD, key, in -> in.set(VALUE, value).set(CLOSED, false));
        model.put(key, value);
        keys.add(key);
        return kind;
      }
      final int which = random.nextInt(keys.size());
      final String key = keys.get(which);
      final CaseHandle record = engine.find(RECORD, key).orElseThrow();
      switch (kind) {
        case READ ->
            trial.check(
                record.find(VALUE).equals(Optional.ofNullable(model.get(key))),
                "a record must be as it was left: key=" + key);
        case UPDATE -> {
          record.send("update", in -> in.set(VALUE, value));
          model.put(key, value);
        }
        case DELETE -> {
          record.cancel();
          model.remove(key);
          keys.set(which, keys.get(keys.size() - 1));
          keys.remove(keys.size() - 1);
        }
        case CREATE -> throw new AssertionError(kind);
      }
      return kind;
    }

    void check(final Trial trial) {
      long alive = 0;
      for (long i = 0; i < created; i++) {
        final String key = "record-" + i;
        final Optional<CaseHandle> record =
            engine.find(RECORD, key).filter(each -> each.status() == CaseStatus.RUNNING);
        alive += record.isPresent() ? 1 : 0;
        trial.check(
            record.flatMap(each -> each.find(VALUE)).equals(Optional.ofNullable(model.get(key))),
            "engine and model must agree: key=" + key);
      }
      trial.check(alive == model.size(), "no record must be lost: alive=" + alive);
      trial.figure("records alive at the end", (double) alive, "");
    }
  }
}
