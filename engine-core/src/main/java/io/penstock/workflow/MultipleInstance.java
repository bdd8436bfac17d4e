package io.penstock.workflow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A block that runs several times at once inside one task (WCP-12 to WCP-15, WCP-34 to WCP-36): how
 * many instances there are, when the task has enough of them, and what becomes of the rest.
 *
 * <p>Each instance is a case of its own with a copy of the variables; what it writes stays with it,
 * but for the reductions. Not changed any more once the workflow is built.
 */
public final class MultipleInstance {
  /** Most instances of one step. */
  public static final int COUNT_MAX = 10_000_000;

  private static final int COMPUTED = -1;

  private final int bodyNet;
  private final int count;
  private final @Nullable Variable<Long> countVariable;
  private final @Nullable ItemList<?> items;
  private final List<Reduction<?>> reductions = new ArrayList<>();
  private int untils;
  private int threshold;
  private @Nullable Guard enough;
  private Rest rest = Rest.WAIT;
  private boolean addable;
  private int maximum;
  private boolean keptOpen;
  private boolean detached;

  private MultipleInstance(
      final int bodyNet,
      final int count,
      final @Nullable Variable<Long> countVariable,
      final @Nullable ItemList<?> items) {
    this.bodyNet = bodyNet;
    this.count = count;
    this.countVariable = countVariable;
    this.items = items;
  }

  static MultipleInstance constant(final int bodyNet, final int count) {
    return new MultipleInstance(bodyNet, Math.max(count, 0), null, null);
  }

  static MultipleInstance computed(final int bodyNet, final Variable<Long> count) {
    return new MultipleInstance(bodyNet, COMPUTED, count, null);
  }

  static <T> MultipleInstance forEach(
      final int bodyNet, final Variable<T> item, final Items<T> items) {
    return new MultipleInstance(bodyNet, COMPUTED, null, new ItemList<>(item, items));
  }

  /**
   * Makes a multiple instance of all that can be said of one, for tools that keep workflows in a
   * form of their own; {@link Block#instances} and its modifiers are for people.
   *
   * @param terms what is said; contradictions are found when the workflow is built
   * @return the multiple instance
   */
  public static MultipleInstance of(final Terms terms) {
    final MultipleInstance made =
        new MultipleInstance(
            terms.bodyNet(),
            terms.countVariable() == null && terms.items() == null
                ? Math.max(terms.count(), 0)
                : COMPUTED,
            terms.countVariable(),
            terms.items());
    terms.reductions().forEach(made::reduce);
    if (terms.threshold() > 0) {
      made.until(terms.threshold(), terms.rest());
    }
    if (terms.enough() != null) {
      made.until(terms.enough(), terms.rest());
    }
    if (terms.maximum() > 0) {
      made.addable(terms.maximum());
    }
    made.keptOpen = terms.keptOpen();
    made.detached = terms.detached();
    return made;
  }

  /**
   * All that is said of the instances.
   *
   * @return what {@link #of} makes an equal one of
   */
  public Terms terms() {
    return new Terms(
        bodyNet,
        Math.max(count, 0),
        countVariable,
        items,
        threshold,
        enough,
        rest,
        addable ? maximum : 0,
        keptOpen,
        detached,
        reductions);
  }

  <V> void reduce(final Reduction<V> reduction) {
    reductions.add(reduction);
  }

  void until(final int newThreshold, final Rest newRest) {
    untils++;
    threshold = newThreshold;
    rest = newRest;
  }

  void until(final Guard guard, final Rest newRest) {
    untils++;
    enough = guard;
    rest = newRest;
  }

  void addable(final int newMaximum) {
    addable = true;
    maximum = newMaximum;
  }

  void keepOpen() {
    keptOpen = true;
  }

  void detach() {
    detached = true;
  }

  /** Whether the task may be passed over because there is no instance. */
  boolean mayBeNone() {
    return count == COMPUTED;
  }

  /** What contradicts itself in what was said of the step. */
  List<String> faults(final TaskDefinition task) {
    final List<String> faults = new ArrayList<>();
    final String name = task.name();
    if (count == 0 || count > COUNT_MAX) {
      faults.add(
          "number of instances must be from 1 to "
              + COUNT_MAX
              + ": task="
              + name
              + "; let a variable say it where it may be 0");
    }
    if (addable && (maximum < Math.max(count, 1) || maximum > COUNT_MAX)) {
      faults.add(
          "maximum of instances must be from their number to "
              + COUNT_MAX
              + ": task="
              + name
              + ", instances="
              + countText()
              + ", maximum="
              + maximum);
    }
    if (untils > 1) {
      faults.add("until must be said once: task=" + name);
    }
    if (untils > 0 && enough == null && (threshold < 1 || threshold > most())) {
      faults.add(
          "threshold must be from 1 to the number of instances: task="
              + name
              + ", instances="
              + (addable ? maximum : countText())
              + ", threshold="
              + threshold);
    }
    if (keptOpen && !addable) {
      faults.add("step that is kept open must be addable: task=" + name);
    }
    if (detached && (untils > 0 || addable || !reductions.isEmpty())) {
      faults.add(
          "detached step completes at once, so it must not have until, addable or reduce: task="
              + name);
    }
    if (detached && items == null && task.deadline() != null) {
      faults.add("detached step completes at once, so it must not have a deadline: task=" + name);
    }
    return faults;
  }

