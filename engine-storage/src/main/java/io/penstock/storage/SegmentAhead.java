package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The segment, or ledger file, after the current one, made by the flusher's thread while the writer
 * still has room, so that the writer rarely waits for the filling of a file.
 *
 * <p>Writer: {@code NONE -> WANTED}, and at a roll {@code WANTED -> NONE} (not begun: make it
 * yourself) or {@code READY -> NONE} (take it). Flusher: {@code WANTED -> MAKING -> READY}, or back
 * to {@code NONE} when there is no room, which the writer then finds out itself. The fields belong
 * to whoever made the last step.
 */
final class SegmentAhead {
  private static final long RETRY_NS = 50_000;

  private final FileLayer files;
  private final Maker maker;
  private final AtomicReference<State> state = new AtomicReference<>(State.NONE);
  private long number;
  private int length;
  private @Nullable MappedFile segment;

  private enum State {
    NONE,
    WANTED,
    MAKING,
    READY
  }

  /** Makes a segment. */
  @FunctionalInterface
  interface Maker {
    /**
     * Makes a segment, ready to be written.
     *
     * @param number its number
     * @param length its length in bytes
     * @return the segment, mapped
     * @throws IOException when there is no room, or it cannot be made; then nothing is left of it
     * @throws StoreException when the directory is not owned any more
     */
    MappedFile make(long number, int length) throws IOException;
  }

  /**
   * Creates the place for a segment.
   *
   * @param files the file system
   * @param maker makes it, on the flusher's thread
   */
  SegmentAhead(final FileLayer files, final Maker maker) {
    this.files = files;
    this.maker = maker;
  }

  /** Asks for a segment; the writer, when there is none. */
  void want(final long number, final int length) {
    this.number = number;
    this.length = length;
    state.set(State.WANTED);
  }

  /** Makes the segment that is wanted, if any; the flusher. */
  void make() {
    if (state.compareAndSet(State.WANTED, State.MAKING)) {
      try {
        segment = maker.make(number, length);
        state.set(State.READY);
      } catch (final IOException | StoreException e) {
        state.set(State.NONE); // the writer finds out itself
      }
    }
  }

  /**
   * Takes the segment; the writer. Waits for one that is being made, which takes no longer than to
   * make another.
   *
   * @return the segment, or null when the writer has to make it
   */
  @Nullable MappedFile take() {
    // In this order: the flusher may begin between a look at the state and the step that depends on
    // it.
    while (!state.compareAndSet(State.WANTED, State.NONE)) {
      if (state.get() != State.MAKING) {
        return takeReady();
      }
      LockSupport.parkNanos(this, RETRY_NS);
    }
    return null;
  }

  private @Nullable MappedFile takeReady() {
    final MappedFile taken = segment;
    segment = null;
    state.set(State.NONE);
    return taken;
  }

  /** Deletes a segment that nobody took; the flusher has ended, nobody writes. */
  void discard() throws IOException {
    final MappedFile unused = take();
    if (unused != null) {
      unused.close();
      files.delete(unused.path());
    }
  }

  /** Unmaps a segment that nobody took and leaves its file, which may be another owner's by now. */
  void abandon() {
    final MappedFile unused = take();
    if (unused != null) {
      unused.close();
    }
  }
}
