package io.penstock.storage;

import java.nio.file.Path;

/**
 * The first place in a shard's ledger that is not as it was written, or not as a trusted head says
 * that it was.
 *
 * @param shard index of the shard
 * @param file the file; one that is missing by the name it should have
 * @param position where in it, bytes from its start
 * @param sequence sequence of the receipt that should be there
 * @param rule what does not hold
 * @param expected what should be there
 * @param actual what is
 */
public record LedgerFault(
    int shard,
    Path file,
    long position,
    long sequence,
    String rule,
    String expected,
    String actual) {
  static LedgerFault of(
      final int shard, final Path file, final long sequence, final LedgerFormat.Misfit misfit) {
    return new LedgerFault(
        shard,
        file,
        misfit.offset(),
        sequence,
        misfit.rule(),
        misfit.expected().toString(),
        misfit.actual().toString());
  }

  /**
   * The fault in one line, as error messages have it.
   *
   * @return the rule that does not hold, then where, and what is there
   */
  @Override
  public String toString() {
    return rule
        + ": file="
        + file
        + ", position="
        + position
        + ", sequence="
        + sequence
        + ", expected="
        + expected
        + ", actual="
        + actual;
  }
}
