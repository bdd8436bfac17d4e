package io.penstock.workflow;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/** What a variable can hold. The code is part of the record format and never changes. */
public enum VariableType {
  /** A 64-bit integer. */
  LONG(1, Long.class, true),
  /** A 64-bit floating-point number. */
  DOUBLE(2, Double.class, true),
  /** True or false. */
  BOOLEAN(3, Boolean.class, true),
  /** A point in time, to the nanosecond, from 1677-09-21 to 2262-04-11. */
  INSTANT(4, Instant.class, true),
  /** A span of time, to the nanosecond, up to 292 years either way. */
  DURATION(5, Duration.class, true),
  /** A decimal number within the limits of {@link Decimals}. */
  DECIMAL(6, BigDecimal.class, false),
  /** Text. */
  STRING(7, String.class, false),
  /** Bytes. */
  BYTES(8, byte[].class, false);

  private final int code;
  private final Class<?> javaType;
  private final boolean fixedLength;

  VariableType(final int code, final Class<?> javaType, final boolean fixedLength) {
    this.code = code;
    this.javaType = javaType;
    this.fixedLength = fixedLength;
  }

  /**
   * Stands for the type in records.
   *
   * @return the code
   */
  public int code() {
    return code;
  }

  /**
   * The Java type of the values.
   *
   * @return the type
   */
  public Class<?> javaType() {
    return javaType;
  }

  /**
   * Whether every value takes eight bytes.
   *
   * @return false for types whose values differ in length
   */
  public boolean isFixedLength() {
    return fixedLength;
  }
}
