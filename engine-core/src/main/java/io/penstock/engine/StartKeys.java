package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Which case was started with which key: one for each name of a workflow and key, whatever versions
 * there are and whether any is deployed. Finds the cases that are kept, and those that are not but
 * whose keys are still remembered. Belongs to the shard's thread.
 */
final class StartKeys {
  /** Blocks that go with one command at most. */
  private static final int BLOCKS_FORGOTTEN_AT_ONCE = 4;

  private final CaseFile file;
  private final Definitions definitions;
  private final CaseIndex index;
  private final RememberedKeys remembered;

  /** Where the key lies that was looked at last. */
  private int keyOffset;

  private int keyLength;

  /** The case of the key that a block was searched for, 0 when it does not have it. */
  private long caseInBlock;

  StartKeys(
      final CaseFile file,
      final Definitions definitions,
      final CaseIndex index,
      final RememberedKeys remembered) {
    this.file = file;
    this.definitions = definitions;
    this.index = index;
    this.remembered = remembered;
  }

  /** Takes in the key of a new or recovered case; gives its hash, or {@link CaseIndex#NO_KEY}. */
  long add(final DirectBuffer record, final int offset) {
    final Definition definition = definition(record, offset);
    lookAt(definition, record, offset);
    if (keyLength == 0) {
      return CaseIndex.NO_KEY;
    }
    final long hash = index.hash(definition.name, record, keyOffset, keyLength);
    index.addKey(hash, record.getLong(offset + CaseRecord.CASE_ID_OFFSET, LITTLE_ENDIAN));
    return hash;
  }

  /** Takes in a recovered block of remembered keys. */
  void recover(final long blockId, final DirectBuffer block, final int offset) {
    remembered.recover(
        blockId,
        block,
        offset,
        (caseId, definition, buffer, at, length) ->
            index.addKey(hash(definition, buffer, at, length), blockId));
  }

  /** After the last record. */
  void recovered() {
    remembered.recovered();
  }

  /** The case of a workflow that was started with a key, kept or not; 0 when none is known. */
  long find(final String workflow, final DirectBuffer buffer, final int offset, final int length) {
    final long hash = index.hash(workflow, buffer, offset, length);
    if (!index.hasKey(hash)) {
      return 0;
    }
    final long found = index.find(hash, value -> has(value, workflow, buffer, offset, length));
    return found < 0 ? caseInBlock : found;
  }

  /** Whether a case, or a block by its negative id, has a key. */
  private boolean has(
      final long value,
      final String workflow,
      final DirectBuffer key,
      final int offset,
      final int length) {
    if (value < 0) {
      caseInBlock = 0;
      remembered.visit(
          file.store(),
          value,
          (caseId, definition, buffer, at, keyLengthInBlock) -> {
            if (definitions.get(definition).name.equals(workflow)
                && equal(key, offset, length, buffer, at, keyLengthInBlock)) {
              caseInBlock = caseId;
            }
          });
      return caseInBlock != 0;
    }
    final DirectBuffer record = file.raw(value);
    if (record == null) {
      return false;
    }
    final Definition definition = definition(record, 0);
    lookAt(definition, record, 0);
    return definition.name.equals(workflow)
        && equal(key, offset, length, record, keyOffset, keyLength);
  }

  /** A case with a key is no longer kept: the key is remembered. */
  void caseGoes(final long caseId, final long endedNs, final long hash) {
    index.removeKey(hash, caseId);
    final DirectBuffer record = remembered.isOn() ? file.raw(caseId) : null;
    if (record != null) {
      final Definition definition = definition(record, 0);
      lookAt(definition, record, 0);
      index.addKey(
          hash, remembered.add(caseId, endedNs, definition.id, record, keyOffset, keyLength));
    }
  }

  /** Closes what {@link #caseGoes} has gathered, and lets go of what is outside the window. */
  void forgetDue(final long nowNs) {
    remembered.close(file);
    for (int i = 0; i < BLOCKS_FORGOTTEN_AT_ONCE; i++) {
      final long oldest = remembered.oldestId();
      final long gone =
          remembered.forgetOldest(
              file,
              nowNs,
              (caseId, definition, buffer, at, length) ->
                  index.removeKey(hash(definition, buffer, at, length), oldest));
      if (gone == 0) {
        return;
      }
    }
  }

  /** When a remembered key is outside the window next, or {@link TimerQueue#NEVER}. */
  long nextDueNs() {
    return remembered.nextDueNs();
  }

  /** How many keys of cases that are gone are remembered. */
  int rememberedCount() {
    return remembered.count();
  }

  private long hash(
      final int definition, final DirectBuffer buffer, final int offset, final int length) {
    return index.hash(definitions.ofRecovered(definition).name, buffer, offset, length);
  }

  private Definition definition(final DirectBuffer record, final int offset) {
    return definitions.ofRecovered(
        record.getInt(offset + CaseRecord.DEFINITION_OFFSET, LITTLE_ENDIAN));
  }

  /** Finds the key in the record of an outermost case, its workflow deployed or not. */
  private void lookAt(final Definition definition, final DirectBuffer record, final int offset) {
    if (definition.isLost()) {
      keyLength = 0;
      return;
    }
    final int slotAt = offset + definition.rootSlotsOffset + CaseLayout.KEY_SLOT * Long.BYTES;
    keyLength = record.getInt(slotAt + Integer.BYTES, LITTLE_ENDIAN);
    keyOffset = offset + definition.rootHeapOffset + record.getInt(slotAt, LITTLE_ENDIAN);
  }

  private static boolean equal(
      final DirectBuffer one,
      final int oneOffset,
      final int oneLength,
      final DirectBuffer other,
      final int otherOffset,
      final int otherLength) {
    if (oneLength != otherLength) {
      return false;
    }
    for (int i = 0; i < oneLength; i++) {
      if (one.getByte(oneOffset + i) != other.getByte(otherOffset + i)) {
        return false;
      }
    }
    return true;
  }
}
