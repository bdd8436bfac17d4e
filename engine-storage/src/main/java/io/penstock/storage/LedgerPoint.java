package io.penstock.storage;

/**
 * A point in a ledger, between two receipts: what a backup takes of it.
 *
 * @param number number of the file that was written to
 * @param offset where in it the next receipt goes
 * @param mark how far it leads
 */
record LedgerPoint(long number, int offset, LedgerFormat.Mark mark) {}
