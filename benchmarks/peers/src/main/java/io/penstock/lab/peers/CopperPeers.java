package io.penstock.lab.peers;

import io.penstock.lab.peer.Peer;
import io.penstock.spi.Durability;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copperengine.core.EngineIdProvider;
import org.copperengine.core.EngineIdProviderBean;
import org.copperengine.core.common.WorkflowRepository;
import org.copperengine.core.tranzient.TransientEngineFactory;
import org.copperengine.core.tranzient.TransientScottyEngine;
import org.copperengine.core.wfrepo.FileBasedWorkflowRepository;

/**
 * COPPER's engine without persistence: a workflow is a Java method that a pool of threads runs. Its
 * steps are plain calls, or the case goes back into the queue after each of them, which is what
 * makes a step one that another may come between.
 */
public final class CopperPeers implements Peer.Source {
  private static final String WORKFLOW = "AtmWorkflow";
  private static final String SOURCE = WORKFLOW + ".java.txt";

  /** Made by {@link java.util.ServiceLoader}. */
  public CopperPeers() {}

  @Override
  public List<Peer> peers() {
    return List.of(new Copper(false), new Copper(true));
  }

  private record Copper(boolean resubmits) implements Peer {
    @Override
    public String name() {
      return resubmits ? "COPPER 5.0, queued each step" : "COPPER 5.0, plain calls";
    }

    @Override
    public Durability durability() {
      return Durability.MEMORY;
    }

    @Override
    public Session open(final Path directory) throws IOException {
      final Path sources = Files.createDirectories(directory.resolve("sources"));
      try (InputStream source = CopperPeers.class.getResourceAsStream(SOURCE)) {
        if (source == null) {
          throw new IOException("workflow must be in the jar: name=" + SOURCE);
        }
        Files.copy(source, sources.resolve(WORKFLOW + ".java"));
      }
      return new OpenCopper(new Factory(sources, directory.resolve("classes")).create(), resubmits);
    }
  }

  /** Compiles the workflow for Java 8: COPPER reads no newer classes than those of Java 11. */
  private static final class Factory extends TransientEngineFactory {
    private final Path sources;
    private final Path classes;

    Factory(final Path sources, final Path classes) {
      this.sources = sources;
      this.classes = classes;
    }

    @Override
    protected File getWorkflowSourceDirectory() {
      return sources.toFile();
    }

    @Override
    protected WorkflowRepository createWorkflowRepository() {
      final FileBasedWorkflowRepository repository = new FileBasedWorkflowRepository();
      repository.setSourceDirs(sources.toString());
      repository.setTargetDir(classes.toString());
      repository.setCompilerOptions("-source", "8", "-target", "8", "-nowarn");
      return repository;
    }

    @Override
    protected EngineIdProvider createEngineIdProvider() {
      return new EngineIdProviderBean("peer");
    }
  }

  private record OpenCopper(TransientScottyEngine engine, boolean resubmits)
      implements Peer.Session {
    private static final long WAIT_S = 60;

    @Override
    public void run(final long index) throws Exception {
      runMany(index, 1);
    }

    @Override
    public void runMany(final long first, final int count) throws Exception {
      final CountDownLatch left = new CountDownLatch(count);
      for (int i = 0; i < count; i++) {
        final String id = engine.run(WORKFLOW, new Withdrawal(42, 100.0, resubmits, left));
        if (id == null) {
          throw new IllegalStateException("case must be taken in: index=" + (first + i));
        }
      }
      if (!left.await(WAIT_S, TimeUnit.SECONDS)) {
        throw new IllegalStateException("cases must end: left=" + left.getCount());
      }
    }

    @Override
    public void close() {
      engine.shutdown();
    }
  }

  /**
   * What a case works on.
   *
   * @param account debited
   * @param amount paid
   * @param resubmits whether it goes back into the queue after each step
   * @param left counts the cases that have not paid yet
   */
  public record Withdrawal(long account, double amount, boolean resubmits, CountDownLatch left) {}
}
