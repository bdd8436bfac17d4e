package io.penstock.storage;

/**
 * What a shard's files hold and take.
 *
 * @param segments segments of the journal
 * @param length length of those, in bytes, what is free in them included
 * @param liveLength bytes that the live records would take in a journal of nothing else
 * @param frames frames in the journal, since compaction last dropped some
 * @param records live records: cases, workflows, and one of the shard's own
 * @param lastPosition position of the last frame, which counts from 1 over the shard's life; 0
 *     before the first
 * @param torn whether half a frame lies at the end: one that is being written, or that a crash left
 *     and the next opening cuts
 * @param historySegments segments that are kept for the events in them alone
 * @param historyLength length of those, in bytes
 * @param events entries of events, in the journal and the kept segments
 */
public record ShardStatistics(
    int segments,
    long length,
    long liveLength,
    long frames,
    long records,
    long lastPosition,
    boolean torn,
    int historySegments,
    long historyLength,
    long events) {}
