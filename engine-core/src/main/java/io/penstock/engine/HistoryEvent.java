package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One thing that happened to a case: what, when, to which task, and who did it.
 *
 * @param time when the command was taken that brought it about; to the nanosecond where the
 *     engine's clock is that fine
 * @param caseId the case, or one inside the case that was asked
 * @param instance number of the instance that the case is, or -1
 * @param type what happened
 * @param task name of the task, for what happened to a work item
 * @param who who did it, for what people did
 * @param detail how the case ended, why the task failed, the name of the message or signal, or the
 *     start key
 */
public record HistoryEvent(
    Instant time,
    long caseId,
    int instance,
    Type type,
    Optional<String> task,
    Optional<String> who,
    Optional<String> detail) {
  /**
   * Layout of an event, little endian; the bytes of the three texts follow, in UTF-8, one after the
   * other, and behind them, if it is not 0, an int32: how long the work waited for the disk, in us.
   *
   * <pre>
   *    0  int32  type code              16  int32  length of the task's name
   *    4  int32  instance, or -1        20  int32  length of who
   *    8  int64  case id                24  int32  length of the detail
   *                                     28  int32  how long a worker's handler ran, in us, or 0
   * </pre>
   */
  static final int HEADER_LENGTH = 32;

  static final int TYPE_OFFSET = 0;
  static final int INSTANCE_OFFSET = 4;
  static final int CASE_ID_OFFSET = 8;
  static final int TASK_LENGTH_OFFSET = 16;
  static final int WHO_LENGTH_OFFSET = 20;
  static final int DETAIL_LENGTH_OFFSET = 24;
  static final int SERVICE_US_OFFSET = 28;

  /** What can happen. */
  public enum Type {
    /** The case was started, or created as an instance or a composite of another. */
    CASE_STARTED(1),
    /** The case ended; the detail says how. */
    CASE_ENDED(2),
    /** A work item waits for somebody, a message, a signal or a time. */
    WORK_ITEM_ENABLED(3),
    /** Somebody started a work item, or the engine did. */
    WORK_ITEM_STARTED(4),
    /** A work item was completed. */
    WORK_ITEM_COMPLETED(5),
    /** A try failed; the detail says why. */
    WORK_ITEM_FAILED(6),
    /** The deadline of a work item passed. */
    WORK_ITEM_TIMED_OUT(7),
    /** A work item was cancelled while somebody worked on it. */
    WORK_ITEM_CANCELLED(8),
    /** A work item was taken back before anybody had started it. */
    WORK_ITEM_WITHDRAWN(9),
    /** Somebody claimed a work item. */
    WORK_ITEM_CLAIMED(10),
    /** Somebody gave a claimed work item back. */
    WORK_ITEM_RELEASED(11),
    /** A message came; the detail names it. */
    MESSAGE_RECEIVED(12),
    /** A signal came; the detail names it. */
    SIGNAL_RECEIVED(13),
    /** An instance was added to a running step. */
    INSTANCE_ADDED(14);

    private static final Type[] BY_CODE = values();

    private final int code;

    Type(final int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static boolean isCode(final int code) {
      return code >= 1 && code <= BY_CODE.length;
    }

    static Type ofCode(final int code) {
      return BY_CODE[code - 1];
    }

    /** Whether it concerns a case as a whole. */
    boolean isOfCase() {
      return this == CASE_STARTED || this == CASE_ENDED;
    }
  }

  /**
   * Reads an event as the journal and its ledger keep it.
   *
   * @param time when it happened
   * @param bytes one event, for example the payload of a receipt
   * @return the event
   * @throws IllegalArgumentException when the bytes are not an event
   */
  public static HistoryEvent decode(final Instant time, final byte[] bytes) {
    final DirectBuffer buffer = new UnsafeBuffer(bytes);
    if (bytes.length < HEADER_LENGTH
        || !Type.isCode(buffer.getInt(TYPE_OFFSET, LITTLE_ENDIAN))
        || !fits(buffer)) {
      throw new IllegalArgumentException(
          "event must be whole, and of a known type: length=" + bytes.length);
    }
    final HistoryEvent event = decode(0, buffer, 0);
    return new HistoryEvent(
        time, event.caseId, event.instance, event.type, event.task, event.who, event.detail);
  }

  private static boolean fits(final DirectBuffer event) {
    long length = HEADER_LENGTH;
    for (final int offset :
        new int[] {TASK_LENGTH_OFFSET, WHO_LENGTH_OFFSET, DETAIL_LENGTH_OFFSET}) {
      final int textLength = event.getInt(offset, LITTLE_ENDIAN);
      if (textLength < 0) {
        return false;
      }
      length += textLength;
    }
    return length <= event.capacity();
  }

  /**
   * Decodes an event as it stands in a directory, under the id of the outermost case.
   *
   * @param timeNs time of its batch, ns since the epoch
   * @param buffer holds its bytes
   * @param offset where they begin
   * @return the event
   * @throws IndexOutOfBoundsException when the bytes are no event
   */
  public static HistoryEvent decode(
      final long timeNs, final DirectBuffer buffer, final int offset) {
    int at = offset + HEADER_LENGTH;
    final int taskLength = buffer.getInt(offset + TASK_LENGTH_OFFSET, LITTLE_ENDIAN);
    final Optional<String> task = text(buffer, at, taskLength);
    at += taskLength;
    final int whoLength = buffer.getInt(offset + WHO_LENGTH_OFFSET, LITTLE_ENDIAN);
    final Optional<String> who = text(buffer, at, whoLength);
    at += whoLength;
    return new HistoryEvent(
        Instant.EPOCH.plusNanos(timeNs),
        buffer.getLong(offset + CASE_ID_OFFSET, LITTLE_ENDIAN),
        buffer.getInt(offset + INSTANCE_OFFSET, LITTLE_ENDIAN),
        Type.ofCode(buffer.getInt(offset + TYPE_OFFSET, LITTLE_ENDIAN)),
        task,
        who,
        text(buffer, at, buffer.getInt(offset + DETAIL_LENGTH_OFFSET, LITTLE_ENDIAN)));
  }

  /**
   * How long the handler ran whose result an event tells of, as the event stands in a directory.
   *
   * @param buffer holds its bytes
   * @param offset where they begin
   * @return nanoseconds, to the microsecond, at most 35 minutes; 0 if none or unknown
   */
  public static long serviceNs(final DirectBuffer buffer, final int offset) {
    return 1_000L * buffer.getInt(offset + SERVICE_US_OFFSET, LITTLE_ENDIAN);
  }

  /**
   * How long the work whose result an event tells of was kept until the command that wanted it done
   * was on the disk, as the event stands in a directory: with {@code Durability.POWER_LOSS} no
   * handler begins before.
   *
   * @param buffer holds its bytes
   * @param offset where they begin
   * @param length how many there are
   * @return nanoseconds, to the microsecond, at most 35 minutes; 0 if none or unknown
   */
  public static long persistNs(final DirectBuffer buffer, final int offset, final int length) {
    final int at =
        HEADER_LENGTH
            + buffer.getInt(offset + TASK_LENGTH_OFFSET, LITTLE_ENDIAN)
            + buffer.getInt(offset + WHO_LENGTH_OFFSET, LITTLE_ENDIAN)
            + buffer.getInt(offset + DETAIL_LENGTH_OFFSET, LITTLE_ENDIAN);
    return length - at < Integer.BYTES ? 0 : 1_000L * buffer.getInt(offset + at, LITTLE_ENDIAN);
  }

  private static Optional<String> text(final DirectBuffer buffer, final int at, final int length) {
    if (length == 0) {
      return Optional.empty();
    }
    final byte[] bytes = new byte[length];
    buffer.getBytes(at, bytes);
    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
  }
}
