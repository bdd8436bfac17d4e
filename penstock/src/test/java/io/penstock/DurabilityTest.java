package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineClosedException;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.Durability;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.StoreProvider;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The named durabilities as a user chooses them. */
@Timeout(60)
class DurabilityTest {
  private final Workflow workflow = Workflow.define("signed").manual("sign").build();

  @ParameterizedTest
  @EnumSource
  void shouldRunAndFlushInEveryMode(final Durability durability, @TempDir final Path directory) {
    final Engine engine =
        Engine.open(directory, EngineOptions.defaults().durability(durability)).deploy(workflow);
    try (engine) {
      final CaseHandle signed = engine.start(workflow, "signed", in -> {});
      engine.flush();
      signed.complete("sign", in -> {});
      assertThat(signed.join()).isEqualTo(Outcome.COMPLETED);
      engine.flush();
    }
    assertThatThrownBy(engine::flush).isInstanceOf(EngineClosedException.class);
  }

  @Test
  void shouldAnswerEveryCallerWhenCommandsAreGatheredBeforeAForce(@TempDir final Path directory) {
    final EngineOptions options =
        EngineOptions.defaults()
            .durability(Durability.POWER_LOSS)
            .groupCommitDelay(Duration.ofMillis(2));
    try (Engine engine = Engine.open(directory, options).deploy(workflow)) {
      final List<CompletableFuture<CaseHandle>> starting = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        final String key = "key-" + i;
        starting.add(CompletableFuture.supplyAsync(() -> engine.start(workflow, key, in -> {})));
      }
      starting.forEach(start -> assertThat(start.join().status()).isEqualTo(CaseStatus.RUNNING));
    }
    try (Engine engine = Engine.open(directory, options).deploy(workflow)) {
      for (int i = 0; i < 50; i++) {
        assertThat(engine.find(workflow, "key-" + i)).isPresent();
      }
    }
  }

  /** The point of durability: what is appended is synced before anybody hears of it. */
  @Test
  void shouldAnswerOnlyWhenTheStoreHasSyncedWhatTheCommandChanged(@TempDir final Path directory) {
    final AtomicLong appended = new AtomicLong();
    final AtomicLong synced = new AtomicLong();
    final StoreProvider real = new StorageProvider();
    final EngineOptions options =
        EngineOptions.defaults()
            .shards(1)
            .store(
                (path, durability, shards) ->
                    new ForwardingStore(
                        real.open(path, durability, shards),
                        shard ->
                            new ForwardingStore.Shard(shard) {
                              @Override
                              public void append(final RecordBatch batch) {
                                super.append(batch);
                                appended.incrementAndGet();
                              }

                              @Override
                              public void sync() {
                                super.sync();
                                synced.set(appended.get());
                              }
                            }));
    try (Engine engine = Engine.open(directory, options).deploy(workflow)) {
      for (int i = 0; i < 1_000; i++) {
        final CaseHandle handle = engine.start(workflow, "key-" + i, in -> {});
        assertThat(synced.get()).as("start %d", i).isEqualTo(appended.get());
        handle.complete("sign", in -> {});
        assertThat(synced.get()).as("completion %d", i).isEqualTo(appended.get());
      }
    }
  }

  @Test
  void shouldRefuseAGroupCommitDelayOutOfRange() {
    assertThatThrownBy(() -> EngineOptions.defaults().groupCommitDelay(Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("groupCommitDelayNs=1000000000");
  }
}
