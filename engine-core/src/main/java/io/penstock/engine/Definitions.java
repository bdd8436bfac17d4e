package io.penstock.engine;

import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The workflows that one shard knows, deployed or not; ids are consecutive from 1. Changed by the
 * shard's thread, read by any.
 */
final class Definitions {
  private final List<Definition> byId = new CopyOnWriteArrayList<>();

  /** By the number of the workflow that was deployed; the shard's. */
  private final Int2ObjectHashMap<Definition> byWorkflowNumber = new Int2ObjectHashMap<>();

  private int recoveredCount;

  /** Name of a definition that cases are of and the store has lost; no workflow is ever of it. */
  private static final String LOST = "(lost)";

  /** Before a recovery: no definition has a case yet. */
  void beginRecovery() {
    byId.removeIf(definition -> definition.name.equals(LOST));
    for (final Definition definition : byId) {
      definition.runningCount = 0;
      definition.parked.clear();
    }
    recoveredCount = 0;
  }

  /**
   * Takes in a recovered definition; they may come in any order. One that is known already stays
   * deployed.
   */
  void recover(final int id, final DirectBuffer record, final int offset, final int length) {
    recoveredCount++;
    if (byId.stream().anyMatch(known -> known.id == id)) {
      return;
    }
    final List<Definition> sorted = new ArrayList<>(byId);
    sorted.add(Definition.decode(id, record, offset, length));
    sorted.sort((one, other) -> Integer.compare(one.id, other.id));
    byId.clear();
    byId.addAll(sorted);
  }

  /** After the last definition: those that the store does not have are none. */
  void endRecovery() {
    while (byId.size() > recoveredCount) {
      byId.remove(byId.size() - 1);
    }
    byWorkflowNumber.values().retainAll(byId);
    fillGaps();
  }

  /** Ids stay consecutive when a damaged directory was opened without some definitions. */
  private void fillGaps() {
    for (int i = 0; i < byId.size(); i++) {
      if (byId.get(i).id != i + 1) {
        byId.add(i, lost(i + 1));
      }
    }
  }

  /** The definition of a recovered case; its cases rest when the store has lost it. */
  Definition ofRecovered(final int id) {
    while (byId.size() < id) {
      byId.add(lost(byId.size() + 1));
    }
    return get(id);
  }

  private static Definition lost(final int id) {
    return Definition.lost(id, LOST);
  }

  Definition get(final int id) {
    return byId.get(id - 1);
  }

  /** The definition that a workflow was deployed as, or null. */
  @Nullable Definition deployed(final int workflowNumber) {
    return byWorkflowNumber.get(workflowNumber);
  }

  /** Deploys a workflow. */
  void deploy(final Definition definition, final int workflowNumber, final Workflow workflow) {
    definition.deploy(workflowNumber, workflow);
    byWorkflowNumber.put(workflowNumber, definition);
  }

  Optional<Definition> find(final Workflow workflow) {
    return byId.stream().filter(definition -> definition.isOf(workflow)).findFirst();
  }

  /** A definition of the same name and version, another structure, and cases that still run. */
  Optional<Definition> findConflict(final Workflow workflow) {
    return byId.stream()
        .filter(
            definition ->
                definition.name.equals(workflow.name()) && definition.version == workflow.version())
        .filter(definition -> !definition.isOf(workflow) && definition.runningCount > 0)
        .findFirst();
  }

  Definition add(final Workflow workflow) {
    final Definition definition = Definition.of(byId.size() + 1, workflow);
    byId.add(definition);
    return definition;
  }

  List<Definition> all() {
    return byId;
  }

  /** The layout of a record by its header. */
  CaseLayout layout(final CaseRecord record) {
    return layout(record, record.netIndex());
  }

  /** The layout of another net of a record's workflow. */
  CaseLayout layout(final CaseRecord record, final int net) {
    final Definition definition = get(record.definitionId());
    final Definition.Deployed deployed = definition.deployed();
    if (deployed == null) {
      throw new CommandRejectedException(
          Rejection.WORKFLOW_NOT_DEPLOYED,
          "workflow must be deployed before its cases are used: workflow="
              + definition.name
              + ", version="
              + definition.version
              + "; deploy it after opening the engine");
    }
    return deployed.layouts().get(net);
  }
}
