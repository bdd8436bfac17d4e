package io.penstock.engine;

import org.jspecify.annotations.Nullable;

/** Checks of texts that callers bring, on the caller's thread. */
final class Texts {
  /** Longest name or key, in characters. */
  static final int NAME_LENGTH_MAX = 200;

  /** Longest name that is looked for, in characters. */
  private static final int KNOWN_LENGTH_MAX = 8 * 1024;

  private Texts() {}

  /**
   * A name or a key: 1 to {@value #NAME_LENGTH_MAX} characters.
   *
   * @return the text
   * @throws IllegalArgumentException when it is null, empty, too long or no valid Unicode
   */
  static String name(final String what, final @Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > NAME_LENGTH_MAX) {
      throw new IllegalArgumentException(
          what
              + " must have 1 to "
              + NAME_LENGTH_MAX
              + " characters: length="
              + (text == null ? null : text.length()));
    }
    return unicode(what, text);
  }

  /**
   * A name that is looked up among those that a workflow has; what is too long to be one of them is
   * refused here, before it is copied.
   *
   * @return the text
   * @throws IllegalArgumentException when it is null, too long or no valid Unicode
   */
  static String known(final String what, final @Nullable String text) {
    if (text == null || text.length() > KNOWN_LENGTH_MAX) {
      throw new IllegalArgumentException(
          what
              + " must be a name of at most "
              + KNOWN_LENGTH_MAX
              + " characters: length="
              + (text == null ? null : text.length()));
    }
    return unicode(what, text);
  }

  /** As {@link #name}, or null, which stands for none. */
  static @Nullable String nameOrNull(final String what, final @Nullable String text) {
    return text == null ? null : name(what, text);
  }

  /**
   * Refuses half a character: it has no bytes in UTF-8, so that two different texts would become
   * one.
   *
   * @return the text
   */
  static String unicode(final String what, final String text) {
    for (int i = 0; i < text.length(); i++) {
      final char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        if (Character.isLowSurrogate(unit)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new IllegalArgumentException(
              what
                  + " must be valid Unicode, each surrogate in its pair: index="
                  + i
                  + ", codeUnit="
                  + Integer.toHexString(unit));
        }
        i++;
      }
    }
    return text;
  }
}
