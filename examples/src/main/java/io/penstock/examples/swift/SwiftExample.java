package io.penstock.examples.swift;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Settles a folder of MT103 messages. */
public final class SwiftExample {
  private SwiftExample() {}

  /**
   * Runs every message of a folder.
   *
   * @param engine an open engine
   * @param data folder with one message a file, {@code *.txt}
   * @param out receives progress and results
   * @return how it went
   */
  public static Result run(final Engine engine, final Path data, final PrintStream out) {
    final Nostro nostro = new Nostro();
    final Workflow workflow = Transfer.through(nostro);
    engine.deploy(workflow);

    final Map<String, CaseHandle> cases = new TreeMap<>();
    final long startNs = System.nanoTime();
    for (final Path file : messageFiles(data)) {
      final String name = String.valueOf(file.getFileName());
      cases.put(name, engine.start(workflow, name, in -> in.set(Transfer.MESSAGE, read(file))));
    }
    final Map<String, Outcome> outcomes = new TreeMap<>();
    final Map<String, String> decisions = new TreeMap<>();
    cases.forEach((name, handle) -> outcomes.put(name, handle.join()));
    final Duration elapsed = Duration.ofNanos(System.nanoTime() - startNs);
    cases.forEach(
        (name, handle) -> {
          decisions.put(name, handle.find(Transfer.DECISION).orElse(""));
          out.printf(
              "  %-18s %-10s %s%n", name, outcomes.get(name), detail(handle, decisions.get(name)));
        });
    final Duration checks =
        Transfer.SANCTIONS_TIME
            .plus(Transfer.AML_TIME)
            .plus(Transfer.FRAUD_TIME)
            .multipliedBy(cases.size());
    out.printf(
        "  %d messages in %d ms; their checks one after the other would take %d ms; debited %s, credited %s%n",
        cases.size(), elapsed.toMillis(), checks.toMillis(), nostro.debited(), nostro.credited());
    return new Result(outcomes, decisions, elapsed, checks, nostro.debited(), nostro.credited());
  }

  private static String detail(final CaseHandle handle, final String decision) {
    return decision.equals("RETURNED") ? decision + ": " + handle.failure().orElse("") : decision;
  }

  private static List<Path> messageFiles(final Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    } catch (final IOException e) {
      throw new UncheckedIOException("folder must be readable: folder=" + folder, e);
    }
  }

  private static String read(final Path file) {
    try {
      return Files.readString(file);
    } catch (final IOException e) {
      throw new UncheckedIOException("file must be readable: file=" + file, e);
    }
  }

  /**
   * How it went.
   *
   * @param outcomes how each case ended, by file name
   * @param decisions what was decided of each message, by file name
   * @param elapsed from the first start to the last outcome
   * @param checksInSequence what the checks alone would take one after the other
   * @param debited sum of debits
   * @param credited sum of credits
   */
  public record Result(
      Map<String, Outcome> outcomes,
      Map<String, String> decisions,
      Duration elapsed,
      Duration checksInSequence,
      BigDecimal debited,
      BigDecimal credited) {}
}