  private String countText() {
    return count == COMPUTED ? "computed" : Integer.toString(count);
  }

  private int most() {
    if (addable) {
      return maximum;
    }
    return count == COMPUTED ? COUNT_MAX : count;
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
   * The list of which each instance gets an item.
   *
   * @return where it comes from, or null when the instances are only counted
   */
  public @Nullable ItemList<?> items() {
    return items;
  }

  /**
   * The variable that says how many instances there are.
   *
   * @return the variable, or null when the number is constant or that of a list
   */
  public @Nullable Variable<Long> countVariable() {
    return countVariable;
  }

  /**
   * How many instances there are, where a list does not say it.
   *
   * @param values the variables of the case when the task starts
   * @return the number as it was said, which may be out of range, or null when the variable has no
   *     value
   */
  public @Nullable Long count(final Values values) {
    return countVariable == null ? (Long) (long) count : values.find(countVariable).orElse(null);
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
   * Whether the task needs no more instances to complete.
   *
   * @param completed instances that have completed
   * @param values the variables of the case, with what those have left
   * @return true when the threshold is reached or the guard holds
   */
  public boolean isEnough(final int completed, final Values values) {
    return (threshold > 0 && completed >= threshold) || (enough != null && enough.test(values));
  }

  /**
   * How many instances are enough.
   *
   * @return the number, or 0 when all are needed or a guard says it
   */
  public int threshold() {
    return threshold;
  }

  /**
   * The guard that says when there are enough.
   *
   * @return the guard, or null when all are needed or a number says it
   */
  public @Nullable Guard enough() {
    return enough;
  }

  /**
   * What becomes of the instances that run when there are enough.
   *
   * @return the rest's fate
   */
  public Rest rest() {
    return rest;
  }

  /**
   * Whether instances may be added while the task is busy (WCP-15).
   *
   * @return true when they may
   */
  public boolean isAddable() {
    return addable;
  }

  /**
   * Up to how many instances in all may be added.
   *
   * @return the number, 0 when none may be added
   */
  public int maximum() {
    return maximum;
  }

  /**
   * Whether the task waits for more instances until it is closed.
   *
   * @return true when it does not complete by itself before it is closed
   */
  public boolean isKeptOpen() {
    return keptOpen;
  }

  /**
   * Whether the task completes as soon as its instances run (WCP-12).
   *
   * @return true when nobody waits for them
   */
  public boolean isDetached() {
    return detached;
  }

  /**
   * A list of items and where each instance finds its own.
   *
   * @param <T> type of the items
   * @param item variable of the instance
   * @param items makes the list
   */
  public record ItemList<T>(Variable<T> item, Items<T> items) {}

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

  /**
   * What is said of the instances of a task. Immutable.
   *
   * @param bodyNet index of the net that an instance runs on
   * @param count how many instances, where neither a variable nor a list says it; else 0
   * @param countVariable says how many instances, or null
   * @param items makes a list with an item for each instance, or null
   * @param threshold how many completed instances are enough, or 0
   * @param enough says when there are enough, or null
   * @param rest what becomes of the others when there are enough
   * @param maximum up to how many instances may be added, or 0
   * @param keptOpen whether the task waits for more until it is closed
   * @param detached whether nobody waits for the instances
   * @param reductions what comes back of the instances
   */
  public record Terms(
      int bodyNet,
      int count,
      @Nullable Variable<Long> countVariable,
      @Nullable ItemList<?> items,
      int threshold,
      @Nullable Guard enough,
      Rest rest,
      int maximum,
      boolean keptOpen,
      boolean detached,
      List<Reduction<?>> reductions) {
    /**
     * Keeps a copy.
     *
     * @param bodyNet index of the net
     * @param count how many instances
     * @param countVariable says how many
     * @param items makes a list
     * @param threshold how many are enough
     * @param enough says when there are enough
     * @param rest what becomes of the others
     * @param maximum up to how many may be added
     * @param keptOpen whether the task waits for more
     * @param detached whether nobody waits
     * @param reductions what comes back
     */
    public Terms {
      reductions = List.copyOf(reductions);
    }
  }
}
