package io.penstock.lab.peer;

import io.penstock.benchmarks.InlineAtm;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Penstock itself, at each durability: defaults, one shard, telemetry on. */
public final class PenstockPeers implements Peer.Source {
  /** Made by {@link java.util.ServiceLoader}. */
  public PenstockPeers() {}

  @Override
  public List<Peer> peers() {
    return Arrays.stream(Durability.values()).<Peer>map(Penstock::new).toList();
  }

  private record Penstock(Durability durability) implements Peer {
    @Override
    public String name() {
      return "Penstock " + durability;
    }

    @Override
    public Session open(final Path directory) {
      final EngineOptions options = EngineOptions.defaults().shards(1).durability(durability);
      final Engine engine =
          durability == Durability.MEMORY
              ? Engine.inMemory(options)
              : Engine.open(directory, options);
      engine.deploy(InlineAtm.WORKFLOW);
      return new OpenPenstock(engine);
    }
  }

  private record OpenPenstock(Engine engine) implements Peer.Session {
    @Override
    public void run(final long index) {
      check(InlineAtm.start(engine));
    }

    @Override
    public void runMany(final long first, final int count) {
      final List<CompletableFuture<CaseHandle>> started = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        started.add(InlineAtm.startAsync(engine, "many-" + (first + i)));
      }
      started.forEach(each -> check(each.join()));
    }

    private static void check(final CaseHandle withdrawal) {
      if (withdrawal.join() != Outcome.COMPLETED) {
        throw new IllegalStateException("case must complete: case=" + withdrawal);
      }
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
