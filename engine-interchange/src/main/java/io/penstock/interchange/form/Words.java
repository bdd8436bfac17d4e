package io.penstock.interchange.form;

import java.util.Arrays;
import java.util.Locale;

/** How the constants of enums are written: in lower case, with hyphens. */
final class Words {
  private Words() {}

  static String of(final Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String all(final Class<? extends Enum<?>> type) {
    return String.join(", ", Arrays.stream(type.getEnumConstants()).map(Words::of).toList());
  }
}
