package io.penstock.cli;

import io.penstock.storage.DirectoryReader;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The argument that every command begins with. */
final class Directory {
  @SuppressWarnings("NullAway.Init") // set by picocli, which refuses a command without it
  @Parameters(index = "0", paramLabel = "DIR", description = "the directory of an engine")
  private Path path;

  Path path() {
    return path;
  }

  DirectoryReader reader() {
    return DirectoryReader.of(path);
  }
}
