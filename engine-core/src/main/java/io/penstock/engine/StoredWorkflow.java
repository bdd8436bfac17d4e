package io.penstock.engine;

import io.penstock.workflow.TaskKind;
import io.penstock.workflow.VariableType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * A workflow as it stands in a directory, without its code: what is needed to read its cases.
 *
 * @param definition number by which case records name it, in their shard
 * @param name its name
 * @param version its version
 * @param fingerprint of its structure
 * @param nets its nets; the first is the workflow itself, the others its sub-workflows and repeated
 *     blocks
 * @param variables its variables, in the order of their slots
 */
public record StoredWorkflow(
    int definition,
    String name,
    int version,
    long fingerprint,
    List<StoredNet> nets,
    List<StoredVariable> variables) {
  private static final int WORDS = 3;

  /**
   * A net of a workflow.
   *
   * @param name its name
   * @param stateLength bytes that its marking takes in a case record
   * @param tasks its tasks by index
   */
  public record StoredNet(String name, int stateLength, List<StoredTask> tasks) {}

  /**
   * A task of a net.
   *
   * @param name unique in its net
   * @param kind who does it
   */
  public record StoredTask(String name, TaskKind kind) {}

  /**
   * A variable of a workflow.
   *
   * @param name its name
   * @param type what it holds
   */
  public record StoredVariable(String name, VariableType type) {}

  /** Reads the record of a workflow. */
  static StoredWorkflow decode(final int id, final DirectBuffer record, final int length) {
    Definition.checkFormat(id, record, 0);
    final int begin = Definition.descriptionOffset(record);
    final byte[] description = new byte[length - begin];
    record.getBytes(begin, description);
    final List<StoredNet> nets = new ArrayList<>();
    final List<StoredVariable> variables = new ArrayList<>();
    for (final String line : new String(description, StandardCharsets.UTF_8).lines().toList()) {
      final String[] words = line.split(" ", WORDS);
      switch (words[0]) {
        case "net" -> nets.add(new StoredNet(words[2], number(words[1]), new ArrayList<>()));
        case "task" ->
            nets.get(nets.size() - 1)
                .tasks()
                .add(new StoredTask(words[2], TaskKind.valueOf(words[1])));
        case "variable" ->
            variables.add(new StoredVariable(words[2], VariableType.valueOf(words[1])));
        default ->
            throw new IllegalArgumentException("line of a description must be known: " + words[0]);
      }
    }
    return new StoredWorkflow(
        id,
        Definition.name(record),
        Definition.version(record),
        Definition.fingerprint(record),
        nets,
        variables);
  }

  private static int number(final String word) {
    return Integer.parseInt(word);
  }
}
