package io.penstock.engine;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a start: the case, and the chunk of its status, by which the caller's handle shows
 * how it ended however late it looks.
 *
 * @param caseId id of the case
 * @param chunk the chunk, null when the case is not kept any more
 */
@SuppressWarnings("ArrayRecordComponent") // the very chunk, to be read while it is written
record Started(long caseId, long @Nullable [] chunk) {}
