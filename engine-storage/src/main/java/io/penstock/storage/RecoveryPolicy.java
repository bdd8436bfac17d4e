package io.penstock.storage;

/** What an opening does with a journal, or a ledger, that is damaged before its end. */
public enum RecoveryPolicy {
  /**
   * Refuses it with a {@link JournalCorruptedException} or {@link LedgerCorruptedException} and
   * changes nothing. Nothing acknowledged is ever lost in silence.
   */
  STRICT,

  /**
   * Opens it with what is readable and reports the rest as {@link JournalDamage}. A record whose
   * last image was in a damaged part comes back in the state before, or not at all; one whose
   * removal was there comes back. The damaged segments stay beside the journal, with {@code
   * .damaged} behind their names. Keep a copy of the directory first, and look at what comes back.
   *
   * <p>A damaged ledger is put aside as a whole in the same way; a new one begins with what the
   * journal and the history still hold.
   */
  SALVAGE
}
