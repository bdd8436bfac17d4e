package io.penstock.lab.scenario;

import java.util.List;
import java.util.stream.Stream;

/** All that the lab can ask, in the order in which it is reported. */
public final class Scenarios {
  private static final List<Scenario> ALL =
      Stream.concat(
              Stream.of(
                  AtmLoad.steady(),
                  AtmLoad.ramp(),
                  AtmLoad.burst(),
                  AtmLoad.spike(),
                  new MixedLoad(),
                  new BreakingPoint(),
                  new Overload(),
                  new Soak(),
                  new MemoryGrowth(),
                  new DeployAndExecute(),
                  new TaskChains(),
                  new Governors(),
                  new ActionExecutor(),
                  new Distribution(),
                  new Voting(),
                  new LedgerReceipts(),
                  new CrudMix(),
                  new HotReads(),
                  new Guards(),
                  new PeersSideBySide()),
              Scaling.all().stream())
          .toList();

  private Scenarios() {}

  /**
   * All of them.
   *
   * @return the scenarios, each with a name of its own
   */
  public static List<Scenario> all() {
    return ALL;
  }
}
