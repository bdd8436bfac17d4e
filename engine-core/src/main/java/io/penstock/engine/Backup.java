package io.penstock.engine;

import java.nio.file.Path;

/**
 * A backup that was made.
 *
 * @param directory where it is; {@link Engine#open(Path)} opens it like any other
 * @param length bytes copied
 * @param pauseNs how long the shards stood still for it, in nanoseconds
 */
public record Backup(Path directory, long length, long pauseNs) {}
