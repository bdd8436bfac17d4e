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
import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import io.penstock.spi.StoreException;
import io.penstock.spi.StoreProvider;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shard whose storage fails under it: it stops, tells everybody, and loses nothing that it
 * acknowledged.
 */
@Timeout(60)
class StoppedShardTest {
  private final Workflow workflow = Workflow.define("signed").manual("sign").build();
  private final AtomicBoolean failing = new AtomicBoolean();

  @Test
  void shouldRefuseEverythingAndLoseNothingWhenTheStoreFails(@TempDir final Path directory) {
    try (Engine engine = Engine.open(directory, options()).deploy(workflow)) {
      final CaseHandle before = engine.start(workflow, "before", in -> {});
      final CompletableFuture<Outcome> waiting = CompletableFuture.supplyAsync(before::join);
      failing.set(true);

      assertStopped(() -> engine.start(workflow, "lost", in -> {}));
      failing.set(false);
      assertStopped(() -> engine.start(workflow, "after", in -> {}));
      assertStopped(before::cancel);
      assertThatThrownBy(waiting::join).hasCauseInstanceOf(CommandRejectedException.class);
    }

    try (Engine engine = Engine.open(directory, options()).deploy(workflow)) {
      final CaseHandle before = engine.find(workflow, "before").orElseThrow();
      assertThat(before.status()).isEqualTo(CaseStatus.RUNNING);
      assertThat(engine.find(workflow, "lost")).isEmpty();
      before.complete("sign", in -> {});
      assertThat(before.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  private static void assertStopped(final Runnable command) {
    assertThatThrownBy(command::run)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.SHARD_STOPPED));
  }

  private EngineOptions options() {
    final StoreProvider real = new StorageProvider();
    return EngineOptions.defaults()
        .shards(1)
        .store(
            (path, durability, shards) ->
                new ForwardingStore(real.open(path, durability, shards), FailingShard::new));
  }

  /** The real one, but appends fail while they are told to. */
  private final class FailingShard extends ForwardingStore.Shard {
    FailingShard(final ShardStore store) {
      super(store);
    }

    @Override
    public void append(final RecordBatch batch) {
      if (failing.get()) {
        throw new StoreException("no room, says the test");
      }
      super.append(batch);
    }
  }
}
