package io.penstock.telemetry;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Workflow;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of branches, and what of it survives the process. */
class RestingBranchesTest {
  private static final int BEFORE = 24; // of other observations, before what is saved here
  private static final long ORIGIN = HandClock.ORIGIN_NS;

  private final Sdk sdk = new Sdk();
  private final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();
  private final RestingBranches resting = new RestingBranches();

  @AfterEach
  void closeSdk() {
    sdk.close();
  }

  private static SpanContext command(final long number) {
    return SpanContext.create(
        "0123456789abcdeffedcba9876543210",
        SpanId.fromLong(number),
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }

  private List<String> links(final RestingBranches branches, final long traceKey)
      throws InterruptedException {
    final Span join = sdk.tracer.spanBuilder("join").startSpan();
    branches.link(traceKey, join);
    join.end();
    return sdk.spans(1).get(0).getLinks().stream()
        .map(LinkData::getSpanContext)
        .map(SpanContext::getSpanId)
        .toList();
  }

  private static List<String> ids(final long... numbers) {
    return Arrays.stream(numbers).mapToObj(SpanId::fromLong).toList();
  }

  private static RestingBranches restored(final ExpandableArrayBuffer source, final int length) {
    final RestingBranches branches = new RestingBranches();
    branches.restore(source, 0, length);
    return branches;
  }

  @Test
  void shouldComeBackAsItWasSaved() throws Exception {
    resting.add(1, command(11));
    resting.add(2, command(21));
    resting.add(1, command(12));
    resting.add(3, command(31));
    resting.forget(3);
    saved.setMemory(0, 1_000, (byte) 1); // of an earlier time
    final int length = BEFORE + resting.save(saved, BEFORE);
    assertThat(saved.getByte(BEFORE + 12 + ShardObserver.TRACE_LENGTH - 1)).isZero();

    final RestingBranches branches = restored(saved, length);

    assertThat(branches.hasNews()).isFalse();
    assertThat(links(branches, 1)).isEqualTo(ids(11, 12));
    assertThat(links(branches, 1)).as("they are joined only once").isEmpty();
    assertThat(links(branches, 2)).isEqualTo(ids(21));
    assertThat(links(branches, 3)).isEmpty();
    assertThat(branches.save(saved, 0)).as("nothing rests any more").isZero();
  }

  @Test
  void shouldHaveNewsWhenABranchComesToRestOrIsForgotten() {
    assertThat(resting.hasNews()).isFalse();
    resting.forget(1);
    assertThat(resting.hasNews()).isFalse();
    resting.add(1, command(11));
    assertThat(resting.hasNews()).isTrue();
    resting.save(saved, 0);
    assertThat(resting.hasNews()).isFalse();
    resting.forget(1);
    assertThat(resting.hasNews()).isTrue();
  }

  @Test
  void shouldForgetTheCaseThatRestsLongestWhenThereAreTooMany() throws Exception {
    for (int i = 1; i <= RestingBranches.CASES_MAX + 1; i++) {
      resting.add(i, command(i));
    }
    for (int i = 2; i <= 2 + RestingBranches.BRANCHES_MAX; i++) {
      resting.add(7, command(100_000 + i));
    }

    assertThat(links(resting, 1)).isEmpty();
    assertThat(links(resting, 2)).isEqualTo(ids(2));
    assertThat(links(resting, RestingBranches.CASES_MAX + 1)).hasSize(1);
    assertThat(links(resting, 7))
        .hasSize(RestingBranches.BRANCHES_MAX)
        .startsWith(SpanId.fromLong(100_003));
  }

  @Test
  void shouldSaveNoMoreThanItMayAndThenTheLatest() throws Exception {
    for (int i = 1; i <= RestingBranches.CASES_MAX; i++) {
      for (int branch = 0; branch < RestingBranches.BRANCHES_MAX; branch++) {
        resting.add(i, command(1_000L * i + branch));
      }
    }
    final int length = resting.save(saved, 0);

    assertThat(length)
        .isBetween(
            RestingBranches.SAVED_LENGTH_MAX - 600,
            RestingBranches.SAVED_LENGTH_MAX + RestingBranches.TRAILER_LENGTH);
    final RestingBranches branches = restored(saved, length);
    assertThat(links(branches, 1)).isEmpty();
    assertThat(links(branches, RestingBranches.CASES_MAX)).hasSize(RestingBranches.BRANCHES_MAX);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 24})
  void shouldTakeObservationsWithoutLinksForWhatTheyAre(final int length) {
    assertThat(restored(saved, length).save(saved, 0)).isZero();
  }

