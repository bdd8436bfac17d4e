package io.penstock.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The file system, which notes what was forced: of a file what it held when it was, of a directory
 * the names in it. What a power failure leaves at least is that and no more.
 */
final class ForcedFiles implements FileLayer {
  private final FileLayer real = new SystemFiles();
  private final Map<Path, byte[]> contents = new HashMap<>();
  private final Map<Path, Set<Path>> names = new HashMap<>();

  /** Makes of a directory, elsewhere, what the disk has of it for sure. */
  void restore(final Path directory, final Path target) throws IOException {
    if (!names.getOrDefault(directory.getParent(), Set.of()).contains(directory)) {
      return;
    }
    Files.createDirectory(target);
    for (final Path path : names.getOrDefault(directory, Set.of())) {
      final Path copy = target.resolve(path.getFileName());
      if (Files.isDirectory(path)) {
        restore(path, copy);
      } else {
        Files.write(copy, contents.getOrDefault(path, new byte[0]));
      }
    }
  }

  @Override
  public void createDirectory(final Path made) throws IOException {
    real.createDirectory(made);
  }

  @Override
  public void create(final Path file, final ByteBuffer head, final int length, final boolean forced)
      throws IOException {
    real.create(file, head, length, forced);
    if (forced) {
      contents.put(file, Files.readAllBytes(file));
    }
  }

  @Override
  public void copy(
      final Path source,
      final Path target,
      final ByteBuffer head,
      final long end,
      final long length)
      throws IOException {
    real.copy(source, target, head, end, length);
    contents.put(target, Files.readAllBytes(target));
  }

  @Override
  public MappedFile map(final Path file, final MapMode mode) throws IOException {
    return real.map(file, mode);
  }

  @Override
  public void force(final MappedFile file, final int offset, final int length) {
    real.force(file, offset, length);
  }

  @Override
  public void move(final Path from, final Path to) throws IOException {
    real.move(from, to);
    final byte[] content = contents.remove(from);
    if (content != null) {
      contents.put(to, content);
    }
  }

  @Override
  public void delete(final Path file) throws IOException {
    real.delete(file);
  }

  @Override
  public void forceDirectory(final Path directory) {
    real.forceDirectory(directory);
    try (Stream<Path> entries = Files.list(directory)) {
      names.put(directory, new HashSet<>(entries.toList()));
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
