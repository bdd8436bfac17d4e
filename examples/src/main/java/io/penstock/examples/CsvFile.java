package io.penstock.examples;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads a CSV file with a header line into records; what cannot be read is named by file and line.
 */
public final class CsvFile {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).setTrim(true).get();

  private CsvFile() {}

  /**
   * Reads every line.
   *
   * @param <T> what a line becomes
   * @param file the file
   * @param columns the columns that must be there
   * @param parse makes something of a line; what it throws is reported with file and line
   * @return one element a line, in the order of the file
   * @throws MalformedCsvException when the header lacks a column or a line cannot be read
   */
  public static <T> List<T> read(
      final Path file, final Set<String> columns, final Function<Line, T> parse) {
    final List<T> lines = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file);
        CSVParser parser = FORMAT.parse(reader)) {
      if (!parser.getHeaderNames().containsAll(columns)) {
        throw new MalformedCsvException(file, 1, "header must have the columns " + columns, null);
      }
      for (final CSVRecord csvRecord : parser) {
        lines.add(parseLine(file, parser.getCurrentLineNumber(), csvRecord, parse));
      }
    } catch (final IOException e) {
      throw new UncheckedIOException("file must be readable: file=" + file, e);
    }
    return lines;
  }

  private static <T> T parseLine(
      final Path file,
      final long lineNumber,
      final CSVRecord csvRecord,
      final Function<Line, T> parse) {
    try {
      return parse.apply(csvRecord::get);
    } catch (final RuntimeException e) {
      throw new MalformedCsvException(file, lineNumber, String.valueOf(e.getMessage()), e);
    }
  }

  /** One line, by the names of its columns. */
  @FunctionalInterface
  public interface Line {
    /**
     * A value.
     *
     * @param column name of the column
     * @return the text
     */
    String get(String column);
  }
}
