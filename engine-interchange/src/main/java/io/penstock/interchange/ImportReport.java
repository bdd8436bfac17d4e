package io.penstock.interchange;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What an import has to say of a file, in the order of the file: all problems at once. Immutable.
 *
 * @param source name of the file, for messages
 * @param entries what was found
 */
public record ImportReport(String source, List<Entry> entries) {
  /**
   * Keeps a copy of the entries.
   *
   * @param source name of the file
   * @param entries what was found
   */
  public ImportReport {
    entries = List.copyOf(entries);
  }

  /** Whether an entry stops the import. */
  public enum Severity {
    /** The model cannot be taken as it is. */
    PROBLEM,
    /** Something is left out that changes nothing of what the model does. */
    NOTE
  }

  /**
   * One thing that was found.
   *
   * @param severity whether it stops the import
   * @param element id of the element, or its kind where it has none
   * @param line line of the file where the element begins, from 1; 0 when there is none
   * @param message the rule, what is there, and what to do
   */
  public record Entry(Severity severity, String element, int line, String message) {
    /**
     * The entry as one line.
     *
     * @return line, element and message
     */
    @Override
    public String toString() {
      return (severity == Severity.NOTE ? "note: " : "")
          + message
          + (line > 0 ? "; line=" + line : "");
    }
  }

  /**
   * The entries that stop the import.
   *
   * @return the problems, in the order of the file
   */
  public List<Entry> problems() {
    return of(Severity.PROBLEM);
  }

  /**
   * What is left out without consequence.
   *
   * @return the notes, in the order of the file
   */
  public List<Entry> notes() {
    return of(Severity.NOTE);
  }

  private List<Entry> of(final Severity severity) {
    return entries.stream().filter(entry -> entry.severity() == severity).toList();
  }

  /**
   * The report for people.
   *
   * @return a line for the file and one for each entry
   */
  @Override
  public String toString() {
    return source
        + ": problems="
        + problems().size()
        + ", notes="
        + notes().size()
        + entries.stream().map(entry -> "\n  - " + entry).collect(Collectors.joining());
  }
}
