package io.penstock.storage;

import java.util.function.Consumer;

/**
 * How a ledger is laid out, and what its opening does with damage.
 *
 * @param fileLengthFirst length of the first file in bytes
 * @param fileLengthMax length in bytes at which files stop growing
 * @param recoveryPolicy what to do with a damaged ledger
 * @param onDamage is told of each damage that {@link RecoveryPolicy#SALVAGE} puts aside
 */
record LedgerOptions(
    int fileLengthFirst,
    int fileLengthMax,
    RecoveryPolicy recoveryPolicy,
    Consumer<JournalDamage> onDamage) {}
