package io.penstock.interchange.xml;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells the encoding of a document by its first bytes and decodes it, strictly. */
final class Encoding {
  private static final int DECLARATION_LENGTH_MAX = 400;
  private static final Pattern DECLARATION =
      Pattern.compile("^\\s*<\\?xml[^>]{0,200}?encoding\\s*=\\s*[\"']([^\"']{1,60})[\"']");

  private Encoding() {}

  /** The text of a document, without a byte order mark; refuses bytes that are none. */
  static String decode(final byte[] bytes) throws CharacterCodingException {
    final Charset marked = marked(bytes);
    final Charset charset = marked == null ? declared(head(bytes, ISO_8859_1)) : marked;
    final String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    final String unmarked = text.startsWith("\ufeff") ? text.substring(1) : text;
    if (marked != null && !declared(unmarked, UTF_16).name().startsWith("UTF-16")) {
      throw new IllegalCharsetNameException("encoding differs from the byte order mark");
    }
    return unmarked;
  }

  private static @Nullable Charset marked(final byte[] bytes) {
    if (bytes.length >= 2) {
      final int first = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
      if (first == 0xfeff || first == 0x003c) {
        return UTF_16BE;
      }
      if (first == 0xfffe || first == 0x3c00) {
        return UTF_16LE;
      }
    }
    return null;
  }

  private static String head(final byte[] bytes, final Charset charset) {
    return new String(bytes, 0, Math.min(bytes.length, DECLARATION_LENGTH_MAX), charset);
  }

  private static Charset declared(final String head) {
    final String begin = head.startsWith("\u00ef\u00bb\u00bf") ? head.substring(3) : head;
    return declared(begin, UTF_8);
  }

  private static Charset declared(final String head, final Charset otherwise) {
    final Matcher matcher =
        DECLARATION.matcher(head.substring(0, Math.min(head.length(), DECLARATION_LENGTH_MAX)));
    if (!matcher.find()) {
      return otherwise;
    }
    final Charset charset = Charset.forName(matcher.group(1));
    if (!charset.canEncode()) {
      throw new UnsupportedCharsetException(matcher.group(1));
    }
    return charset;
  }
}
