package io.penstock.storage;

/**
 * A segment that takes no more, still mapped: it is let go once its frames are on the disk, and one
 * after them, so that its header can say so.
 */
final class FullSegment {
  final MappedFile file;
  final long number;
  final long lastPosition;

  /** Whether all of it was forced; written by the thread that forces. */
  boolean forced;

  /**
   * Creates the segment.
   *
   * @param file the mapping
   * @param number its number
   * @param lastPosition position of the last frame in it or before it
   * @param forced whether all of it was forced already
   */
  FullSegment(
      final MappedFile file, final long number, final long lastPosition, final boolean forced) {
    this.file = file;
    this.number = number;
    this.lastPosition = lastPosition;
    this.forced = forced;
  }
}
