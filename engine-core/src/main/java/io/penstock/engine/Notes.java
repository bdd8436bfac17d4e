package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What is kept by name beside the cases: how the objectives stood, what gates have decided. Each
 * note is a record of its own:
 *
 * <pre>
 *   int32 0x4E4F5445 | int32 name length | name, UTF-8 | bytes
 * </pre>
 *
 * <p>Written by the shard's thread, read by any.
 */
final class Notes {
  /** Begins a note; what knows no notes takes it for a workflow of an unknown format. */
  private static final int MAGIC = 0x4E4F5445;

  private static final long ID_FIRST = -(1L << 41);
  private static final long ID_END = -(1L << 40);
  private static final int HEADER_LENGTH = 2 * Integer.BYTES;

  private final Map<String, Long> ids = new HashMap<>();
  private final Map<String, byte[]> notes = new ConcurrentHashMap<>();
  private final RecordBatch batch = new RecordBatch(HEADER_LENGTH);

  static boolean isId(final long recordId) {
    return recordId >= ID_FIRST && recordId < ID_END;
  }

  /** Takes in a recovered note. */
  void recover(final long recordId, final DirectBuffer record, final int offset, final int length) {
    if (record.getInt(offset, LITTLE_ENDIAN) != MAGIC) {
      throw new EngineException(
          "note must be of a known format: record="
              + recordId
              + "; open the directory with the Penstock version that made it");
    }
    final byte[] name = new byte[record.getInt(offset + Integer.BYTES, LITTLE_ENDIAN)];
    record.getBytes(offset + HEADER_LENGTH, name);
    final byte[] bytes = new byte[length - HEADER_LENGTH - name.length];
    record.getBytes(offset + HEADER_LENGTH + name.length, bytes);
    final String text = new String(name, StandardCharsets.UTF_8);
    ids.put(text, recordId);
    notes.put(text, bytes);
  }

  /**
   * Appends a note in place of the one of the same name; as durable as the store's next sync makes
   * it.
   */
  void put(
      final ShardStore store,
      final long nowNs,
      final String name,
      final DirectBuffer source,
      final int offset,
      final int length) {
    final byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    final UnsafeBuffer record =
        new UnsafeBuffer(new byte[HEADER_LENGTH + nameBytes.length + length]);
    record.putInt(0, MAGIC, LITTLE_ENDIAN);
    record.putInt(Integer.BYTES, nameBytes.length, LITTLE_ENDIAN);
    record.putBytes(HEADER_LENGTH, nameBytes);
    record.putBytes(HEADER_LENGTH + nameBytes.length, source, offset, length);
    final long id = ids.getOrDefault(name, ID_FIRST + ids.size());
    batch.begin(nowNs);
    batch.image(id, record, 0, record.capacity());
    store.append(batch);
    ids.put(name, id);
    final byte[] bytes = new byte[length];
    source.getBytes(offset, bytes);
    notes.put(name, bytes);
  }

  /** The bytes of a note, or none when there is no such note; any thread. */
  byte[] get(final String name) {
    return notes.getOrDefault(name, new byte[0]);
  }
}
