package io.penstock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system in memory, of a size of its own; only where the test may mount one. */
final class TemporaryFileSystem implements AutoCloseable {
  private final Path root;

  private TemporaryFileSystem(final Path root) {
    this.root = root;
  }

  /** Mounts one, or skips the test. */
  static TemporaryFileSystem mount(final Path parent, final int kibibytes)
      throws IOException, InterruptedException {
    final Path root = Files.createDirectory(parent.resolve("mounted"));
    final boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", root.toString());
    Assumptions.assumeTrue(mounted, "test must be allowed to mount a file system");
    return new TemporaryFileSystem(root);
  }

  Path root() {
    return root;
  }

  void makeReadOnly() throws IOException, InterruptedException {
    if (!run("mount", "-o", "remount,ro", root.toString())) {
      throw new IOException("file system must be remounted: root=" + root);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (!run("umount", root.toString())) {
        run("umount", "-l", root.toString());
      }
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean run(final String... command) throws IOException, InterruptedException {
    try {
      final Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (final IOException e) {
      return false; // no such program here
    }
  }
}
