package io.penstock.workflow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * A block that runs once for each item of a list (WCP-14: the number is known when the task
 * starts).
 *
 * <p>Each instance is a case of its own with a copy of the variables and its item; what it writes
 * stays with it, but for the reductions.
 *
 * @param <T> type of the items
 */
public final class ForEach<T> {
  private final int bodyNet;
  private final Variable<T> item;
  private final Items<T> items;
  private final List<Reduction<?>> reductions = new ArrayList<>();

  ForEach(final int bodyNet, final Variable<T> item, final Items<T> items) {
    this.bodyNet = bodyNet;
    this.item = item;
    this.items = items;
  }

  <V> void add(final Reduction<V> reduction) {
    reductions.add(reduction);
  }

  /**
   * The net of the block.
   *
   * @return index into {@link Workflow#nets()}
   */
  public int bodyNet() {
    return bodyNet;
  }

  /**
   * Where each instance finds its item.
   *
   * @return the variable
   */
  public Variable<T> item() {
    return item;
  }

  /**
   * Makes the list.
   *
   * @return the function
   */
  public Items<T> items() {
    return items;
  }

  /**
   * What is carried from the instances back to the case.
   *
   * @return the reductions
   */
  public List<Reduction<?>> reductions() {
    return List.copyOf(reductions);
  }

  /**
   * Makes the list of items; runs on a worker thread, may block and is tried again after a crash.
   *
   * @param <T> type of the items
   */
  @FunctionalInterface
  public interface Items<T> {
    /**
     * Makes the list.
     *
     * @param work the case's variables
     * @return the items, none of them null; may be empty
     * @throws Exception when it cannot be made; the task fails
     */
    Collection<T> of(Work work) throws Exception;
  }

  /**
   * Folds a variable of each completed instance into a variable of the case.
   *
   * @param <V> type of both
   * @param from variable of the instance; instances where it has no value are passed over
   * @param into variable of the case; the first value is taken as it is
   * @param operator associative and commutative, quick and without effects: it runs on the shard's
   *     thread
   */
  public record Reduction<V>(Variable<V> from, Variable<V> into, BinaryOperator<V> operator) {}
}
