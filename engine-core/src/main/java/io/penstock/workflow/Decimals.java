package io.penstock.workflow;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The limits of decimal numbers: a case holds at most {@value #DIGITS_MAX} digits and a scale from
 * -{@value #SCALE_MAX} to {@value #SCALE_MAX}, so that a condition takes no longer over a number
 * than over any other.
 */
public final class Decimals {
  /** Most digits, zeros at the end included. */
  public static final int DIGITS_MAX = 1_000;

  /**
   * Largest scale, either way: the smallest number is 1E-1000, the least unit of the largest
   * 1E+1000.
   */
  public static final int SCALE_MAX = 1_000;

  /** Sign, digits, a point and an exponent. */
  private static final int TEXT_LENGTH_MAX = DIGITS_MAX + SCALE_MAX + 20;

  private static final BigInteger LEAST_TOO_LONG = BigInteger.TEN.pow(DIGITS_MAX);
  private static final int BITS_MAX = LEAST_TOO_LONG.bitLength();

  private Decimals() {}

  /**
   * Checks that a number is within the limits.
   *
   * @param value the number
   * @return the number
   * @throws ValueTooLargeException when it is not
   */
  public static BigDecimal check(final BigDecimal value) {
    check(value.unscaledValue(), value.scale());
    return value;
  }

  /**
   * Checks that a number is within the limits.
   *
   * @param unscaled its digits
   * @param scale its scale
   * @throws ValueTooLargeException when it is not
   */
  public static void check(final BigInteger unscaled, final int scale) {
    final int bits = unscaled.bitLength();
    // Digits are counted only where that is quick.
    if (scale < -SCALE_MAX
        || scale > SCALE_MAX
        || bits > BITS_MAX
        || (bits == BITS_MAX && unscaled.abs().compareTo(LEAST_TOO_LONG) >= 0)) {
      throw new ValueTooLargeException(
          "decimal must have at most "
              + DIGITS_MAX
              + " digits and a scale from -"
              + SCALE_MAX
              + " to "
              + SCALE_MAX
              + ": bits="
              + bits
              + ", scale="
              + scale
              + "; round it, or keep it as text");
    }
  }

  /**
   * Reads a number, without more work than one within the limits takes.
   *
   * @param text digits, as {@link BigDecimal#BigDecimal(String)} takes them
   * @return the number
   * @throws NumberFormatException when it is none
   * @throws ValueTooLargeException when it is beyond the limits
   */
  public static BigDecimal parse(final String text) {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw new ValueTooLargeException(
          "decimal must have at most " + TEXT_LENGTH_MAX + " characters: length=" + text.length());
    }
    return check(new BigDecimal(text));
  }
}
