package io.penstock.cli;

import io.penstock.engine.CaseDecoder;
import io.penstock.engine.StoredCase;
import io.penstock.interchange.log.XesWriter;
import io.penstock.storage.DirectoryReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock export}: cases and their history as JSON lines. */
@Command(
    name = "export",
    description = {
      "Writes cases and their history as JSON, one object a line, in UTF-8; the fields are described in"
          + " docs/cli.md. Without --cases and --history both are written, shard after shard, cases first.",
      "Writes nothing into the directory and takes no lock. Beside a running engine each shard is read"
          + " at one point, but not all at the same."
    },
    footer = {
      "  penstock export data --out all.jsonl",
      "  penstock export data --cases --workflow payroll | jq -r .status",
      "  penstock export data --history --case 45035996290494464",
      "  penstock export data --xes --workflow payroll --out payroll.xes"
    })
final class ExportCommand implements Callable<Integer> {
  @Mixin private final Directory directory = new Directory();

  @Option(names = "--cases", description = "write cases")
  private boolean cases;

  @Option(names = "--history", description = "write what happened, as far as it was kept")
  private boolean history;

  @Option(
      names = "--xes",
      description =
          "write history as an event log in XES (IEEE 1849) instead, a trace for each outermost case")
  private boolean xes;

  @Option(
      names = "--workflow",
      paramLabel = "NAME",
      description = "only cases of this workflow, and the history of those that are still kept")
  private @Nullable String workflow;

  @Option(names = "--case", paramLabel = "ID", description = "only this case and those inside it")
  private @Nullable Long caseId;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "write there instead of to the standard output; written over if it exists")
  private @Nullable Path out;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private long lines;

  @Override
  public Integer call() throws IOException {
    final DirectoryReader reader = directory.reader();
    if (out == null) {
      final PrintWriter standard = Terminal.raw(spec.commandLine().getOut());
      write(reader, standard, standard::checkError);
      return ExitCode.OK;
    }
    try (Writer file = OutputFile.open(out)) {
      write(reader, file, () -> false);
    }
    spec.commandLine()
        .getErr()
        .println("export: " + (xes ? "cases=" : "lines=") + lines + ", file=" + out);
    return ExitCode.OK;
  }

  /** Says whether the output takes no more. */
  private interface Failing {
    boolean hasFailed();
  }

  private void writeXes(final DirectoryReader reader, final Writer target, final Failing failing)
      throws IOException {
    if (cases) {
      throw new IllegalUsageException("--xes must stand without --cases: it has history alone");
    }
    final Writer buffered = new BufferedWriter(target, 1 << 16);
    try (XesWriter log = new XesWriter(buffered, directory.path().toString())) {
      final EventLog events = new EventLog(log, workflow, caseId);
      Shards.forEach(
          reader,
          (shard, decoder) -> {
            events.write(shard, decoder);
            lines = events.traces();
          });
    } catch (final UncheckedIOException e) {
      throw e.getCause();
    }
    requireTaken(failing);
  }

  private void write(final DirectoryReader reader, final Writer target, final Failing failing)
      throws IOException {
    if (xes) {
      writeXes(reader, target, failing);
      return;
    }
    try (JsonLines json = new JsonLines(new BufferedWriter(target, 1 << 16))) {
      Shards.forEach(
          reader,
          (shard, decoder) -> {
            final Set<Long> wanted = new HashSet<>();
            Shards.forEachCase(
                shard,
                decoder,
                stored -> {
                  if (isWanted(stored, decoder)) {
                    wanted.add(stored.id());
                    if (cases || !history) {
                      line(() -> json.write(stored), failing);
                    }
                  }
                });
            if (history || !cases) {
              Shards.forEachEvent(
                  shard,
                  (outermostId, event) -> {
                    final boolean all = workflow == null && caseId == null;
                    if (all
                        || wanted.contains(event.caseId())
                        || (workflow == null && isCase(event.caseId(), outermostId))
                        || (caseId == null && wanted.contains(outermostId))) {
                      line(() -> json.write(outermostId, event), failing);
                    }
                  });
            }
          });
    } catch (final UncheckedIOException e) {
      throw e.getCause();
    }
    requireTaken(failing);
  }

  private boolean isWanted(final StoredCase stored, final CaseDecoder decoder) {
    if (workflow != null && !workflow.equals(stored.workflow())) {
      return false;
    }
    StoredCase at = stored;
    while (caseId != null && at.id() != caseId && at.parent().isPresent()) {
      at = decoder.decode(at.parent().getAsLong());
    }
    return caseId == null || at.id() == caseId;
  }

  private boolean isCase(final long id, final long outermostId) {
    return caseId != null && (caseId == id || caseId == outermostId);
  }

  /** Writes a line, where the file system may fail. */
  private interface Line {
    void write() throws IOException;
  }

  private void line(final Line line, final Failing failing) {
    try {
      line.write();
      lines++;
      if ((lines & 0xFFF) == 0) {
        requireTaken(failing);
      }
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireTaken(final Failing failing) throws IOException {
    if (failing.hasFailed()) {
      throw new IOException("the standard output took no more");
    }
  }
}
