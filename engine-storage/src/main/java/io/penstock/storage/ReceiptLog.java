package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a journal tells its ledger, if it has one.
 *
 * <p>{@link #reserve} and {@link #append} are the writer's; {@link #tidy} and {@link #force} the
 * flusher's, or the opening or closing thread's.
 */
interface ReceiptLog {
  /** A journal without a ledger. */
  ReceiptLog NONE =
      new ReceiptLog() {
        @Override
        public void reserve(final RecordBatch batch) {}

        @Override
        public void makeRoom() {}

        @Override
        public void append(final long position, final RecordBatch batch) {}

        @Override
        public @Nullable LedgerPoint point() {
          return null;
        }

        @Override
        public void tidy() {}

        @Override
        public void force() {}

        @Override
        public void close() {}

        @Override
        public void abandon() {}
      };

  /**
   * Makes room for the receipts of a batch, before the batch is appended to the journal.
   *
   * @param batch what will be appended
   * @throws io.penstock.spi.StoreFullException when there is no room; nothing has changed
   */
  void reserve(RecordBatch batch);

  /**
   * Makes as much room as the last batch needed that found none; the writer.
   *
   * @throws io.penstock.spi.StoreFullException when there still is none
   */
  void makeRoom();

  /**
   * Writes the receipts of a batch for which room was made; neither fails nor allocates.
   *
   * @param position position of its frame, which is complete
   * @param batch what was appended
   */
  void append(long position, RecordBatch batch);

  /** Where it stands; the writer, between two batches. Null when there is no ledger. */
  @Nullable LedgerPoint point();

  /**
   * Makes the next file, if the writer wants it by now, and lets full ones go.
   *
   * @throws java.io.UncheckedIOException when the disk does not take them
   */
  void tidy();

  /**
   * Forces the receipts of everything appended before this call to the disk.
   *
   * @throws java.io.UncheckedIOException when the disk does not take them
   */
  void force();

  /**
   * Forces what is left and unmaps; the flusher has ended, nobody appends.
   *
   * @throws IOException when a file cannot be deleted
   */
  void close() throws IOException;

  /** Unmaps and touches no file: the directory is another owner's. Instead of {@link #close}. */
  void abandon();
}
