package io.penstock.storage;

import java.util.List;

/**
 * What a verification found.
 *
 * @param receipts how many receipts are as they were written
 * @param heads for each shard where its chain ends, or where it stops to be sound; later ones can
 *     be verified against them
 * @param notes the receipts that are not of events: gaps, cuts and restarts, shard by shard
 * @param faults for each shard that is not sound the first fault
 */
public record LedgerReport(
    long receipts, List<LedgerHead> heads, List<LedgerReceipt> notes, List<LedgerFault> faults) {
  /**
   * Keeps copies of the lists.
   *
   * @throws NullPointerException when one is missing
   * @param receipts how many were read
   * @param heads where each chain ends
   * @param notes what is not a fault
   * @param faults what is wrong
   */
  public LedgerReport {
    heads = List.copyOf(heads);
    notes = List.copyOf(notes);
    faults = List.copyOf(faults);
  }

  /**
   * Whether nothing is wrong. Look at the {@link #notes()} too: a chain with a gap is sound.
   *
   * @return true when there is no fault
   */
  public boolean isSound() {
    return faults.isEmpty();
  }
}
