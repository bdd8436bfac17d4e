package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Records as tests like to say them: text by id. */
final class Records {
  private final RecordBatch batch;

  private Records(final RecordBatch batch) {
    this.batch = batch;
  }

  static void append(final ShardStore shard, final Consumer<Records> entries) {
    shard.append(batch(entries));
    shard.sync();
  }

  static RecordBatch batch(final Consumer<Records> entries) {
    final RecordBatch batch = new RecordBatch(64);
    batch.begin(1_700_000_000_000_000_000L);
    entries.accept(new Records(batch));
    return batch;
  }

  static RecordBatch batchOf(final long recordId, final byte[] image) {
    final RecordBatch batch = new RecordBatch(64);
    batch.begin(1);
    batch.image(recordId, new UnsafeBuffer(image), 0, image.length);
    return batch;
  }

  static Map<Long, String> all(final ShardStore shard) {
    final Map<Long, String> records = new HashMap<>();
    shard.forEach(
        (recordId, image, offset, length) -> records.put(recordId, text(image, offset, length)));
    return records;
  }

  static @Nullable String read(final ShardStore shard, final long recordId) {
    final ExpandableArrayBuffer target = new ExpandableArrayBuffer(16);
    final int length = shard.read(recordId, target, 3);
    return length < 0 ? null : text(target, 3, length);
  }

  Records image(final long recordId, final String text) {
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    batch.image(recordId, new UnsafeBuffer(bytes), 0, bytes.length);
    return this;
  }

  Records events(final long recordId, final String text) {
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    batch.events(recordId, new UnsafeBuffer(bytes), 0, bytes.length);
    return this;
  }

  Records removal(final long recordId) {
    batch.removal(recordId);
    return this;
  }

  static String text(final DirectBuffer buffer, final int offset, final int length) {
    final byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
