package io.penstock.storage;

/** What an opening does with a journal that is damaged before its end. */
public enum RecoveryPolicy {
  /**
   * Refuses it with a {@link JournalCorruptedException} and changes nothing. Nothing acknowledged
   * is ever lost in silence.
   */
  STRICT,

  /**
   * Opens it with what is readable and reports the rest as {@link JournalDamage}. A record whose
   * last image was in a damaged part comes back in the state before, or not at all; one whose
   * removal was there comes back. The damaged segments stay beside the journal, with {@code
   * .damaged} behind their names. Keep a copy of the directory first, and look at what comes back.
   */
  SALVAGE
}
