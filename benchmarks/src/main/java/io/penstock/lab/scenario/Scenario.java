package io.penstock.lab.scenario;

/** One question, and how it is asked. Holds no state of a run. */
public interface Scenario {
  /**
   * What one types to run it.
   *
   * @return lower case, words joined by hyphens
   */
  String name();

  /**
   * What it asks.
   *
   * @return one sentence
   */
  String meaning();

  /**
   * Runs once.
   *
   * @param trial is told what was measured, and what must be true of it
   * @throws Exception when it could not be measured
   */
  void run(Trial trial) throws Exception;
}
