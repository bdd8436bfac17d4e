package io.penstock.lab.peers;

import static io.serverlessworkflow.fluent.func.dsl.FuncDSL.caseDefault;
import static io.serverlessworkflow.fluent.func.dsl.FuncDSL.caseOf;
import static io.serverlessworkflow.fluent.func.dsl.FuncDSL.cases;

import io.penstock.lab.peer.Peer;
import io.penstock.spi.Durability;
import io.serverlessworkflow.api.types.FlowDirectiveEnum;
import io.serverlessworkflow.api.types.Workflow;
import io.serverlessworkflow.fluent.func.FuncWorkflowBuilder;
import io.serverlessworkflow.impl.WorkflowApplication;
import io.serverlessworkflow.impl.WorkflowDefinition;
import io.serverlessworkflow.impl.WorkflowModel;
import io.serverlessworkflow.impl.persistence.DefaultPersistenceInstanceHandlers;
import io.serverlessworkflow.impl.persistence.PersistenceApplicationBuilder;
import io.serverlessworkflow.impl.persistence.PersistenceInstanceHandlers;
import io.serverlessworkflow.impl.persistence.mvstore.MVStorePersistenceStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The engine of the open workflow SDK, which Quarkus Flow runs on, with steps that are functions of
 * Java: in memory, and with its own store on a file. The store knows the cases that are on their
 * way, after each step, and forgets them at their end; a thread writes it to the file up to a
 * second later, so that what was acknowledged may be lost with the process.
 */
public final class OpenWorkflowPeers implements Peer.Source {
  /** Made by {@link java.util.ServiceLoader}. */
  public OpenWorkflowPeers() {}

  @Override
  public List<Peer> peers() {
    return List.of(new OpenWorkflow(false), new OpenWorkflow(true));
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // the SDK asks for the class of a map
  private static Workflow withdrawal() {
    return FuncWorkflowBuilder.workflow("atm-withdrawal")
        .tasks(
            steps ->
                steps
                    .function("verify-pin", task -> task.function(data -> data, Map.class))
                    .function(
                        "check-balance",
                        task -> task.function(OpenWorkflowPeers::covered, Map.class))
                    .switchCase(
                        "choice",
                        cases(
                            caseOf((Map data) -> (Boolean) data.get("covered"), Map.class)
                                .then("dispense-cash"),
                            caseDefault("decline")))
                    .function("dispense-cash", task -> task.function(data -> data, Map.class))
                    .function("update-balance", task -> task.function(data -> data, Map.class))
                    .function(
                        "print-receipt",
                        task -> task.function(data -> data, Map.class).then(FlowDirectiveEnum.END))
                    .function("decline", task -> task.function(data -> data, Map.class)))
        .build();
  }

  private static Map<String, Object> covered(final Map<String, Object> data) {
    final Map<String, Object> changed = new HashMap<>(data);
    changed.put("covered", true);
    return changed;
  }

  private record OpenWorkflow(boolean isStored) implements Peer {
    @Override
    public String name() {
      return isStored ? "open workflow SDK 7.13, file behind" : "open workflow SDK 7.13";
    }

    @Override
    public Durability durability() {
      return Durability.MEMORY;
    }

    @Override
    public Session open(final Path directory) {
      if (!isStored) {
        return OpenApplication.of(WorkflowApplication.builder().build(), null);
      }
      final PersistenceInstanceHandlers handlers =
          DefaultPersistenceInstanceHandlers.from(
              new MVStorePersistenceStore(directory.resolve("peer.mv").toString()));
      return OpenApplication.of(
          PersistenceApplicationBuilder.builder(WorkflowApplication.builder(), handlers.writer())
              .build(),
          handlers);
    }
  }

  private record OpenApplication(
      WorkflowApplication application,
      WorkflowDefinition definition,
      @Nullable PersistenceInstanceHandlers handlers)
      implements Peer.Session {
    private static final int AT_ONCE = 100;

    static OpenApplication of(
        final WorkflowApplication application,
        final @Nullable PersistenceInstanceHandlers handlers) {
      return new OpenApplication(
          application, application.workflowDefinition(withdrawal()), handlers);
    }

    @Override
    public void run(final long index) {
      start(index).join();
    }

    @Override
    public void runMany(final long first, final int count) {
      for (int from = 0; from < count; from += AT_ONCE) {
        final List<CompletableFuture<WorkflowModel>> started = new ArrayList<>();
        for (int i = from; i < Math.min(count, from + AT_ONCE); i++) {
          started.add(start(first + i));
        }
        started.forEach(CompletableFuture::join);
      }
    }

    private CompletableFuture<WorkflowModel> start(final long index) {
      return definition.instance(Map.of("account", index, "amount", 100.0)).start();
    }

    @Override
    public void close() {
      application.close();
      if (handlers != null) {
        handlers.close();
      }
    }
  }
}
