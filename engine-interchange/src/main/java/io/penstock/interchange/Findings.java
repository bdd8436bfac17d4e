package io.penstock.interchange;

import io.penstock.interchange.xml.XmlElement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what an import finds, so that it can say everything at once. Not thread safe. */
public final class Findings {
  private static final int ENTRIES_MAX = 1_000;

  private final String source;
  private final Set<ImportReport.Entry> entries = new LinkedHashSet<>();
  private boolean problems;

  /**
   * Starts without any.
   *
   * @param source name of the file
   */
  public Findings(final String source) {
    this.source = source;
  }

  /**
   * Adds what stops the import.
   *
   * @param at the element
   * @param message the rule, what is there, and what to do
   */
  public void problem(final XmlElement at, final String message) {
    problem(at.describe(), at.line(), message + ": " + at.label());
  }

  /**
   * Adds what stops the import, with what to do.
   *
   * @param at the element
   * @param message the rule
   * @param advice what to do
   */
  public void problem(final XmlElement at, final String message, final String advice) {
    problem(at.describe(), at.line(), message + ": " + at.label() + "; " + advice);
  }

  /**
   * Adds what stops the import.
   *
   * @param element id of the element
   * @param line its line, or 0
   * @param message the rule, what is there, and what to do
   */
  public void problem(final String element, final int line, final String message) {
    problems = true;
    add(new ImportReport.Entry(ImportReport.Severity.PROBLEM, element, line, oneLine(message)));
  }

  /**
   * Adds what is left out without consequence.
   *
   * @param at the element
   * @param message what is left out, and why
   */
  public void note(final XmlElement at, final String message) {
    add(
        new ImportReport.Entry(
            ImportReport.Severity.NOTE,
            at.describe(),
            at.line(),
            oneLine(message + ": " + at.label())));
  }

  /** What a file holds may not look like an entry of the report. */
  private static String oneLine(final String message) {
    return message.replaceAll("\\p{Cntrl}+", " ");
  }

  private void add(final ImportReport.Entry entry) {
    if (entries.size() < ENTRIES_MAX) {
      entries.add(entry);
    }
  }

  /**
   * Whether something stops the import.
   *
   * @return true when there is a problem
   */
  public boolean hasProblems() {
    return problems;
  }

  /**
   * What was found so far, by line.
   *
   * @return the report
   */
  public ImportReport report() {
    final List<ImportReport.Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingInt(ImportReport.Entry::line));
    return new ImportReport(source, sorted);
  }

  /**
   * Stops when something was found that stops.
   *
   * @throws ImportException with everything found so far
   */
  public void check() {
    if (problems) {
      throw new ImportException(report());
    }
  }
}
