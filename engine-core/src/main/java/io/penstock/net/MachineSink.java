package io.penstock.net;

/**
 * What the machine asks and tells while it plays; implemented by the shard's kernel. Task numbers
 * are indices of the net.
 */
public interface MachineSink {
  /**
   * Judges a guard on the data of the case.
   *
   * @param guard index given to {@link NetBuilder}
   * @return whether it holds
   */
  boolean guard(int guard);

  /**
   * The machine started an automatic task: it is busy until it is completed or cancelled.
   *
   * @param task index of the task
   */
  void started(int task);

  /**
   * A task waits for the environment to start it.
   *
   * @param task index of the task
   */
  void offered(int task);

  /**
   * An offered task lost its tokens before anybody started it.
   *
   * @param task index of the task
   */
  void withdrawn(int task);

  /**
   * A busy task was cancelled by a cancellation region; its late result must be refused.
   *
   * @param task index of the task
   */
  void cancelled(int task);

  /**
   * A routing task went through.
   *
   * @param task index of the task
   */
  void routed(int task);

  /**
   * A split found no true guard and has no default: an error, never a lost token (WCP-04).
   *
   * @param task index of the task
   */
  void noBranch(int task);

  /**
   * An OR-join waits because it could not be decided within its budget, not because a token is sure
   * to come.
   *
   * @param task index of the task
   */
  default void undecided(final int task) {}
}
