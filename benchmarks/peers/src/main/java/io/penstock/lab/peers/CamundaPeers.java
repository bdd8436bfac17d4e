package io.penstock.lab.peers;

import io.penstock.lab.peer.Peer;
import io.penstock.spi.Durability;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.history.HistoryLevel;
import org.camunda.bpm.engine.impl.history.event.HistoryEventType;
import org.camunda.bpm.engine.impl.history.event.HistoryEventTypes;

/** Camunda 7: a case is one transaction of the caller's thread; jobs are off. */
public final class CamundaPeers implements Peer.Source {
  /** Made by {@link java.util.ServiceLoader}. */
  public CamundaPeers() {}

  @Override
  public List<Peer> peers() {
    return Arrays.stream(Keeping.values()).<Peer>map(Camunda::new).toList();
  }

  private record Camunda(Keeping keeping) implements Peer {
    @Override
    public String name() {
      return "Camunda 7.24, " + keeping.words();
    }

    @Override
    public Durability durability() {
      return keeping.durability();
    }

    @Override
    public Session open(final Path directory) {
      final StandaloneProcessEngineConfiguration configuration =
          new StandaloneProcessEngineConfiguration();
      configuration.setJdbcUrl(keeping.url(directory));
      configuration.setJdbcDriver("org.h2.Driver");
      configuration.setJdbcUsername("sa");
      configuration.setJdbcPassword("");
      configuration.setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE);
      configuration.setCustomHistoryLevels(List.of(new OutcomeHistory()));
      configuration.setHistory(
          switch (keeping) {
            case NOTHING -> ProcessEngineConfiguration.HISTORY_NONE;
            case OUTCOME_IN_MEMORY, OUTCOME_IN_FILE -> OutcomeHistory.NAME;
            case ALL_IN_FILE -> ProcessEngineConfiguration.HISTORY_FULL;
          });
      configuration.setJobExecutorActivate(false);
      configuration.setMetricsEnabled(false);
      configuration.setEnforceHistoryTimeToLive(false);
      final ProcessEngine engine = configuration.buildProcessEngine();
      engine
          .getRepositoryService()
          .createDeployment()
          .addString(
              AtmModel.FILE,
              AtmModel.xml("http://camunda.org/schema/1.0/bpmn", Nothing.class, Covered.class))
          .deploy();
      return new OpenCamunda(keeping, engine);
    }
  }

  private static final class OpenCamunda implements Peer.Session {
    private final Keeping keeping;
    private final ProcessEngine engine;
    private final RuntimeService runtime;
    private long cases;

    OpenCamunda(final Keeping keeping, final ProcessEngine engine) {
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

  /** A history of process instances and of nothing else. */
  private static final class OutcomeHistory implements HistoryLevel {
    static final String NAME = "outcome";
    private static final int ID = 77;

    @Override
    public int getId() {
      return ID;
    }

    @Override
    public String getName() {
      return NAME;
    }

    @Override
    public boolean isHistoryEventProduced(final HistoryEventType type, final Object entity) {
      return type == HistoryEventTypes.PROCESS_INSTANCE_START
          || type == HistoryEventTypes.PROCESS_INSTANCE_END;
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
