package io.penstock.storage;

import java.nio.file.Path;

/**
 * A place in a directory that does not hold what it must.
 *
 * @param file the damaged or missing file
 * @param position where in it the damage begins, bytes from its start
 * @param rule what does not hold there
 * @param expected what should be there
 * @param actual what is there
 */
public record DirectoryDamage(
    Path file, long position, String rule, String expected, String actual) {
  static DirectoryDamage of(final JournalCorruptedException e) {
    return new DirectoryDamage(Path.of(e.file()), e.position(), e.rule(), e.expected(), e.actual());
  }
}
