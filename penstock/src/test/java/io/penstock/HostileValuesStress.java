package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.workflow.Comparison;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever values, names, keys, conditions and lists somebody sends in: they are kept as they are
 * or refused by type, no shard stops, and the cases beside them go on at once.
 */
@Timeout(3600)
@SuppressWarnings({"EnumOrdinal", "UnusedVariable"}) // to choose one; what each case is tried with
class HostileValuesStress {
  private static final Variable<Long> LONG = Variable.ofLong("long");
  private static final Variable<Double> DOUBLE = Variable.ofDouble("double");
  private static final Variable<Boolean> BOOLEAN = Variable.ofBoolean("boolean");
  private static final Variable<Instant> INSTANT = Variable.ofInstant("instant");
  private static final Variable<Duration> DURATION = Variable.ofDuration("duration");
  private static final Variable<BigDecimal> DECIMAL = Variable.ofDecimal("decimal");
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final Variable<byte[]> BYTES = Variable.ofBytes("bytes");
  private static final Variable<String> ITEM = Variable.ofString("item");
  private static final List<Variable<?>> VARIABLES =
      List.of(LONG, DOUBLE, BOOLEAN, INSTANT, DURATION, DECIMAL, TEXT, BYTES);

  private static final int SHARDS = 2;
  private static final int VIRTUAL_SHARD_SHIFT = 53;
  private static final long BYSTANDER_RESTS_NS = 100_000;
  private static final int WARM_UP = 500;
  private static final long HELD_MAX_NS = 250_000_000L;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final AtomicReference<Guard> condition = new AtomicReference<>(values -> true);
  private final AtomicReference<List<String>> items = new AtomicReference<>(List.of());

  private final Workflow hostile =
      Workflow.define("hostile")
          .variables(LONG, DOUBLE, BOOLEAN, INSTANT, DURATION, DECIMAL, TEXT, BYTES, ITEM)
          .manual("open")
          .awaitMessage("message")
          .awaitSignal("signal")
          .choice(
              choice ->
                  choice
                      .when(
                          values -> condition.get().test(values),
                          then -> then.inlineTask("yes", work -> {}))
                      .otherwise(other -> other.inlineTask("no", work -> {})))
          .forEach("each", ITEM, work -> items.get(), each -> each.inlineTask("keep", work -> {}))
          .build();

  private final Workflow bystander =
      Workflow.define("bystander").inlineTask("one", work -> {}).build();

  private int accepted;
  private int refused;

  @Test
  void shouldKeepOrRefuseWhateverComesInAndHoldNoShard() {
    run(2_000);
  }

  @Test
  @Tag("slow")
  void shouldKeepOrRefuseAHundredThousandInputsAndHoldNoShard() {
    run(100_000);
  }

  private void run(final int inputs) {
    final EngineOptions options =
        EngineOptions.defaults().shards(SHARDS).workerThreads(2).endedCasesKept(100);
    final AtomicBoolean done = new AtomicBoolean();
    final AtomicBoolean warm = new AtomicBoolean();
    final AtomicLong longestNs = new AtomicLong();
    final AtomicReference<Throwable> broken = new AtomicReference<>();
    try (Engine engine = Engine.inMemory(options).deploy(hostile).deploy(bystander)) {
      final Thread beside =
          new Thread(
              () -> {
                try {
                  while (!done.get()) {
                    final boolean counts = warm.get();
                    final long fromNs = System.nanoTime();
                    engine.start(bystander, in -> {});
                    final long tookNs = System.nanoTime() - fromNs;
                    if (counts) {
                      longestNs.accumulateAndGet(tookNs, Math::max);
                    }
                    LockSupport.parkNanos(BYSTANDER_RESTS_NS);
                  }
                } catch (final Throwable failure) {
                  broken.set(failure);
                }
              },
              "bystander");
      beside.start();
      try {
        for (int i = 0; i < inputs; i++) {
          warm.set(i >= WARM_UP);
          oneInput(engine, i);
          assertBystandersEnd(engine, i);
          assertThat(broken.get()).as("input %d", i).isNull();
        }
      } finally {
        done.set(true);
        join(beside);
      }
    }
    System.out.printf(
        "hostile values: inputs=%d, accepted=%d, refused=%d, longest wait beside them=%.1f ms%n",
        inputs, accepted, refused, longestNs.get() / 1e6);
    assertThat(accepted).isGreaterThan(inputs / 4);
    assertThat(refused).isGreaterThan(inputs / 20);
    assertThat(longestNs.get()).isLessThan(HELD_MAX_NS);
  }

