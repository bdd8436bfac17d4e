package io.penstock.lab.peers;

import io.penstock.lab.peer.Peer;
import io.penstock.spi.Durability;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Temporal's test server, which runs in the process and keeps its histories in memory, with a
 * worker in the same process. The steps are activities that the server hands out, or local ones,
 * which the worker runs by itself and reports together.
 */
public final class TemporalPeers implements Peer.Source {
  private static final String QUEUE = "atm";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Made by {@link java.util.ServiceLoader}. */
  public TemporalPeers() {}

  @Override
  public List<Peer> peers() {
    return List.of(new Temporal(true), new Temporal(false));
  }

  /** The five steps. */
  @ActivityInterface
  public interface Steps {
    /**
     * Does nothing.
     *
     * @param name of the step
     */
    @ActivityMethod
    void step(String name);

    /**
     * Checks the balance.
     *
     * @return true
     */
    @ActivityMethod
    boolean isCovered();
  }

  /** The withdrawal. */
  @WorkflowInterface
  public interface Withdrawal {
    /**
     * Runs a case.
     *
     * @param account debited
     * @param amount paid
     * @param isLocal whether the worker runs the steps by itself
     */
    @WorkflowMethod
    void run(long account, double amount, boolean isLocal);
  }

  /** Steps that do nothing. */
  public static final class NoSteps implements Steps {
    /** Registered as it is. */
    public NoSteps() {}

    @Override
    public void step(final String name) {}

    @Override
    public boolean isCovered() {
      return true;
    }
  }

  /** Five steps and a choice. */
  public static final class AtmWithdrawal implements Withdrawal {
    /** Made by the worker for each case. */
    public AtmWithdrawal() {}

    @Override
    public void run(final long account, final double amount, final boolean isLocal) {
      final Steps steps =
          isLocal
              ? Workflow.newLocalActivityStub(
                  Steps.class,
                  LocalActivityOptions.newBuilder().setStartToCloseTimeout(TIMEOUT).build())
              : Workflow.newActivityStub(
                  Steps.class,
                  ActivityOptions.newBuilder().setStartToCloseTimeout(TIMEOUT).build());
      steps.step("verify-pin");
      if (steps.isCovered()) {
        steps.step("dispense-cash");
        steps.step("update-balance");
        steps.step("print-receipt");
      } else {
        steps.step("decline");
      }
    }
  }

  private record Temporal(boolean isLocal) implements Peer {
    @Override
    public String name() {
      return isLocal ? "Temporal 1.38 test server, local" : "Temporal 1.38 test server";
    }

    @Override
    public Durability durability() {
      return Durability.MEMORY;
    }

    @Override
    public Session open(final Path directory) {
      final TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
      final Worker worker = environment.newWorker(QUEUE);
      worker.registerWorkflowImplementationTypes(AtmWithdrawal.class);
      worker.registerActivitiesImplementations(new NoSteps());
      environment.start();
      return new OpenTemporal(environment, isLocal);
    }
  }

  private record OpenTemporal(TestWorkflowEnvironment environment, boolean isLocal)
      implements Peer.Session {
    private static final int AT_ONCE = 100;

    @Override
    public void run(final long index) {
      withdrawal().run(index, 100.0, isLocal);
    }

    @Override
    public void runMany(final long first, final int count) {
      for (int from = 0; from < count; from += AT_ONCE) {
        final List<CompletableFuture<Void>> cases = new ArrayList<>();
        for (int i = from; i < Math.min(count, from + AT_ONCE); i++) {
          cases.add(WorkflowClient.execute(withdrawal()::run, first + i, 100.0, isLocal));
        }
        CompletableFuture.allOf(cases.toArray(CompletableFuture[]::new)).join();
      }
    }

    private Withdrawal withdrawal() {
      return environment
          .getWorkflowClient()
          .newWorkflowStub(
              Withdrawal.class, WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
    }

    @Override
    public void close() {
      environment.close();
    }
  }
}
