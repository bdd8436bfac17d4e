package io.penstock.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file system of one directory tree that knows what is on the disk and what is only in memory,
 * and so what a power failure may leave: of the contents what was forced, and any of the sectors
 * written since; of the names what was forced, and any of the changes since. What the process sees
 * is real files. One thread.
 */
final class ForgetfulFiles implements FileLayer {
  private static final int SECTOR_LENGTH = 512;
  private static final int BOOT_OFFSET = 48;

  private final FileLayer real = new SystemFiles();
  private final Path directory;
  private final Runnable onStep;
  private final Map<Path, Content> names = new HashMap<>();
  private final Map<Path, Content> namesOnDisk = new HashMap<>();
  private final List<Change> changes = new ArrayList<>();

  /** A file apart from its name. */
  private static final class Content {
    /** What the disk has of it; null when it may not even have its length. */
    byte @Nullable [] onDisk;

    /** What it was when it lost its last name. */
    byte @Nullable [] deleted;
  }

  /** A change of names: one is added, or taken away, or both. */
  private record Change(@Nullable Path removed, @Nullable Path added, Content content) {
    boolean isIn(final Path parent) {
      return (removed != null && parent.equals(removed.getParent()))
          || (added != null && parent.equals(added.getParent()));
    }

    void applyTo(final Map<Path, Content> names) {
      if (removed != null) {
        names.remove(removed);
      }
      if (added != null) {
        names.put(added, content);
      }
    }
  }

  /**
   * Takes a directory as it is for being on the disk.
   *
   * @param directory the tree's root; names of directories in it are never lost
   * @param onStep called before and after each operation that changes something
   */
  ForgetfulFiles(final Path directory, final Runnable onStep) {
    this.directory = directory;
    this.onStep = onStep;
    image(directory)
        .forEach(
            (path, bytes) -> {
              final Content content = new Content();
              content.onDisk = bytes;
              names.put(directory.resolve(path), content);
            });
    namesOnDisk.putAll(names);
  }

  /** What a process finds that is started when this one was killed. */
  Map<Path, byte[]> afterProcessCrash() {
    return image(directory);
  }

  /** What a system finds that is started when the power came back. */
  Map<Path, byte[]> afterPowerLoss(final SplittableRandom random) {
    final Map<Path, Content> left = new HashMap<>(namesOnDisk);
    final double kept = random.nextInt(3) / 2.0;
    changes.stream()
        .filter(change -> random.nextDouble() < kept)
        .forEach(change -> change.applyTo(left));
    final Map<Path, byte[]> image = new TreeMap<>();
    left.forEach(
        (path, content) ->
            image.put(directory.relativize(path), afterPowerLoss(path, content, random)));
    return image;
  }

  private byte[] afterPowerLoss(
      final Path path, final Content content, final SplittableRandom random) {
    final byte[] now = now(content);
    final byte[] left =
        content.onDisk == null
            ? new byte[random.nextInt(now.length / SECTOR_LENGTH + 1) * SECTOR_LENGTH]
            : content.onDisk.clone();
    final double written = random.nextInt(5) / 4.0;
    for (int sector = 0; sector < left.length; sector += SECTOR_LENGTH) {
      if (random.nextDouble() < written) {
        System.arraycopy(now, sector, left, sector, Math.min(SECTOR_LENGTH, left.length - sector));
      }
    }
    if (hasBoot(path) && left.length > BOOT_OFFSET && left[0] != 0) {
      left[BOOT_OFFSET] = (byte) ~SystemBoot.current(); // written in another run of the system
    }
    return left;
  }

  private static boolean hasBoot(final Path path) {
    return !path.getFileName().toString().startsWith(EngineManifest.FILE_NAME);
  }

  private byte[] now(final Content content) {
    if (content.deleted != null) {
      return content.deleted;
    }
    for (final Map.Entry<Path, Content> name : names.entrySet()) {
      if (name.getValue().equals(content)) {
        return bytes(name.getKey());
      }
    }
    throw new AssertionError("a content must have a name or be deleted");
  }

  @Override
  public void createDirectory(final Path made) throws IOException {
    real.createDirectory(made);
  }

  @Override
  public void create(final Path file, final ByteBuffer head, final int length, final boolean forced)
      throws IOException {
    onStep.run();
    real.create(file, head, length, false);
    final Content content = names.getOrDefault(file, new Content());
    content.onDisk = forced ? bytes(file) : null;
    change(new Change(null, file, content));
  }

