package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.spi.VirtualClock;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One case for each name of a workflow and key, whatever is deployed, changed or restarted. */
@Timeout(60)
class StartKeysTest {
  private static final Variable<Long> AMOUNT = Variable.ofLong("amount");
  private static final Variable<String> NOTE = Variable.ofString("note");

  @TempDir Path directory;
  private final VirtualClock clock = Engines.clock();
  private final AtomicInteger paid = new AtomicInteger();

  private Workflow pay(final int version) {
    return Workflow.define("pay")
        .version(version)
        .inlineTask("pay " + version, work -> paid.incrementAndGet())
        .build();
  }

  private EngineOptions options(final StorageOptions.View view) {
    return EngineOptions.defaults()
        .shards(1)
        .clock(clock)
        .store(new StorageProvider(StorageOptions.defaults().withView(view)));
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveTheFirstCaseThoughItsVersionIsNotDeployed(final StorageOptions.View view) {
    final long first;
    try (Engine engine = Engine.open(directory, options(view)).deploy(pay(1))) {
      first = engine.start(pay(1), "order-1", in -> {}).caseId();
    }

    try (Engine engine = Engine.open(directory, options(view)).deploy(pay(2))) {
      final CaseHandle again = engine.start(pay(2), "order-1", in -> {});
      assertThat(again.caseId()).isEqualTo(first);
      assertThat(again.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(engine.find(pay(2), "order-1")).map(CaseHandle::caseId).contains(first);
    }
    assertThat(paid).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void shouldFindCasesBeforeAnythingIsDeployed(final StorageOptions.View view) {
    final Workflow signed = Workflow.define("signed").manual("sign").build();
    final long running;
    final long ended;
    try (Engine engine = Engine.open(directory, options(view)).deploy(signed).deploy(pay(1))) {
      running = engine.start(signed, "a", in -> {}).caseId();
      ended = engine.start(pay(1), "a", in -> {}).caseId();
    }

    try (Engine engine = Engine.open(directory, options(view))) {
      assertThat(engine.find(signed, "a")).map(CaseHandle::caseId).contains(running);
      assertThat(engine.find(pay(1), "a")).map(CaseHandle::caseId).contains(ended);
      assertThat(engine.find(pay(1), "b")).isEmpty();
      assertThat(engine.handle(ended).join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  void shouldKnowTheKeyWhenTheStructureOfTheVersionChanged() {
    final StorageOptions.View view = StorageOptions.View.SLAB;
    final Workflow before = Workflow.define("w").variables(AMOUNT).inlineTask("t", w -> {}).build();
    final Workflow after =
        Workflow.define("w").variables(NOTE, AMOUNT).inlineTask("t", w -> {}).build();
    final long first;
    try (Engine engine = Engine.open(directory, options(view)).deploy(before)) {
      first = engine.start(before, "k", in -> in.set(AMOUNT, 1L)).caseId();
    }

    try (Engine engine = Engine.open(directory, options(view)).deploy(after)) {
      assertThat(engine.start(after, "k", in -> {}).caseId()).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldRememberTheKeyWhenTheCaseIsNoLongerKept(final StorageOptions.View view) {
    final EngineOptions options = options(view).endedCasesKept(2).startKeysKept(5);
    final List<Long> ids = new ArrayList<>();
    try (Engine engine = Engine.open(directory, options).deploy(pay(1))) {
      for (int i = 0; i < 20; i++) {
        ids.add(engine.start(pay(1), "k" + i, in -> {}).caseId());
      }
      assertRemembered(engine, ids);
    }

    try (Engine engine = Engine.open(directory, options).deploy(pay(2))) {
      assertRemembered(engine, ids);
    }
    assertThat(paid).hasValue(20);
  }

  /** Two cases are kept, five keys are remembered beside them. */
  private void assertRemembered(final Engine engine, final List<Long> ids) {
    for (int i = 13; i < 20; i++) {
      final CaseHandle found = engine.find(pay(2), "k" + i).orElseThrow();
      assertThat(found.caseId()).as("k%d", i).isEqualTo(ids.get(i));
      assertThat(found.status()).isEqualTo(i < 18 ? CaseStatus.UNKNOWN : CaseStatus.COMPLETED);
    }
    assertThat(engine.find(pay(2), "k12")).isEmpty();
  }

  @Test
  void shouldForgetAKeyWhenItsTimeIsOver() {
    final EngineOptions options =
        options(StorageOptions.View.SLAB).endedCasesKept(0).startKeysKeptFor(Duration.ofDays(30));
    try (Engine engine = Engine.open(directory, options).deploy(pay(1))) {
      final long first = engine.start(pay(1), "k", in -> {}).caseId();
      clock.advance(Duration.ofDays(30).minusNanos(1));
      assertThat(engine.start(pay(1), "k", in -> {}).caseId()).isEqualTo(first);
      clock.advance(Duration.ofNanos(1));
      assertThat(engine.find(pay(1), "k")).isEmpty();
      assertThat(engine.start(pay(1), "k", in -> {}).caseId()).isNotEqualTo(first);
    }
    assertThat(paid).hasValue(2);
  }

  @Test
  void shouldRememberKeysInBlocksWhenManyCasesEnd() {
    final EngineOptions options =
        options(StorageOptions.View.SLAB).endedCasesKept(1_000).startKeysKept(3_000);
    final List<Long> ids = new ArrayList<>();
    try (Engine engine = Engine.open(directory, options).deploy(pay(1))) {
      for (int i = 0; i < 10_000; i++) {
        ids.add(engine.start(pay(1), "key " + i, in -> {}).caseId());
      }
      for (int i = 6_000; i < 10_000; i++) {
        assertThat(engine.find(pay(1), "key " + i)).map(CaseHandle::caseId).contains(ids.get(i));
      }
      assertThat(engine.find(pay(1), "key 5000")).as("a block is at most 64 keys").isEmpty();
    }
  }

  @Test
  void shouldRefuseASecondStructureOfANameAndVersion() {
    final Workflow one = Workflow.define("w").variables(AMOUNT).manual("m").build();
    final Workflow other = Workflow.define("w").variables(AMOUNT, NOTE).manual("m").build();
    try (Engine engine = Engine.open(directory, options(StorageOptions.View.SLAB)).deploy(one)) {
      assertChanged(() -> engine.deploy(other));
      assertThatThrownBy(() -> engine.start(other, "b", in -> {}))
          .isInstanceOfSatisfying(
              CommandRejectedException.class,
              refused ->
                  assertThat(refused.rejection()).isEqualTo(Rejection.WORKFLOW_NOT_DEPLOYED));
      assertThat(engine.start(one, "a", in -> {}).status()).isEqualTo(CaseStatus.RUNNING);
    }
    try (Engine engine = Engine.open(directory, options(StorageOptions.View.SLAB))) {
      assertChanged(() -> engine.deploy(other));
      engine.deploy(one);
      assertThat(engine.find(one, "a")).isPresent();
    }
  }

  @Test
  void shouldTakeOneOfTwoStructuresThatAreDeployedAtTheSameTime() throws Exception {
    final ExecutorService callers = Executors.newFixedThreadPool(2);
    try (Engine engine = Engine.inMemory(EngineOptions.defaults().shards(4))) {
      for (int version = 1; version <= 200; version++) {
        final Workflow one = Workflow.define("w").version(version).manual("one").build();
        final Workflow other = Workflow.define("w").version(version).manual("other").build();
        final CountDownLatch go = new CountDownLatch(1);
        final List<Future<Boolean>> taken = new ArrayList<>();
        for (final Workflow workflow : List.of(one, other)) {
          taken.add(
              callers.submit(
                  () -> {
                    go.await();
                    return isDeployed(engine, workflow);
                  }));
        }
        go.countDown();
        assertThat(List.of(taken.get(0).get(), taken.get(1).get()))
            .as("version %d", version)
            .containsExactlyInAnyOrder(true, false);
      }
    } finally {
      callers.shutdownNow();
    }
  }

  private static boolean isDeployed(final Engine engine, final Workflow workflow) {
    try {
      engine.deploy(workflow);
      return true;
    } catch (final CommandRejectedException e) {
      assertThat(e.rejection()).isEqualTo(Rejection.WORKFLOW_CHANGED);
      return false;
    }
  }

  @Test
  void shouldTakeAWorkflowThatWasBuiltTwiceAsOne() {
    try (Engine engine = Engine.inMemory().deploy(pay(1))) {
      for (int i = 0; i < 100; i++) {
        engine.deploy(pay(1));
      }
      assertThat(engine.start(pay(1), in -> {}).join()).isEqualTo(Outcome.COMPLETED);
    }
    assertThat(paid).hasValue(1);
  }

  private static void assertChanged(final Runnable deployment) {
    assertThatThrownBy(deployment::run)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.WORKFLOW_CHANGED));
  }
}
