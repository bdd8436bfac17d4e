package io.penstock.telemetry;

import io.penstock.engine.CaseStatus;
import java.util.Locale;

/** Outcomes of cases as values of an attribute. */
final class Outcomes {
  /** Number of codes. */
  static final int COUNT = CaseStatus.values().length;

  private static final String[] BY_CODE = new String[COUNT];

  static {
    for (final CaseStatus status : CaseStatus.values()) {
      BY_CODE[status.code()] = status.name().toLowerCase(Locale.ROOT);
    }
  }

  private Outcomes() {}

  /** The value for a code of {@link CaseStatus}. */
  static String value(final int code) {
    return BY_CODE[code];
  }
}
