package io.penstock.storage;

/**
 * Ties a journal segment to one shard of one directory.
 *
 * @param engineId the directory's random id
 * @param shardIndex index of the shard
 */
record ShardIdentity(long engineId, int shardIndex) {}
