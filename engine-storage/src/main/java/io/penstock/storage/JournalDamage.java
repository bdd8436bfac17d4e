package io.penstock.storage;

import java.nio.file.Path;

/**
 * A part of a journal that {@link RecoveryPolicy#SALVAGE} could not read.
 *
 * @param file the damaged or missing file, by the name it had
 * @param position where the part begins, bytes from the start of the file
 * @param length its length in bytes; 0 when the file is missing
 * @param rule what does not hold there
 */
public record JournalDamage(Path file, long position, long length, String rule) {}
