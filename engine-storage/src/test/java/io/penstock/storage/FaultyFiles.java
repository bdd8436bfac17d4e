package io.penstock.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The file system, which fails when it is told to, or lets something happen during a force. */
final class FaultyFiles implements FileLayer {
  private final FileLayer real = new SystemFiles();
  private final AtomicLong forces = new AtomicLong();
  private volatile boolean failingForces;
  private volatile boolean failingCreates;
  private volatile boolean failingDeletes;
  private volatile Runnable duringForce = () -> {};

  /** Forces of file contents so far. */
  long forces() {
    return forces.get();
  }

  void failForces(final boolean failing) {
    failingForces = failing;
  }

  /** What happens during each force of file contents, on the thread that forces. */
  void duringForce(final Runnable action) {
    duringForce = action;
  }

  void failCreates(final boolean failing) {
    failingCreates = failing;
  }

  void failDeletes(final boolean failing) {
    failingDeletes = failing;
  }

  @Override
  public void createDirectory(final Path made) throws IOException {
    real.createDirectory(made);
  }

  @Override
  public void create(final Path file, final ByteBuffer head, final int length, final boolean forced)
      throws IOException {
    if (failingCreates) {
      throw new IOException("No space left on device");
    }
    real.create(file, head, length, forced);
  }

  @Override
  public void copy(
      final Path source,
      final Path target,
      final ByteBuffer head,
      final long end,
      final long length)
      throws IOException {
    if (failingCreates) {
      throw new IOException("No space left on device");
    }
    real.copy(source, target, head, end, length);
  }

  @Override
  public MappedFile map(final Path file, final MapMode mode) throws IOException {
    return real.map(file, mode);
  }

  @Override
  public void force(final MappedFile file, final int offset, final int length) {
    forces.incrementAndGet();
    if (failingForces) {
      throw new UncheckedIOException(new IOException("Input/output error"));
    }
    duringForce.run();
    real.force(file, offset, length);
  }

  @Override
  public void move(final Path from, final Path to) throws IOException {
    real.move(from, to);
  }

  @Override
  public void delete(final Path file) throws IOException {
    if (failingDeletes) {
      throw new IOException("Operation not permitted");
    }
    real.delete(file);
  }

  @Override
  public void forceDirectory(final Path directory) {
    if (failingForces) {
      throw new UncheckedIOException(new IOException("Input/output error"));
    }
    real.forceDirectory(directory);
  }
}
