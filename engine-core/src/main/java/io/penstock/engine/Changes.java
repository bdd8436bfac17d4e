package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.workflow.Inputs;
import io.penstock.workflow.Priority;
import io.penstock.workflow.ValueTooLargeException;
import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import io.penstock.workflow.Workflow;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes to variables, as bytes: what a command brings to a case. Later writes of a variable win.
 *
 * <pre>
 *   int32 slot | int32 length | value, padded to 8 | ...
 * </pre>
 *
 * <p>Changes that stand in a record may refer to a {@linkplain LargeValues large value}: the length
 * is negative then, and the id of the value's record follows instead of the value. Not thread safe.
 */
final class Changes implements Inputs {
  static final int HEADER_LENGTH = 8;

  /** Longest value that a variable takes, in bytes. */
  static final int VALUE_LENGTH_MAX = 16 * 1024 * 1024;

  /** Longest changes that one command brings, in bytes. */
  static final int LENGTH_MAX = 4 * VALUE_LENGTH_MAX;

  private static final int LENGTH_INITIAL = 256;

  private ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(LENGTH_INITIAL);
  private Workflow workflow;
  private int length;
  private @Nullable Priority priority;

  Changes(final Workflow workflow) {
    this.workflow = workflow;
  }

  Changes reset(final Workflow newWorkflow) {
    workflow = newWorkflow;
    length = 0;
    priority = null;
    buffer = Buffers.trimmed(buffer, LENGTH_INITIAL);
    return this;
  }

  @Override
  public <T> Changes set(final Variable<T> variable, final T value) {
    final int slot = workflow.slot(variable);
    put(slot, variable, value);
    return this;
  }

  @Override
  public Changes priority(final Priority newPriority) {
    priority = newPriority;
    return this;
  }

  /** The priority that was set, or that of the workflow. */
  Priority priority() {
    return priority == null ? workflow.priority() : priority;
  }

  private void put(final int slot, final Variable<?> variable, final Object value) {
    final VariableType type = variable.type();
    if (!type.javaType().isInstance(value)) {
      throw new IllegalArgumentException(
          "value must have the variable's type: variable="
              + variable
              + ", value type="
              + (value == null ? null : value.getClass().getName()));
    }
    checkLength(variable, approximateLength(type, value));
    final int valueLength = ValueCodec.encode(type, value, buffer, length + HEADER_LENGTH);
    checkLength(variable, valueLength);
    if (valueLength > LENGTH_MAX - length) {
      throw new ValueTooLargeException(
          "variable=" + variable.name() + " and those before it", length + valueLength, LENGTH_MAX);
    }
    buffer.putInt(length, slot, LITTLE_ENDIAN);
    buffer.putInt(length + Integer.BYTES, valueLength, LITTLE_ENDIAN);
    length += HEADER_LENGTH + Wire.pad(buffer, length + HEADER_LENGTH, valueLength);
  }

  /** A lower bound that keeps an absurd value from being copied at all. */
  private static int approximateLength(final VariableType type, final Object value) {
    return switch (type) {
      case STRING -> ((String) value).length();
      case BYTES -> ((byte[]) value).length;
      default -> 0;
    };
  }

  private static void checkLength(final Variable<?> variable, final int valueLength) {
    if (valueLength > VALUE_LENGTH_MAX) {
      throw new ValueTooLargeException(
          "variable=" + variable.name(), valueLength, VALUE_LENGTH_MAX);
    }
  }

  /** Offset of the last write to a slot, or -1. */
  int find(final int slot) {
    int found = -1;
    for (int at = 0; at < length; at = next(buffer, at)) {
      if (slot(buffer, at) == slot) {
        found = at;
      }
    }
    return found;
  }

  Object valueAt(final int at, final VariableType type) {
    return ValueCodec.decode(type, buffer, at + HEADER_LENGTH, valueLength(buffer, at));
  }

  DirectBuffer buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  static int slot(final DirectBuffer changes, final int at) {
    return changes.getInt(at, LITTLE_ENDIAN);
  }

  static int valueLength(final DirectBuffer changes, final int at) {
    return changes.getInt(at + Integer.BYTES, LITTLE_ENDIAN);
  }

  static int next(final DirectBuffer changes, final int at) {
    final int valueLength = valueLength(changes, at);
    return at
        + HEADER_LENGTH
        + (valueLength < 0 ? LargeValues.REFERENCE_LENGTH : Wire.paddedLength(valueLength));
  }

  /** Bytes that some changes take in a record, where references stand for large values. */
  static int lengthInRecord(final DirectBuffer changes, final int offset, final int changesLength) {
    if (changesLength <= LargeValues.INLINE_LENGTH_MAX) {
      return changesLength;
    }
    int length = 0;
    for (int at = offset; at < offset + changesLength; at = next(changes, at)) {
      length += HEADER_LENGTH + LargeValues.lengthInRecord(valueLength(changes, at));
    }
    return length;
  }

  int lengthInRecord() {
    return lengthInRecord(buffer, 0, length);
  }
}
