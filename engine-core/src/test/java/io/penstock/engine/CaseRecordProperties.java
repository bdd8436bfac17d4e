package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.UnsafeBuffer;

/** The bytes of a case against a map of values. */
class CaseRecordProperties {
  private static final List<Variable<?>> VARIABLES = new ArrayList<>();

  static {
    for (int i = 0; i < 9; i++) { // more than 64 variables, so that presence takes two words
      VARIABLES.add(Variable.ofLong("long" + i));
      VARIABLES.add(Variable.ofDouble("double" + i));
      VARIABLES.add(Variable.ofBoolean("boolean" + i));
      VARIABLES.add(Variable.ofInstant("instant" + i));
      VARIABLES.add(Variable.ofDuration("duration" + i));
      VARIABLES.add(Variable.ofDecimal("decimal" + i));
      VARIABLES.add(Variable.ofString("string" + i));
      VARIABLES.add(Variable.ofBytes("bytes" + i));
    }
  }

  private final Workflow workflow =
      Workflow.define("record")
          .variables(VARIABLES.toArray(Variable[]::new))
          .manual("one")
          .manual("two")
          .build();
  private final CaseLayout layout = new CaseLayout(workflow, 0, 0);

  /** Writes a variable. */
  record Write(Variable<?> variable, Object value) {}

  @Provide
  Arbitrary<List<Write>> writes() {
    return Arbitraries.of(VARIABLES)
        .flatMap(variable -> value(variable.type()).map(value -> new Write(variable, value)))
        .list()
        .ofMaxSize(120);
  }

  private static Arbitrary<?> value(final VariableType type) {
    return switch (type) {
      case LONG -> Arbitraries.longs();
      case DOUBLE -> Arbitraries.doubles();
      case BOOLEAN -> Arbitraries.of(true, false);
      case INSTANT -> Arbitraries.longs().map(nanos -> Instant.EPOCH.plusNanos(nanos));
      case DURATION -> Arbitraries.longs().map(Duration::ofNanos);
      case DECIMAL ->
          Combinators.combine(
                  Arbitraries.bigIntegers()
                      .between(BigInteger.TWO.pow(90).negate(), BigInteger.TWO.pow(90)),
                  Arbitraries.integers().between(-50, 50))
              .as(BigDecimal::new);
      case STRING -> Arbitraries.strings().ofMaxLength(40);
      case BYTES -> Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    };
  }