  @Test
  void shouldTakeWhatIsWholeOfWhatIsDamaged() throws Exception {
    resting.add(1, command(11));
    resting.add(2, command(21));
    final int length = BEFORE + resting.save(saved, BEFORE);
    saved.putInt(BEFORE + 12 + 32 + 8, 17, LITTLE_ENDIAN); // commands of the second case

    final RestingBranches branches = restored(saved, length);

    assertThat(links(branches, 1)).isEqualTo(ids(11));
    assertThat(links(branches, 2)).isEmpty();
  }

  @Test
  void shouldNeverFailByWhatIsDamaged() {
    final SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 20_000; round++) {
      final RestingBranches branches = new RestingBranches();
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        branches.add(random.nextInt(3), command(1 + random.nextInt(100)));
      }
      final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
      int length = BEFORE + branches.save(bytes, BEFORE);
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        final int at = random.nextInt(length / Integer.BYTES) * Integer.BYTES;
        bytes.putInt(at, random.nextBoolean() ? random.nextInt() : random.nextInt(200));
      }
      length = random.nextInt(4) == 0 ? random.nextInt(length) : length;
      final byte[] exact = new byte[length];
      bytes.getBytes(0, exact);

      new RestingBranches().restore(new UnsafeBuffer(exact), 0, length);
    }
  }

  @Test
  void shouldSaveWhatCameToRestByATimerAndCountsBesideIt() throws Exception {
    final HandClock clock = new HandClock();
    final Workflow workflow = Workflow.define("order").manual("pack").build();
    final Telemetry before = sdk.telemetry().create(clock, 1);
    final ShardScript script = new ShardScript(before, 0).deployed(0, workflow);
    script.shard.commandStarted(Operation.START, script.caller, 0, ORIGIN);
    script.shard.caseTaken(0, 77, true, script.trace, 0);
    script.shard.commandEnded(ORIGIN);
    script.shard.acknowledged(Operation.START, ORIGIN, ORIGIN + 5);
    script.shard.save(saved, ORIGIN, HandClock.EPOCH_NS);
    assertThat(script.shard.save(saved, ORIGIN, HandClock.EPOCH_NS)).as("nothing new").isZero();
    script.shard.commandStarted(Operation.FIRE_TIMER, new UnsafeBuffer(new byte[32]), 0, ORIGIN);
    script.shard.caseTaken(0, 77, false, script.trace, 0);
    script.shard.commandEnded(ORIGIN);
    final int length = script.shard.save(saved, ORIGIN, HandClock.EPOCH_NS);
    final List<SpanData> spans = sdk.spans(2);

    final Telemetry after = sdk.telemetry().create(clock, 1);
    final ShardScript next = new ShardScript(after, 0).deployed(0, workflow);
    next.shard.restore(saved, 0, length);
    next.shard.commandStarted(Operation.COMPLETE_WORK_ITEM, next.caller, 0, ORIGIN);
    next.shard.caseTaken(0, 77, false, script.trace, 0);
    next.shard.branchesJoined();
    next.shard.commandEnded(ORIGIN);

    assertThat(sdk.spans(1).get(0).getLinks())
        .extracting(link -> link.getSpanContext().getSpanId())
        .containsExactlyInAnyOrder(spans.get(0).getSpanId(), spans.get(1).getSpanId());
    assertThat(after.statuses(reads -> {}).get("W1")).isNotNull();
    assertThat(after.statuses(reads -> {}).get("W1").good()).isEqualTo(1);
    final Telemetry untraced =
        new PenstockTelemetry(TelemetryOptions.defaults().openTelemetry(OpenTelemetry.noop()))
            .create(clock, 1);
    untraced.shard(0).restore(saved, 0, length);
    assertThat(untraced.statuses(reads -> {}).get("W1").good())
        .as("who knows no links passes over them")
        .isEqualTo(1);
  }
}
