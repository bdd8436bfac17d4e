package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values of every length come back as they were, wherever values are taken. */
@Timeout(600)
@SuppressWarnings("BigDecimalEquals") // values come back with their scale
class ValueLengthsTest {
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final Variable<String> ITEM = Variable.ofString("item");
  private static final Variable<byte[]> BYTES = Variable.ofBytes("bytes");
  private static final Variable<BigDecimal> NUMBER = Variable.ofDecimal("number");
  private static final int EVERY_LENGTH_UP_TO = 70_000;
  private static final int VALUE_LENGTH_MAX = 16 * 1024 * 1024;

  /** Set by the test before a handler reads it. */
  private volatile int length;

  private final Workflow workflow =
      Workflow.define("lengths")
          .variables(TEXT, ITEM, BYTES, NUMBER)
          .manual("open")
          .awaitMessage("message")
          .awaitSignal("signal")
          .inlineTask("inline", work -> work.set(TEXT, text(length)).set(BYTES, bytes(length)))
          .task("worker", work -> work.set(TEXT, text(length)).set(NUMBER, number(length)))
          .forEach(
              "each",
              ITEM,
              work -> List.of(text(length), "short", text(length / 2)),
              each -> each.inlineTask("keep", work -> work.set(TEXT, work.get(ITEM))))
          .reduce(TEXT, TEXT, (one, other) -> one.length() > other.length() ? one : other)
          .build();

  private static String text(final int length) {
    final char[] text = new char[length];
    for (int i = 0; i < length; i++) {
      text[i] = (char) ('a' + (i + length) % 26);
    }
    return new String(text);
  }

  private static byte[] bytes(final int length) {
    final byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) length);
    return bytes;
  }

  /** An integer of about so many bytes. */
  private static BigDecimal number(final int length) {
    return new BigDecimal(BigInteger.ONE.shiftLeft(8 * Math.min(length, 400)).negate(), 2);
  }

  private static EngineOptions options() {
    return EngineOptions.defaults().shards(1).workerThreads(2).endedCasesKept(0).startKeysKept(0);
  }

  private static Consumer<Inputs> values(final int length) {
    return in -> in.set(TEXT, text(length)).set(BYTES, bytes(length)).set(NUMBER, number(length));
  }

  private static void assertValues(final CaseHandle found, final int length) {
    if (!text(length).equals(found.get(TEXT))
        || !Arrays.equals(bytes(length), found.get(BYTES))
        || !number(length).equals(found.get(NUMBER))) {
      assertThat(found.get(TEXT)).as("length %d", length).isEqualTo(text(length));
      assertThat(found.get(BYTES)).as("length %d", length).isEqualTo(bytes(length));
      assertThat(found.get(NUMBER)).as("length %d", length).isEqualTo(number(length));
    }
  }

  /** One case goes through every place with values of one length. */
  private void goThrough(final Engine engine, final int valueLength) {
    length = valueLength;
    final CaseHandle handle =
        engine.start(workflow, "key-" + text(valueLength % 190), values(valueLength));
    assertValues(handle, valueLength);
    final int other = Math.max(0, valueLength - 1);
    handle.complete("open", "w".repeat(1 + valueLength % 200), values(other));
    assertValues(handle, other);
    handle.send("message", "m".repeat(1 + valueLength % 199), values(valueLength));
    assertValues(handle, valueLength);
    handle.signal("signal", values(other));
    assertThat(handle.join()).as("length %d: %s", valueLength, handle).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldTakeValuesOfEveryLengthFromACaller() {
    final Workflow held = Workflow.define("held").variables(TEXT).manual("m").build();
    try (Engine engine = Engine.inMemory(options()).deploy(held)) {
      for (int i = 0; i <= EVERY_LENGTH_UP_TO; i++) {
        final String text = text(i);
        final CaseHandle handle = engine.start(held, in -> in.set(TEXT, text));
        if (i % 101 == 0 && !handle.get(TEXT).equals(text)) {
          assertThat(handle.get(TEXT)).as("length %d", i).isEqualTo(text);
        }
        handle.cancel();
      }
    }
  }

  @Test
  void shouldTakeValuesOfEveryLengthInEveryPlaceAroundTheLimits(@TempDir final Path directory) {
    try (Engine engine = Engine.open(directory, options()).deploy(workflow)) {
      IntStream.rangeClosed(0, 300).forEach(i -> goThrough(engine, i));
      IntStream.rangeClosed(1_000, 1_060).forEach(i -> goThrough(engine, i));
      IntStream.rangeClosed(2_700, 3_000).forEach(i -> goThrough(engine, i));
      IntStream.rangeClosed(4_050, 4_150).forEach(i -> goThrough(engine, i));
      new Random(1).ints(300, 300, EVERY_LENGTH_UP_TO).forEach(i -> goThrough(engine, i));
    }
  }

  @Test
  void shouldTakeValuesUpToTheLongest() {
    try (Engine engine = Engine.inMemory(options()).deploy(workflow)) {
      for (final int i : new int[] {1 << 20, (1 << 20) + 1, 5_000_003, VALUE_LENGTH_MAX}) {
        goThrough(engine, i);
      }
    }
  }

  @Test
  @Tag("slow")
  void shouldTakeValuesOfEveryLengthInEveryPlace(@TempDir final Path directory) {
    try (Engine engine = Engine.open(directory, options()).deploy(workflow)) {
      IntStream.rangeClosed(0, EVERY_LENGTH_UP_TO).forEach(i -> goThrough(engine, i));
    }
  }

  @Test
  void shouldTakeManyTextsOfEverydayLengths() {
    final List<Variable<String>> fields =
        IntStream.range(0, 12).mapToObj(i -> Variable.ofString("field " + i)).toList();
    final Workflow form =
        Workflow.define("form").variables(fields.toArray(new Variable<?>[0])).manual("m").build();
    final Random random = new Random(7);
    try (Engine engine = Engine.inMemory(options()).deploy(form)) {
      for (int round = 0; round < 20_000; round++) {
        final int[] lengths = random.ints(1 + random.nextInt(12), 0, 1_200).toArray();
        final CaseHandle handle =
            engine.start(
                form,
                in -> {
                  for (int i = 0; i < lengths.length; i++) {
                    in.set(fields.get(i), text(lengths[i]));
                  }
                });
        handle.cancel();
      }
    }
  }

  @Test
  void shouldTakeTwoTextsOfAnyLengthsFromAnInlineTask() {
    final int[] second = new int[1];
    final Workflow two =
        Workflow.define("two")
            .variables(TEXT, ITEM)
            .inlineTask("set", work -> work.set(TEXT, text(5_000)).set(ITEM, text(second[0])))
            .build();
    try (Engine engine = Engine.inMemory(options().endedCasesKept(10)).deploy(two)) {
      for (second[0] = 1_400; second[0] < 1_700; second[0]++) {
        final CaseHandle handle = engine.start(two, in -> {});
        assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
        assertThat(handle.get(ITEM)).isEqualTo(text(second[0]));
        assertThat(handle.get(TEXT)).isEqualTo(text(5_000));
      }
    }
  }
}