  private static void join(final Thread thread) {
    try {
      thread.join();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void assertBystandersEnd(final Engine engine, final int input) {
    final Set<Long> shards = new HashSet<>();
    while (shards.size() < SHARDS) {
      final CaseHandle handle = engine.start(bystander, in -> {});
      assertThat(handle.join(PATIENCE)).as("input %d", input).contains(Outcome.COMPLETED);
      shards.add((handle.caseId() >>> VIRTUAL_SHARD_SHIFT) % SHARDS);
    }
  }

  /** One case, from a start to its end, with a random value wherever one is taken. */
  private void oneInput(final Engine engine, final int input) {
    final Random random = new Random(input);
    condition.set(condition(random));
    items.set(items(random));
    final String key = random.nextBoolean() ? null : input + text(random, 250);
    final Map<Variable<?>, Object> set = new HashMap<>();
    final AtomicReference<CaseHandle> started = new AtomicReference<>();
    final Map<Variable<?>, Object> first = values(random);
    if (!isTaken(
        input,
        () ->
            started.set(
                key == null
                    ? engine.start(hostile, in -> put(in, first))
                    : engine.start(hostile, key, in -> put(in, first))))) {
      return;
    }
    final CaseHandle handle = started.get();
    set.putAll(first);
    assertHas(handle, set, input);
    if (key != null) {
      assertThat(engine.find(hostile, key)).as("input %d", input).isPresent();
      assertThat(engine.start(hostile, key, in -> {}).caseId()).isEqualTo(handle.caseId());
    }
    final boolean opened =
        step(handle, set, input, random, (name, in) -> handle.complete(or(name, "open"), "w", in));
    if (opened) {
      assertHas(handle, set, input);
    }
    final String messageKey = "k" + text(random, 250);
    final boolean sent =
        step(
            handle,
            set,
            input,
            random,
            (name, in) -> handle.send(or(name, "message"), messageKey, in));
    if (opened && sent) {
      assertHas(handle, set, input);
    }
    final boolean signalled =
        step(handle, set, input, random, (name, in) -> handle.signal(or(name, "signal"), in));
    if (!(opened && sent && signalled)) {
      isTaken(input, handle::cancel);
    }
    assertThat(handle.join(PATIENCE)).as("input %d", input).isPresent();
  }

  /** A command that takes a name and values. */
  @FunctionalInterface
  private interface Command {
    void send(String name, java.util.function.Consumer<Inputs> inputs);
  }

  private static String or(final String name, final String right) {
    return name.isEmpty() ? right : name;
  }

  /** Whether the command was taken, by the task that is there. */
  private boolean step(
      final CaseHandle handle,
      final Map<Variable<?>, Object> set,
      final int input,
      final Random random,
      final Command command) {
    final String name = random.nextInt(8) == 0 ? text(random, 300) : "";
    final Map<Variable<?>, Object> values = values(random);
    if (!isTaken(input, () -> command.send(name, in -> put(in, values)))) {
      return false;
    }
    assertThat(name).as("input %d", input).isEmpty();
    set.putAll(values);
    return true;
  }

  private boolean isTaken(final int input, final Runnable command) {
    try {
      command.run();
      accepted++;
      return true;
    } catch (final CommandRejectedException e) {
      assertThat(e.rejection()).as("input %d", input).isNotEqualTo(Rejection.SHARD_STOPPED);
    } catch (final IllegalArgumentException e) {
      assertThat(e).as("input %d", input).hasMessageMatching("(?s).{10,1000}");
    }
    refused++;
    return false;
  }

  private static void assertHas(
      final CaseHandle handle, final Map<Variable<?>, Object> values, final int input) {
    for (final Map.Entry<Variable<?>, Object> each : values.entrySet()) {
      assertThat((Object) handle.find(each.getKey()).orElse(null))
          .as("input %d: %s", input, each.getKey())
          .isEqualTo(each.getValue());
    }
  }

  private static void put(final Inputs in, final Map<Variable<?>, Object> values) {
    values.forEach((variable, value) -> put(in, variable, value));
  }

  @SuppressWarnings("unchecked") // each value was made for its variable
  private static <T> void put(final Inputs in, final Variable<T> variable, final Object value) {
    in.set(variable, (T) value);
  }

  private static Map<Variable<?>, Object> values(final Random random) {
    final Map<Variable<?>, Object> values = new HashMap<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      final Variable<?> variable = VARIABLES.get(random.nextInt(VARIABLES.size()));
      values.put(variable, value(variable, random));
    }
    return values;
  }

  private static Object value(final Variable<?> variable, final Random random) {
    return switch (variable.type()) {
      case LONG -> bits(random);
      case DOUBLE -> Double.longBitsToDouble(doubleBits(random));
      case BOOLEAN -> random.nextBoolean();
      case INSTANT -> instant(random);
      case DURATION -> duration(random);
      case DECIMAL -> decimal(random);
      case STRING -> text(random, length(random));
      case BYTES -> bytes(random);
    };
  }

  private static long bits(final Random random) {
    final long[] extremes = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE};
    return random.nextInt(4) == 0
        ? extremes[random.nextInt(extremes.length)]
        : random.nextLong() >> random.nextInt(64);
  }