  @Property(tries = 300)
  void shouldReadWhatWasWrittenLast(@ForAll("writes") final List<Write> writes) {
    final CaseRecord record = new CaseRecord(NoLargeReferences.NONE).create(layout, 5, 1, 0);
    final Map<Variable<?>, Object> model = new HashMap<>();
    for (final Write write : writes) {
      set(record, write.variable(), write.value());
      model.put(write.variable(), write.value());
    }
    final UnsafeBuffer key =
        new UnsafeBuffer("key".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    record.putSystem(CaseLayout.KEY_SLOT, key, 0, 3);

    assertThat(record.text(CaseLayout.KEY_SLOT)).isEqualTo("key");
    for (final Variable<?> variable : VARIABLES) {
      final Object found = record.find(variable).orElse(null);
      if (variable.type() == VariableType.BYTES && found != null) {
        assertThat((byte[]) found).isEqualTo((byte[]) model.get(variable));
      } else {
        assertThat(found).isEqualTo(model.get(variable));
      }
    }
    assertThat(record.length())
        .as("no gaps in the heap")
        .isEqualTo(layout.heapOffset + 8 + heapLength(model));
  }

  @Property(tries = 100)
  void shouldCopyEveryVariableToAnInstance(@ForAll("writes") final List<Write> writes) {
    final CaseRecord record = new CaseRecord(NoLargeReferences.NONE).create(layout, 5, 1, 0);
    writes.forEach(write -> set(record, write.variable(), write.value()));

    final CaseRecord copy = new CaseRecord(NoLargeReferences.NONE).create(layout, 6, 1, 0);
    copy.copyVariablesFrom(record);

    for (int slot = 0; slot < VARIABLES.size(); slot++) {
      assertThat(copy.value(slot)).usingRecursiveComparison().isEqualTo(record.value(slot));
    }
  }

  @Property(tries = 300)
  void shouldKeepOpenWorkItemsApartFromEachOtherAndFromTheVariables(
      @ForAll("writes") final List<Write> writes, @ForAll final long seed) {
    final CaseLayout wide = new CaseLayout(wide(), 0, 0);
    final CaseRecord record = new CaseRecord(NoLargeReferences.NONE).create(wide, 5, 1, 0);
    final Random random = new Random(seed);
    final TreeMap<Integer, Long> deadlines = new TreeMap<>();
    final Map<Integer, Integer> numbers = new HashMap<>();
    final Map<Variable<?>, Object> model = new HashMap<>();
    for (int step = 0; step < 100; step++) {
      final int task = 2 + random.nextInt(20); // behind the split and the join
      if (deadlines.remove(task) != null) {
        record.closeItem(task);
      } else {
        final long deadline = random.nextInt(30); // some are the same
        numbers.put(task, record.openItem(task, CaseRecord.ITEM_OFFERED, 0, deadline));
        record.setClaim(task, 7 + task);
        deadlines.put(task, deadline);
      }
      if (step < writes.size()) {
        final Write write = writes.get(step);
        set(record, write.variable(), write.value());
        model.put(write.variable(), write.value());
      }

      for (int i = 2; i < 22; i++) {
        final boolean open = deadlines.containsKey(i);
        assertThat(record.itemState(i) != CaseRecord.ITEM_NONE).isEqualTo(open);
        assertThat(record.itemNumber(i)).isEqualTo(open ? numbers.get(i) : 0);
        if (open) {
          assertThat(record.itemDeadlineNs(i)).isEqualTo(deadlines.get(i));
          assertThat(record.claim(i)).isEqualTo(7 + i);
        }
      }
      final long first =
          deadlines.values().stream().mapToLong(due -> due).min().orElse(CaseRecord.NEVER);
      assertThat(record.nextDueNs()).isEqualTo(first);
      assertThat(record.firstDue(Math.min(first, 1000) - 1)).isEqualTo(-1);
      if (!deadlines.isEmpty()) {
        final int oldest =
            deadlines.keySet().stream()
                .filter(due -> deadlines.get(due) == first)
                .min(Comparator.comparing(numbers::get))
                .orElseThrow();
        assertThat(record.firstDue(first)).isEqualTo(oldest);
        assertThat(record.firstDue(1000)).isEqualTo(oldest);
      }
      assertThat(record.lengthWithAllItems())
          .isEqualTo(wide.heapOffset + wide.tableLengthMax + heapLength(model));
    }
    for (final Variable<?> variable : VARIABLES) {
      assertThat(record.find(variable).orElse(null))
          .usingRecursiveComparison()
          .isEqualTo(model.get(variable));
    }
  }

  private static Workflow wide() {
    return Workflow.define("wide")
        .variables(VARIABLES.toArray(Variable[]::new))
        .parallel(
            fork -> {
              for (int i = 0; i < 20; i++) {
                final String name = "m" + i;
                fork.branch(branch -> branch.manual(name));
              }
            })
        .build();
  }

  private static int heapLength(final Map<Variable<?>, Object> model) {
    final UnsafeBuffer scratch = new UnsafeBuffer(new byte[1024]);
    return model.entrySet().stream()
        .filter(entry -> !entry.getKey().type().isFixedLength())
        .mapToInt(
            entry ->
                ValueCodec.encode(entry.getKey().type(), entry.getValue(), scratch, 0) + 7 & ~7)
        .sum();
  }

  @SuppressWarnings("unchecked")
  private void set(final CaseRecord record, final Variable<?> variable, final Object value) {
    final Changes changes =
        new Changes(record.layout().workflow).set((Variable<Object>) variable, value);
    record.apply(changes.buffer(), 0, changes.length());
  }

  @Example
  void shouldRefuseARecordOfAnotherVersion() {
    final CaseRecord record = new CaseRecord(NoLargeReferences.NONE).create(layout, 5, 1, 0);
    record.checkVersion();
    record.buffer().putShort(CaseRecord.VERSION_OFFSET, (short) 2, LITTLE_ENDIAN);

    assertThatThrownBy(record::checkVersion)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("case=5, version=2, expected=3");
  }

  @Example
  void shouldKeepTheLayoutThatDirectoriesHave() {
    assertThat(CaseRecord.LENGTH_OFFSET).isZero();
    assertThat(CaseRecord.VERSION_OFFSET).isEqualTo(4);
    assertThat(CaseRecord.STATUS_OFFSET).isEqualTo(6);
    assertThat(CaseRecord.CASE_ID_OFFSET).isEqualTo(8);
    assertThat(CaseRecord.CASE_VERSION_OFFSET).isEqualTo(16);
    assertThat(CaseRecord.DEFINITION_OFFSET).isEqualTo(24);
    assertThat(CaseRecord.NET_OFFSET).isEqualTo(28);
    assertThat(CaseRecord.PARENT_OFFSET).isEqualTo(32);
    assertThat(CaseRecord.PARENT_TASK_OFFSET).isEqualTo(40);
    assertThat(CaseRecord.INSTANCE_OFFSET).isEqualTo(44);
    assertThat(CaseRecord.STARTED_OFFSET).isEqualTo(56);
    assertThat(CaseRecord.ENDED_OFFSET).isEqualTo(64);
    assertThat(CaseRecord.DEADLINE_OFFSET).isEqualTo(72);
    assertThat(CaseRecord.ITEMS_OFFSET).isEqualTo(80);
    assertThat(CaseRecord.FAILED_TASK_OFFSET).isEqualTo(84);
    assertThat(CaseRecord.TRACE_OFFSET).isEqualTo(88);
    assertThat(CaseLayout.HEADER_LENGTH).isEqualTo(120);
    assertThat(CaseLayout.ITEM_LENGTH).isEqualTo(56);
    assertThat(CaseRecord.DEPTH_OFFSET).isEqualTo(7);
    assertThat(CaseRecord.RUNNING_ON_OFFSET).isEqualTo(48);
    assertThat(CaseRecord.PARENT_ITEM_OFFSET).isEqualTo(52);
    assertThat(CaseRecord.VERSION).isEqualTo(4);
  }
}
