package io.penstock.interchange.form;

import io.penstock.interchange.ImportException;
import io.penstock.interchange.ImportLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a document is read from: its text, and how much of it may be what. Refuses in the words of
 * all imports. Used for one document.
 */
final class Source {
  final String name;
  final ImportLimits limits;
  private int values;

  Source(final String name, final ImportLimits limits) {
    this.name = name;
    this.limits = limits;
  }

  /** Reads no more than is allowed, as UTF-8, strictly. */
  String read(final InputStream in) {
    final byte[] bytes;
    try {
      bytes =
          in.readNBytes(
              limits.bytesMax() == Integer.MAX_VALUE ? limits.bytesMax() : limits.bytesMax() + 1);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.length > limits.bytesMax()) {
      throw refusal(0, "file must not be longer than the limit: bytesMax=" + limits.bytesMax());
    }
    try {
      final String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (final CharacterCodingException e) {
      throw refusal(0, "file must be encoded in UTF-8, without malformed bytes", e);
    }
  }

  /** Counts a value at a depth, from 1. */
  void count(final int depth, final int line) {
    if (depth > limits.depthMax()) {
      throw refusal(line, "values must not be nested deeper: depthMax=" + limits.depthMax());
    }
    if (++values > limits.elementsMax()) {
      throw refusal(line, "file must not hold more values: elementsMax=" + limits.elementsMax());
    }
  }

  /** Adds a member whose name must be new. */
  void put(final Node object, final String member, final int line, final Node value) {
    if (object.members.putIfAbsent(member, value) != null) {
      throw refusal(line, "member must be said once: member=" + member);
    }
  }

  ImportException refusal(final int line, final String message) {
    return refusal(line, message, null);
  }

  ImportException refusal(final int line, final String message, final @Nullable Throwable cause) {
    return new ImportException(name, line, message, cause);
  }
}