  private static long doubleBits(final Random random) {
    final double[] extremes = {
      Double.NaN, -0.0, Double.NEGATIVE_INFINITY, Double.MAX_VALUE, Double.MIN_VALUE
    };
    return random.nextBoolean()
        ? Double.doubleToRawLongBits(extremes[random.nextInt(extremes.length)])
        : random.nextLong();
  }

  private static Instant instant(final Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Instant.MIN;
      case 1 -> Instant.MAX;
      case 2 -> Instant.ofEpochSecond(bits(random) % 31_556_889_864_403_199L, random.nextInt());
      default -> Instant.EPOCH.plusNanos(random.nextLong());
    };
  }

  private static Duration duration(final Random random) {
    return random.nextBoolean()
        ? Duration.ofNanos(bits(random))
        : Duration.ofSeconds(random.nextLong() >> random.nextInt(64), random.nextInt(1_000));
  }

  private static BigDecimal decimal(final Random random) {
    final int digitBits = 1 + length(random) % 5_000;
    final int scale = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(2_200) - 1_100;
    return new BigDecimal(new BigInteger(digitBits, random).negate(), scale);
  }

  private static int length(final Random random) {
    return random.nextInt(200) == 0
        ? random.nextInt(17 * 1024 * 1024)
        : (int) Math.pow(2, random.nextDouble() * 16);
  }

  private static byte[] bytes(final Random random) {
    final byte[] bytes = new byte[length(random)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Of one kind of characters; halves of pairs now and then. */
  private static String text(final Random random, final int lengthMax) {
    final int length = random.nextInt(lengthMax + 1);
    final String[] kinds = {"a", "\0", "\u00e9", "\u20ac", "\uD83D\uDE00", "\uD83D", "\u202e", "'"};
    final int kind = random.nextInt(12);
    return kind < kinds.length ? kinds[kind].repeat(length) : "x".repeat(length);
  }

  private static List<String> items(final Random random) {
    final List<String> made = new ArrayList<>();
    for (int i = random.nextInt(random.nextInt(50) == 0 ? 2_000 : 20); i > 0; i--) {
      made.add(text(random, 40));
    }
    return made;
  }

  /** A chain of comparisons of random values, or code that does as it likes. */
  private static Guard condition(final Random random) {
    Guard made = values -> random.nextInt(50) != 0;
    try {
      for (int i = random.nextInt(random.nextInt(50) == 0 ? 5_000 : 8); i > 0; i--) {
        final Variable<?> variable = VARIABLES.get(random.nextInt(6));
        final Guard comparison =
            new Comparison(
                variable,
                Comparison.Operator.values()[random.nextInt(Comparison.Operator.values().length)],
                value(variable, random));
        made = random.nextBoolean() ? made.and(comparison) : made.or(comparison);
      }
    } catch (final IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s).{10,}"); // refused where it is made
    }
    return made;
  }
}
