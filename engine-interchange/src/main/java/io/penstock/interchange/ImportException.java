package io.penstock.interchange;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file cannot be taken as it is. The one exception that an import throws because of what a file
 * holds; {@link #report()} has all reasons.
 */
public final class ImportException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What was found; lost when the exception is serialized. */
  private final transient ImportReport report;

  /**
   * Creates the exception.
   *
   * @param report what was found; at least one problem
   */
  public ImportException(final ImportReport report) {
    super("model must be importable: " + report);
    this.report = report;
  }

  /**
   * Creates the exception for a file that cannot be read at all.
   *
   * @param source name of the file
   * @param line line where reading stopped, from 1, or 0
   * @param message the rule, what is there, and what to do
   * @param cause what the parser said, or null
   */
  public ImportException(
      final String source, final int line, final String message, final @Nullable Throwable cause) {
    super("model must be readable: source=" + source + "; " + message + "; line=" + line, cause);
    report =
        new ImportReport(
            source,
            List.of(
                new ImportReport.Entry(
                    ImportReport.Severity.PROBLEM, "(document)", line, message)));
  }

  /**
   * What was found.
   *
   * @return the report
   */
  public ImportReport report() {
    return report;
  }

  /**
   * Reads, and makes this exception of whatever else a file leads to: a name that is too long once
   * others are put to it, parentheses that are deeper than the stack.
   *
   * @param <T> what is read
   * @param source name of the file
   * @param reading reads it
   * @return what was read
   * @throws ImportException when the file cannot be taken
   */
  public static <T> T guard(final String source, final Supplier<T> reading) {
    try {
      return reading.get();
    } catch (final ImportException | UncheckedIOException e) {
      throw e;
    } catch (final IllegalArgumentException | IllegalStateException e) {
      throw new ImportException(
          source, 0, "model must keep the rules of workflows: fault=" + e.getMessage(), e);
    } catch (final StackOverflowError e) {
      throw new ImportException(
          source, 0, "model must not be nested deeper than the stack of the thread takes", e);
    }
  }
}
