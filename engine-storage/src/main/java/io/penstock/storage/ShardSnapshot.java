package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore.EventVisitor;
import io.penstock.spi.ShardStore.RecordVisitor;
import io.penstock.spi.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The records and events of one shard as they were at one position of its journal, read from its
 * files alone. Whoever owns them may go on meanwhile: what was dropped since stays readable here
 * until {@link #close}.
 *
 * <p>Records stay where they are in the mapped files; an index of some tens of bytes a record is on
 * the heap. Reads are safe for one thread at a time.
 */
public final class ShardSnapshot implements AutoCloseable {
  /** Damage that is not there a second time at the same place was a write under way. */
  private static final int ATTEMPTS_MAX = 10_000;

  private final ShardIdentity identity;
  private final SegmentsInUse segments;
  private final LiveImages live = new LiveImages();
  private final Long2ObjectHashMap<DirectBuffer> records = new Long2ObjectHashMap<>();
  private final JournalRecovery.Tail tail;
  private final long frames;

  /** Is shown the events of a shard. */
  @FunctionalInterface
  public interface EventsVisitor {
    /**
     * One entry.
     *
     * @param recordId id of the record that it belongs to
     * @param timeNs time of its batch, ns since the epoch
     * @param events holds its bytes; valid during the call only
     * @param offset where they begin
     * @param length their length
     */
    void onEvents(long recordId, long timeNs, DirectBuffer events, int offset, int length);
  }

  private ShardSnapshot(final Path directory, final ShardIdentity identity) throws IOException {
    this.identity = identity;
    segments = new SegmentsInUse(directory);
    try {
      final JournalRecovery recovery =
          new JournalRecovery(directory, identity, this::onEntry, live, segments);
      tail = recovery.walk();
      frames = recovery.frames();
      segments.openArchive();
    } catch (final IOException | RuntimeException e) {
      segments.close();
      throw e;
    }
  }

  /**
   * Takes a snapshot of a shard.
   *
   * @throws JournalCorruptedException when its journal is damaged before its end
   * @throws StoreException when it cannot be read
   */
  static ShardSnapshot take(final Path directory, final ShardIdentity identity) {
    JournalCorruptedException before = null;
    for (int attempt = 1; ; attempt++) {
      try {
        return new ShardSnapshot(directory, identity);
      } catch (final JournalCorruptedException e) {
        if (isSame(before, e) || attempt == ATTEMPTS_MAX) {
          throw e;
        }
        before = e;
      } catch (final IOException e) {
        throw unreadable(directory, e);
      }
    }
  }

  private static boolean isSame(
      final @Nullable JournalCorruptedException before, final JournalCorruptedException now) {
    return before != null
        && before.file().equals(now.file())
        && before.position() == now.position()
        && before.rule().equals(now.rule());
  }

  private static StoreException unreadable(final Path directory, final IOException cause) {
    return new StoreException(
        "journal must be readable: directory="
            + directory
            + "; check that it is there, and its permissions",
        cause);
  }

  private void onEntry(
      final int kind,
      final long recordId,
      final DirectBuffer payload,
      final int offset,
      final int length) {
    if (kind == RecordBatch.IMAGE) {
      // The mapping outlives the buffer that is shown here, so the bytes are wrapped by address.
      records.put(recordId, new UnsafeBuffer(payload.addressOffset() + offset, length));
    } else if (kind == RecordBatch.REMOVAL) {
      records.remove(recordId);
    }
  }

  /**
   * Shows each live record once, in no particular order.
   *
   * @param visitor is shown each record
   */
  public void forEach(final RecordVisitor visitor) {
    records.forEach((id, image) -> visitor.onRecord(id, image, 0, image.capacity()));
  }

  /**
   * Copies the bytes of a record.
   *
   * @param recordId id of the record
   * @param target receives the bytes; grows if it is expandable
   * @param targetOffset where to put them
   * @return the length in bytes, or -1 when there is no such record
   */
  public int read(final long recordId, final MutableDirectBuffer target, final int targetOffset) {
    final DirectBuffer image = records.get(recordId);
    if (image == null) {
      return -1;
    }
    target.putBytes(targetOffset, image, 0, image.capacity());
    return image.capacity();
  }

  /**
   * Shows the events that are still kept, oldest first.
   *
   * @param visitor is shown each entry
   * @throws JournalCorruptedException when a segment that is kept for its events is damaged
   */
  public void forEachEvents(final EventsVisitor visitor) {
    for (final MappedFile segment : segments.all()) {
      final long number = SegmentFiles.number(segment.path());
      if (number < tail.begin()) {
        new ArchivedSegment(segment, identity).read(visitor);
      } else if (number <= tail.number()) {
        readEvents(segment, number == tail.number() ? tail.offset() : segment.length(), visitor);
      }
    }
  }

  /**
   * Shows the frames that are still kept, oldest first.
   *
   * @throws JournalCorruptedException when a segment that is kept for its events is damaged
   */
  void forEachFrame(final EventReader.FrameVisitor visitor) {
    for (final MappedFile segment : segments.all()) {
      final long number = SegmentFiles.number(segment.path());
      if (number < tail.begin()) {
        new ArchivedSegment(segment, identity).forEachFrame(visitor);
      } else if (number <= tail.number()) {
        final int end = number == tail.number() ? tail.offset() : segment.length();
        final FrameCursor frame = new FrameCursor(segment, identity.engineId());
        for (; frame.offset() < end && frame.isFrame(); frame.next()) {
          frame.show(visitor);
        }
      }
    }
  }

  /**
   * Shows the events of one record that are still kept, oldest first. Looks at all of them.
   *
   * @param recordId id of the record, which need not be live any more
   * @param visitor is shown each entry
   * @throws JournalCorruptedException when a segment that is kept for its events is damaged
   */
  public void readEvents(final long recordId, final EventVisitor visitor) {
    forEachEvents(
        (id, timeNs, events, offset, length) -> {
          if (id == recordId) {
            visitor.onEvents(timeNs, events, offset, length);
          }
        });
  }

  private void readEvents(final MappedFile segment, final int end, final EventsVisitor visitor) {
    final FrameCursor frame = new FrameCursor(segment, identity.engineId());
    while (frame.offset() < end && frame.isFrame()) {
      frame.forEachEvents(visitor);
      frame.next();
    }
  }

  /**
   * Counts what the shard holds; reads all its events.
   *
   * @return the figures
   * @throws JournalCorruptedException when a segment that is kept for its events is damaged
   */
  public ShardStatistics statistics() {
    long length = 0;
    long historyLength = 0;
    int history = 0;
    int journal = 0;
    for (final MappedFile segment : segments.all()) {
      if (SegmentFiles.number(segment.path()) < tail.begin()) {
        history++;
        historyLength += segment.length();
      } else {
        journal++;
        length += segment.length();
      }
    }
    final long[] events = new long[1];
    forEachEvents((recordId, timeNs, buffer, offset, eventsLength) -> events[0]++);
    return new ShardStatistics(
        journal,
        length,
        live.bytes(),
        frames,
        records.size(),
        tail.positionNext() - 1,
        tail.torn(),
        history,
        historyLength,
        events[0]);
  }

  /** Checks the segments that only events keep; the journal itself was checked by reading it. */
  List<JournalCorruptedException> archiveDamages() {
    final List<JournalCorruptedException> damages = new ArrayList<>();
    for (final MappedFile segment : segments.all()) {
      if (SegmentFiles.number(segment.path()) < tail.begin()) {
        try {
          new ArchivedSegment(segment, identity)
              .read((recordId, timeNs, events, offset, length) -> {});
        } catch (final JournalCorruptedException e) {
          damages.add(e);
        }
      }
    }
    return damages;
  }

  /** Unmaps the files; the snapshot must not be read any more. */
  @Override
  public void close() {
    records.clear();
    segments.close();
  }
}
