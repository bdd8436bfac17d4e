package io.penstock.storage;

import org.jspecify.annotations.Nullable;

/**
 * A point in a journal, between two frames: what a backup takes of it.
 *
 * @param begin number of the oldest segment that the records live at this point need
 * @param number number of the segment that was written to
 * @param offset where in it the next frame goes; 0 when there is no such segment yet
 * @param position position of the last frame before
 * @param ledger where its ledger stands then; null when it has none, or nobody writes to it
 */
record JournalPoint(
    long begin, long number, int offset, long position, @Nullable LedgerPoint ledger) {}