  @Override
  public void copy(
      final Path source,
      final Path target,
      final ByteBuffer head,
      final long end,
      final long length) {
    throw new UnsupportedOperationException("a journal copies no file");
  }

  @Override
  public MappedFile map(final Path file, final MapMode mode) throws IOException {
    return real.map(file, mode);
  }

  @Override
  public void force(final MappedFile file, final int offset, final int length) {
    onStep.run();
    final Content content = names.get(file.path());
    final byte[] now = bytes(file.path());
    final byte[] onDisk = content.onDisk == null ? new byte[now.length] : content.onDisk;
    final int begin = offset & -SECTOR_LENGTH;
    final int end = Math.min(now.length, (offset + length + SECTOR_LENGTH - 1) & -SECTOR_LENGTH);
    System.arraycopy(now, begin, onDisk, begin, end - begin);
    content.onDisk = onDisk;
    onStep.run();
  }

  @Override
  public void move(final Path from, final Path to) throws IOException {
    onStep.run();
    real.move(from, to);
    change(new Change(from, to, names.get(from)));
  }

  @Override
  public void delete(final Path file) throws IOException {
    onStep.run();
    final Content content = names.get(file);
    content.deleted = bytes(file);
    real.delete(file);
    change(new Change(file, null, content));
  }

  @Override
  public void forceDirectory(final Path forced) {
    onStep.run();
    changes.stream()
        .filter(change -> change.isIn(forced))
        .forEach(change -> change.applyTo(namesOnDisk));
    changes.removeIf(change -> change.isIn(forced));
    onStep.run();
  }

  private void change(final Change change) {
    change.applyTo(names);
    changes.add(change);
    onStep.run();
  }

  /** The files of a tree by their names from its root. */
  static Map<Path, byte[]> image(final Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      final Map<Path, byte[]> image = new TreeMap<>();
      files
          .filter(Files::isRegularFile)
          .forEach(file -> image.put(directory.relativize(file), bytes(file)));
      return image;
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts an image into another directory, which then holds no other file. */
  static void restore(final Map<Path, byte[]> image, final Path target) {
    try {
      Files.createDirectories(target);
      for (final Path old : image(target).keySet()) {
        Files.delete(target.resolve(old));
      }
      for (final Map.Entry<Path, byte[]> file : image.entrySet()) {
        Files.createDirectories(target.resolve(file.getKey()).getParent());
        Files.write(target.resolve(file.getKey()), file.getValue());
      }
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An image between two others, as if the stores from one to the other had stopped half way.
   *
   * @param inJournal true when they stopped in the journal, false when in the ledger, which follows
   */
  static @Nullable Map<Path, byte[]> between(
      final Map<Path, byte[]> before,
      final Map<Path, byte[]> after,
      final boolean inJournal,
      final SplittableRandom random) {
    if (!before.keySet().equals(after.keySet())) {
      return null;
    }
    final Map<Path, byte[]> between = new TreeMap<>(before);
    for (final Map.Entry<Path, byte[]> file : after.entrySet()) {
      final boolean isLedger = file.getKey().toString().endsWith(".led");
      final byte[] old = before.get(file.getKey());
      final int first = Arrays.mismatch(old, file.getValue());
      if (first >= 0 && isLedger != inJournal) {
        final byte[] cut = old.clone();
        int last = cut.length;
        while (cut[last - 1] == file.getValue()[last - 1]) {
          last--;
        }
        final int end = first + random.nextInt(last - first);
        // A frame's length comes last in a process that is killed; a length that comes first must
        // be harmless too. A receipt's comes first, negative; the magic of a ledger file last.
        int begin = isLedger || random.nextBoolean() ? first : Math.min(end, first + Integer.BYTES);
        if (isLedger && old[0] == 0 && end <= LedgerFormat.HEADER_LENGTH) {
          begin = Math.min(end, Long.BYTES);
        }
        System.arraycopy(file.getValue(), begin, cut, begin, end - begin);
        between.put(file.getKey(), cut);
      } else if (first >= 0 && !isLedger) {
        between.put(file.getKey(), file.getValue());
      }
    }
    return between;
  }

  private static byte[] bytes(final Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
