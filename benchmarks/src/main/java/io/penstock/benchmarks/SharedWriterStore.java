package io.penstock.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Callers hand their records to one thread, which writes what has gathered at once, forces it at
 * once if asked to, and then answers: group commit as one would write it. Without a file it keeps
 * the records in memory, which is what the hand-over costs.
 */
final class SharedWriterStore implements AcknowledgedStore, Runnable {
  private static final int GATHERED_MAX = 1024;
  private static final int SPINS_MAX = 500;

  private final @Nullable PlainFile file;
  private final boolean forced;
  private final byte[] image;
  private final ByteBuffer buffer;
  private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final byte[][] records;
  private final Thread writer = new Thread(this, "shared-writer");

  /** What a caller hands over, and how it is answered. */
  private static final class Request extends CompletableFuture<Boolean> {
    final int caller;

    Request(final int caller) {
      this.caller = caller;
    }
  }

  private SharedWriterStore(
      final @Nullable PlainFile file,
      final int callers,
      final int imageLength,
      final boolean forced) {
    this.file = file;
    this.forced = forced;
    image = new byte[imageLength];
    records = new byte[callers][imageLength];
    buffer = ByteBuffer.allocateDirect(GATHERED_MAX * PlainFile.recordLength(imageLength));
    writer.start();
  }

  static SharedWriterStore inMemory(final int callers, final int imageLength) {
    return new SharedWriterStore(null, callers, imageLength, false);
  }

  static SharedWriterStore inFile(
      final Path directory, final int callers, final int imageLength, final boolean forced)
      throws IOException {
    return new SharedWriterStore(new PlainFile(directory), callers, imageLength, forced);
  }

  @Override
  public void put(final int caller) {
    final Request request = new Request(caller);
    requests.add(request);
    for (int i = 0; i < SPINS_MAX && !request.isDone(); i++) {
      Thread.onSpinWait();
    }
    request.join();
  }

  @Override
  public void run() {
    final List<Request> gathered = new ArrayList<>();
    final CRC32C crc = new CRC32C();
    long end = 0;
    try {
      while (true) {
        gathered.add(requests.take());
        requests.drainTo(gathered, GATHERED_MAX - 1);
        end = write(gathered, crc, end);
        gathered.forEach(request -> request.complete(true));
        gathered.clear();
      }
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (final IOException e) {
      gathered.forEach(request -> request.completeExceptionally(e));
      throw new UncheckedIOException(e);
    }
  }

  private long write(final List<Request> gathered, final CRC32C crc, final long end)
      throws IOException {
    buffer.clear();
    for (final Request request : gathered) {
      System.arraycopy(image, 0, records[request.caller], 0, image.length);
      PlainFile.encode(buffer, crc, request.caller, image);
    }
    final int length = buffer.position();
    if (file != null) {
      file.write(buffer.flip(), end);
      if (forced) {
        file.force();
      }
    }
    return end + length;
  }

  @Override
  public void close() throws IOException {
    writer.interrupt();
    try {
      writer.join();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (file != null) {
      file.close();
    }
  }
}
