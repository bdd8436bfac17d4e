package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a directory is: the text file {@value #FILE_NAME}, written once, after the shards' first
 * segments.
 *
 * <p>A directory without it was never opened to the end, so nothing in it was acknowledged.
 *
 * @param shardCount number of shards, for the life of the directory
 * @param engineId random id that ties the journal's segments to this directory
 */
record EngineManifest(int shardCount, long engineId) {
  static final String FILE_NAME = "engine.properties";
  static final int SHARD_COUNT_MAX = 1024;

  private static final String TEMPORARY_FILE_NAME = FILE_NAME + ".tmp";
  private static final int FORMAT_VERSION = 1;

  /**
   * Makes the manifest of a new directory.
   *
   * @param shardCount number of shards
   * @return a manifest with a fresh id
   */
  static EngineManifest create(final int shardCount) {
    return new EngineManifest(shardCount, new SecureRandom().nextLong());
  }

  /**
   * Reads the manifest of a directory.
   *
   * @param directory the engine's directory
   * @return the manifest, or null when there is none
   * @throws StoreException when it cannot be read or understood
   */
  static @Nullable EngineManifest read(final Path directory) {
    final Path file = directory.resolve(FILE_NAME);
    if (Files.notExists(file)) {
      return null;
    }
    final Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      return parse(file, properties);
    } catch (final IOException | IllegalArgumentException e) {
      throw new StoreException(
          "manifest must be readable: file=" + file + "; restore it from a backup", e);
    }
  }

  /**
   * Reads the manifest of a directory of Penstock.
   *
   * @param directory the engine's directory
   * @return the manifest
   * @throws StoreException when it is missing, or cannot be read or understood
   */
  static EngineManifest require(final Path directory) {
    final EngineManifest manifest = read(directory);
    if (manifest == null) {
      throw new StoreException(
          "directory must be one of Penstock: directory="
              + directory
              + ", missing="
              + FILE_NAME
              + "; check the path, or restore that file from a backup");
    }
    return manifest;
  }

  /**
   * Writes the manifest; a crash leaves either none or all of it. Its name is on the disk once the
   * directory is forced.
   *
   * @param files the file system
   * @param directory the engine's directory
   * @throws IOException when it cannot be written
   */
  void write(final FileLayer files, final Path directory) throws IOException {
    final String text =
        "# Penstock engine directory. Do not edit.\nformatVersion="
            + FORMAT_VERSION
            + "\nshardCount="
            + shardCount
            + "\nengineId="
            + Long.toHexString(engineId)
            + '\n';
    final Path temporary = directory.resolve(TEMPORARY_FILE_NAME);
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    files.create(temporary, ByteBuffer.wrap(bytes), bytes.length, true);
    files.move(temporary, directory.resolve(FILE_NAME));
  }

  private static EngineManifest parse(final Path file, final Properties properties) {
    final int version = Integer.parseInt(properties.getProperty("formatVersion"));
    if (version != FORMAT_VERSION) {
      throw new StoreException(
          "format version must be known: file="
              + file
              + ", expected="
              + FORMAT_VERSION
              + ", actual="
              + version
              + "; open it with the Penstock version that made it");
    }
    final int shardCount = Integer.parseInt(properties.getProperty("shardCount"));
    if (shardCount < 1 || shardCount > SHARD_COUNT_MAX) {
      throw new IllegalArgumentException(
          "shardCount must be in [1, " + SHARD_COUNT_MAX + "]: shardCount=" + shardCount);
    }
    return new EngineManifest(
        shardCount, Long.parseUnsignedLong(properties.getProperty("engineId"), 16));
  }
}
