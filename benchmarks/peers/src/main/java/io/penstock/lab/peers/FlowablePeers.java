package io.penstock.lab.peers;

import io.penstock.lab.peer.Peer;
import io.penstock.spi.Durability;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.flowable.common.engine.impl.history.HistoryLevel;
import org.flowable.engine.ProcessEngine;
import org.flowable.engine.ProcessEngineConfiguration;
import org.flowable.engine.RuntimeService;
import org.flowable.engine.delegate.DelegateExecution;
import org.flowable.engine.delegate.JavaDelegate;
import org.flowable.engine.impl.cfg.StandaloneProcessEngineConfiguration;

/** Flowable: a case is one transaction of the caller's thread; jobs are off. */
public final class FlowablePeers implements Peer.Source {
  /** Made by {@link java.util.ServiceLoader}. */
  public FlowablePeers() {}

  @Override
  public List<Peer> peers() {
    return Arrays.stream(Keeping.values()).<Peer>map(Flowable::new).toList();
  }

  private record Flowable(Keeping keeping) implements Peer {
    @Override
    public String name() {
      return "Flowable 7.2, " + keeping.words();
    }

    @Override
    public Durability durability() {
      return keeping.durability();
    }

    @Override
    public Session open(final Path directory) {
      final StandaloneProcessEngineConfiguration configuration = new WithoutMail();
      configuration.setJdbcUrl(keeping.url(directory));
      configuration.setJdbcDriver("org.h2.Driver");
      configuration.setJdbcUsername("sa");
      configuration.setJdbcPassword("");
      configuration.setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE);
      configuration.setHistoryLevel(
          switch (keeping) {
            case NOTHING -> HistoryLevel.NONE;
            case OUTCOME_IN_MEMORY, OUTCOME_IN_FILE -> HistoryLevel.INSTANCE;
            case ALL_IN_FILE -> HistoryLevel.FULL;
          });
      configuration.setAsyncExecutorActivate(false);
      configuration.setDisableIdmEngine(true);
      configuration.setDisableEventRegistry(true);
      final ProcessEngine engine = configuration.buildProcessEngine();
      engine
          .getRepositoryService()
          .createDeployment()
          .addString(
              AtmModel.FILE, AtmModel.xml("http://flowable.org/bpmn", Nothing.class, Covered.class))
          .deploy();
      return new OpenFlowable(keeping, engine);
    }
  }

  /** The mail library is left out of the class path. */
  private static final class WithoutMail extends StandaloneProcessEngineConfiguration {
    @Override
    public void initMailClients() {}
  }

  private static final class OpenFlowable implements Peer.Session {
    private final Keeping keeping;
    private final ProcessEngine engine;
    private final RuntimeService runtime;
    private long cases;

    OpenFlowable(final Keeping keeping, final ProcessEngine engine) {
      this.keeping = keeping;
      this.engine = engine;
      runtime = engine.getRuntimeService();
    }

    @Override
    public void run(final long index) {
      final Map<String, Object> variables = Map.of("account", 42L, "amount", 100.0);
      if (!runtime.startProcessInstanceByKey(AtmModel.ID, variables).isEnded()) {
        throw new IllegalStateException("case must end: index=" + index);
      }
      cases++;
    }

    @Override
    public void close() {
      final long found =
          engine.getHistoryService().createHistoricProcessInstanceQuery().finished().count();
      engine.close();
      keeping.check(cases, found);
    }
  }

  /** Does nothing. */
  public static final class Nothing implements JavaDelegate {
    /** Made by the engine. */
    public Nothing() {}

    @Override
    public void execute(final DelegateExecution execution) {}
  }

  /** Says that the account covers the amount. */
  public static final class Covered implements JavaDelegate {
    /** Made by the engine. */
    public Covered() {}

    @Override
    public void execute(final DelegateExecution execution) {
      execution.setVariable("covered", true);
    }
  }
}
