package io.penstock.engine;

import io.penstock.workflow.Workflow;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The workflows of one engine: one structure for each name and version, whichever of two callers
 * comes first. Shards know a workflow by its number here. A workflow that was built twice is the
 * same one; deployed again, it takes the place of the one before.
 *
 * <p>Safe for any thread; deploying is rare, looking up a number is one hash look-up.
 */
final class Deployments {
  private final ConcurrentMap<Version, Entry> entries = new ConcurrentHashMap<>();
  private final List<Workflow> byNumber = new CopyOnWriteArrayList<>();
  private final Queue<Integer> freeNumbers = new ConcurrentLinkedQueue<>();

  private record Version(String name, int version) {
    static Version of(final Workflow workflow) {
      return new Version(workflow.name(), workflow.version());
    }
  }

  /**
   * What is deployed, or about to be.
   *
   * @param number by which shards know it
   * @param fingerprint of its structure
   * @param underWay deployments that have not ended
   * @param isDeployed whether one has succeeded
   */
  private record Entry(int number, long fingerprint, int underWay, boolean isDeployed) {}

  /**
   * Begins a deployment.
   *
   * @return the number of the workflow
   * @throws CommandRejectedException {@link Rejection#WORKFLOW_CHANGED} when another structure of
   *     this name and version is deployed, or about to be
   */
  int begin(final Workflow workflow) {
    final Entry entry =
        entries.compute(
            Version.of(workflow),
            (version, known) -> {
              if (known == null) {
                return new Entry(newNumber(workflow), workflow.fingerprint(), 1, false);
              }
              if (known.fingerprint != workflow.fingerprint()) {
                throw new CommandRejectedException(
                    Rejection.WORKFLOW_CHANGED,
                    "workflow must have one structure for each version: workflow="
                        + workflow
                        + ", deployed fingerprint="
                        + Long.toHexString(known.fingerprint)
                        + ", other fingerprint="
                        + Long.toHexString(workflow.fingerprint())
                        + "; raise its version");
              }
              byNumber.set(known.number, workflow);
              return new Entry(
                  known.number, known.fingerprint, known.underWay + 1, known.isDeployed);
            });
    return entry.number;
  }

  /** Every shard has the workflow. */
  void succeeded(final Workflow workflow) {
    entries.computeIfPresent(
        Version.of(workflow),
        (version, known) -> new Entry(known.number, known.fingerprint, known.underWay - 1, true));
  }

  /** No shard has taken the workflow: its name and version are free if nobody else deploys it. */
  void refused(final Workflow workflow) {
    entries.computeIfPresent(
        Version.of(workflow),
        (version, known) -> {
          if (known.underWay == 1 && !known.isDeployed) {
            freeNumbers.add(known.number);
            return null;
          }
          return new Entry(known.number, known.fingerprint, known.underWay - 1, known.isDeployed);
        });
  }

  /** The number of a deployed workflow, or null. */
  @Nullable Integer number(final Workflow workflow) {
    final Entry entry = entries.get(Version.of(workflow));
    return entry != null && entry.isDeployed && entry.fingerprint == workflow.fingerprint()
        ? Integer.valueOf(entry.number)
        : null;
  }

  /** The workflow of a number. */
  Workflow get(final int number) {
    return byNumber.get(number);
  }

  private int newNumber(final Workflow workflow) {
    final Integer free = freeNumbers.poll();
    if (free != null) {
      byNumber.set(free, workflow);
      return free;
    }
    synchronized (byNumber) {
      byNumber.add(workflow);
      return byNumber.size() - 1;
    }
  }
}
