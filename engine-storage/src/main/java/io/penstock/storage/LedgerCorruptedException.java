package io.penstock.storage;

import io.penstock.spi.StoreException;

/** A ledger is not as it was written; the message says where. It was not changed. */
public final class LedgerCorruptedException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** What is wrong; not sent along. */
  private final transient LedgerFault fault;

  LedgerCorruptedException(final LedgerFault fault) {
    super(
        fault
            + "; the ledger was not changed: keep a copy of the directory, look with Ledger.verify, then"
            + " restore the ledger from a backup or open with RecoveryPolicy.SALVAGE");
    this.fault = fault;
  }

  /**
   * What is wrong, and where.
   *
   * @return the fault
   */
  public LedgerFault fault() {
    return fault;
  }
}
