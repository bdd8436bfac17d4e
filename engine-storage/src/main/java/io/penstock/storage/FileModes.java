package io.penstock.storage;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.penstock.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The modes of what Penstock makes: who besides its owner may read it. Where the file system has no
 * POSIX modes, the system's own rules hold.
 */
@SuppressWarnings("ImmutableEnumChecker") // the sets are never changed
enum FileModes {
  /** Directories 700, files 600. */
  OWNER("rwx------", "rw-------"),

  /** Directories 750, files 640, as far as the umask of the process leaves that. */
  GROUP("rwxr-x---", "rw-r-----"),

  /** Whatever the umask of the process leaves of 777 and 666. */
  UMASK("rwxrwxrwx", "rw-rw-rw-");

  private static final Logger LOGGER = LoggerFactory.getLogger(FileModes.class);
  private static final FileAttribute<?>[] NONE = {};

  private final Set<PosixFilePermission> ofDirectories;
  private final Set<PosixFilePermission> ofFiles;

  FileModes(final String ofDirectories, final String ofFiles) {
    this.ofDirectories = PosixFilePermissions.fromString(ofDirectories);
    this.ofFiles = PosixFilePermissions.fromString(ofFiles);
  }

  /** The modes that an option asks for. */
  static FileModes of(final StorageOptions.Readers readers) {
    return switch (readers) {
      case OWNER -> OWNER;
      case GROUP -> GROUP;
      case UMASK -> UMASK;
    };
  }

  /** Attributes to make a file with. */
  FileAttribute<?>[] ofFile(final Path file) {
    return attributes(file, ofFiles);
  }

  /** Attributes to make a directory with. */
  FileAttribute<?>[] ofDirectory(final Path directory) {
    return attributes(directory, ofDirectories);
  }

  /** Takes from a directory, made by an older version perhaps, what these modes do not give. */
  void narrow(final Path directory) {
    if (this == UMASK || !isPosix(directory)) {
      return;
    }
    try {
      final Set<PosixFilePermission> now = Files.getPosixFilePermissions(directory);
      final Set<PosixFilePermission> narrowed = EnumSet.copyOf(ofDirectories);
      narrowed.retainAll(now);
      if (!narrowed.equals(now)) {
        Files.setPosixFilePermissions(directory, narrowed);
      }
    } catch (final IOException e) {
      LOGGER.warn(
          "modes of a directory could not be narrowed, others may read it: directory={}",
          directory,
          e);
    }
  }

  /**
   * Refuses a symbolic link in the place of a file that is about to be written.
   *
   * @param file the file, which need not be there
   * @throws StoreException when it is a link; it is not followed
   */
  static void requireNoLink(final Path file) {
    if (Files.isSymbolicLink(file)) {
      throw new StoreException(
          "file must not be a symbolic link: file="
              + file
              + "; what it points to was not touched: remove the link");
    }
  }

  /** Whether something has a name, be it a link that leads nowhere. */
  static boolean exists(final Path path) {
    return Files.exists(path, NOFOLLOW_LINKS);
  }

  private static FileAttribute<?>[] attributes(
      final Path path, final Set<PosixFilePermission> permissions) {
    return isPosix(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : NONE;
  }

  private static boolean isPosix(final Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
