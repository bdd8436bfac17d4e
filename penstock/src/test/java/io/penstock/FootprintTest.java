package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What one dependency brings: few jars and little to download. */
class FootprintTest {
  private static final int JARS_MAX = 30;
  private static final long BYTES_MAX = 15L << 20;

  @Test
  void shouldBringFewJarsAndFewBytes() {
    final List<Path> entries = Stream.of(UserClassPath.entries()).map(Path::of).toList();

    assertThat(entries).as("jars").hasSizeBetween(10, JARS_MAX);
    assertThat(entries.stream().mapToLong(FootprintTest::size).sum())
        .as("bytes")
        .isBetween(1L << 20, BYTES_MAX);
    assertThat(entries).noneMatch(entry -> entry.toString().contains("chronicle-analytics"));
  }

  private static long size(final Path entry) {
    try (Stream<Path> files = Files.walk(entry)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
