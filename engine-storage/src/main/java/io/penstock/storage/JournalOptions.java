package io.penstock.storage;

import org.jspecify.annotations.Nullable;

/**
 * How a journal is laid out, and who forces it.
 *
 * @param segmentLengthFirst length of the first segment in bytes
 * @param segmentLengthMax length in bytes at which segments stop growing
 * @param historyLengthMax most bytes of dropped segments that are kept for their events
 * @param unforcedLengthMax most bytes that wait for the flusher's force before the writer waits too
 * @param forcedBySync whether each sync forces what was appended; else the flusher does, later
 * @param ledger how its ledger is laid out; null when it has none
 */
record JournalOptions(
    int segmentLengthFirst,
    int segmentLengthMax,
    long historyLengthMax,
    long unforcedLengthMax,
    boolean forcedBySync,
    @Nullable LedgerOptions ledger) {}
