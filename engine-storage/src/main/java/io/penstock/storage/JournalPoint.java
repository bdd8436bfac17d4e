package io.penstock.storage;

/**
 * A point in a journal, between two frames: what a backup takes of it.
 *
 * @param begin number of the oldest segment that the records live at this point need
 * @param number number of the segment that was written to
 * @param offset where in it the next frame goes; 0 when there is no such segment yet
 * @param position position of the last frame before
 */
record JournalPoint(long begin, long number, int offset, long position) {}
