package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.net.Net;
import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what happens, into the batch of the command in hand, so that it is there exactly when
 * its consequences are. Stands under the id of the outermost case. Belongs to the shard's thread.
 */
final class HistoryWriter {
  private static final byte[] NO_NAME = {};
  private static final long NS_PER_US = 1_000;

  private final History level;
  private final CaseFile file;
  private int serviceUs;
  private int persistUs;
  private final ExpandableArrayBuffer event = new ExpandableArrayBuffer(256);

  HistoryWriter(final History level, final CaseFile file) {
    this.level = level;
    this.file = file;
  }

  /**
   * The command in hand brings the result of a handler, of which the next event of a work item that
   * is completed or failed tells.
   *
   * @param serviceNs how long the handler ran; 0 when the command brings none
   * @param persistNs how long it was kept until what wanted it to run was on the disk; 0 when that
   *     is not measured
   */
  void handlerRan(final long serviceNs, final long persistNs) {
    serviceUs = us(serviceNs);
    persistUs = us(persistNs);
  }

  private static int us(final long ns) {
    return (int) Math.min(ns / NS_PER_US, Integer.MAX_VALUE);
  }

  /** Something happened to a case as a whole. */
  void add(final HistoryEvent.Type type, final CaseRecord record, final @Nullable String detail) {
    add(type, record, Net.NONE, null, detail);
  }

  /** A case is there; its key is the detail. */
  void caseStarted(final CaseRecord record) {
    if (level != History.NONE) {
      final int length = record.systemLength(CaseLayout.KEY_SLOT);
      final int at = putHeader(HistoryEvent.Type.CASE_STARTED, record, Net.NONE, null);
      event.putInt(HistoryEvent.DETAIL_LENGTH_OFFSET, length, LITTLE_ENDIAN);
      event.putBytes(at, record.buffer(), record.systemOffset(CaseLayout.KEY_SLOT), length);
      file.batch().events(file.outermost(record), event, 0, at + length);
    }
  }

  /** Something happened to a work item. */
  void add(
      final HistoryEvent.Type type,
      final CaseRecord record,
      final int task,
      final @Nullable String who,
      final @Nullable String detail) {
    if (level == History.NONE || (level == History.CASES && !type.isOfCase())) {
      return;
    }
    int at = putHeader(type, record, task, who);
    at += putText(detail, HistoryEvent.DETAIL_LENGTH_OFFSET, at);
    at += putPersist(type, at);
    file.batch().events(file.outermost(record), event, 0, at);
  }

  /** All but the detail; the length of it. */
  private int putHeader(
      final HistoryEvent.Type type,
      final CaseRecord record,
      final int task,
      final @Nullable String who) {
    event.putInt(HistoryEvent.TYPE_OFFSET, type.code(), LITTLE_ENDIAN);
    event.putInt(HistoryEvent.INSTANCE_OFFSET, record.instance(), LITTLE_ENDIAN);
    event.putLong(HistoryEvent.CASE_ID_OFFSET, record.caseId(), LITTLE_ENDIAN);
    event.putInt(HistoryEvent.SERVICE_US_OFFSET, takeServiceUs(type), LITTLE_ENDIAN);
    int at = HistoryEvent.HEADER_LENGTH;
    at += putName(record, task, at);
    at += putText(who, HistoryEvent.WHO_LENGTH_OFFSET, at);
    return at;
  }

  private int takeServiceUs(final HistoryEvent.Type type) {
    if (!tellsOfRuns(type)) {
      return 0;
    }
    final int taken = serviceUs;
    serviceUs = 0;
    return taken;
  }

  private int putPersist(final HistoryEvent.Type type, final int at) {
    if (persistUs == 0 || !tellsOfRuns(type)) {
      return 0;
    }
    event.putInt(at, persistUs, LITTLE_ENDIAN);
    persistUs = 0;
    return Integer.BYTES;
  }

  private static boolean tellsOfRuns(final HistoryEvent.Type type) {
    return type == HistoryEvent.Type.WORK_ITEM_COMPLETED
        || type == HistoryEvent.Type.WORK_ITEM_FAILED;
  }

  private int putName(final CaseRecord record, final int task, final int at) {
    final byte[] name = task == Net.NONE ? NO_NAME : record.layout().taskNameUtf8(task);
    event.putInt(HistoryEvent.TASK_LENGTH_OFFSET, name.length, LITTLE_ENDIAN);
    event.putBytes(at, name);
    return name.length;
  }

  private int putText(final @Nullable String text, final int lengthOffset, final int at) {
    final int length = text == null ? 0 : event.putStringWithoutLengthUtf8(at, text);
    event.putInt(lengthOffset, length, LITTLE_ENDIAN);
    return length;
  }
}
