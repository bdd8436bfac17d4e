package io.penstock.cli;

import io.penstock.engine.CaseDecoder;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.StoredCase;
import io.penstock.storage.DirectoryReader;
import io.penstock.storage.ShardSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Goes over what the shards of a directory hold, in a fixed order. */
final class Shards {
  private Shards() {}

  /** Is shown one shard at a time. */
  @FunctionalInterface
  interface ShardVisitor {
    /**
     * One shard.
     *
     * @param shard its snapshot, closed after the call
     * @param decoder of its records
     */
    void onShard(ShardSnapshot shard, CaseDecoder decoder);
  }

  /** Is shown events. */
  @FunctionalInterface
  interface EventVisitor {
    /**
     * One event.
     *
     * @param outermostId id of the outermost case
     * @param event what happened
     */
    void onEvent(long outermostId, HistoryEvent event);
  }

  static void forEach(final DirectoryReader reader, final ShardVisitor visitor) {
    for (int shard = 0; shard < reader.shardCount(); shard++) {
      try (ShardSnapshot snapshot = reader.snapshot(shard)) {
        visitor.onShard(snapshot, new CaseDecoder(snapshot::read));
      }
    }
  }

  /** Shows the cases of a shard, by id. */
  static void forEachCase(
      final ShardSnapshot shard, final CaseDecoder decoder, final Consumer<StoredCase> visitor) {
    for (final long id : ids(shard)) {
      if (CaseDecoder.isCase(id)) {
        visitor.accept(decoder.decode(id));
      }
    }
  }

  /** Ids of all live records, in order. */
  static List<Long> ids(final ShardSnapshot shard) {
    final List<Long> ids = new ArrayList<>();
    shard.forEach((id, image, offset, length) -> ids.add(id));
    Collections.sort(ids);
    return ids;
  }

  /** Shows the events of a shard, oldest first. */
  static void forEachEvent(final ShardSnapshot shard, final EventVisitor visitor) {
    shard.forEachEvents(
        (id, timeNs, events, offset, length) ->
            visitor.onEvent(id, HistoryEvent.decode(timeNs, events, offset)));
  }
}
