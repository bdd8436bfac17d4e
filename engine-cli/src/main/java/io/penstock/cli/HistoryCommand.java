package io.penstock.cli;

import io.penstock.engine.CaseDecoder;
import io.penstock.engine.HistoryEvent;
import io.penstock.interchange.log.XesWriter;
import io.penstock.storage.DirectoryReader;
import io.penstock.storage.ShardSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code penstock history}: who did what and when, for one case. */
@Command(
    name = "history",
    description = {
      "Shows who did what and when, oldest first, for a case and those inside it.",
      "Writes nothing and takes no lock; works beside a running engine."
    },
    footer = {
      "  penstock history data atm-withdrawal/txn-8271",
      "  penstock history data 45035996290494464 --json"
    })
final class HistoryCommand implements Callable<Integer> {
  @Mixin private final Directory directory = new Directory();

  @SuppressWarnings("NullAway.Init") // set by picocli, which refuses a command without it
  @Parameters(
      index = "1",
      paramLabel = "CASE",
      description = "id of the case, or WORKFLOW/KEY with the key that it was started with")
  private String name;

  @Option(names = "--xes", description = "an event log of this case in XES (IEEE 1849)")
  private boolean xes;

  @Option(names = "--json", description = "one JSON object a line, as export writes events")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  /** An event and the case that it stands under. */
  private record Entry(long outermostId, HistoryEvent event) {}

  @Override
  public Integer call() throws IOException {
    final DirectoryReader reader = directory.reader();
    final PrintWriter out = spec.commandLine().getOut();
    final long caseId = CaseName.id(reader, name);
    final List<Entry> entries = entries(reader, caseId);
    if (xes) {
      try (XesWriter log = new XesWriter(Terminal.raw(out), directory.path().toString())) {
        log.trace(caseId, Map.of(), entries.stream().map(Entry::event).toList());
      }
    } else if (json) {
      try (JsonLines lines = new JsonLines(Terminal.raw(out))) {
        for (final Entry entry : entries) {
          lines.write(entry.outermostId(), entry.event());
        }
      }
    } else if (entries.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              "history: none is kept of this case: case="
                  + caseId
                  + "; open the engine with EngineOptions.history(...), or it is older than"
                  + " StorageOptions.withHistoryLengthMax keeps");
    } else {
      print(entries, caseId, out);
    }
    return ExitCode.OK;
  }

  private static List<Entry> entries(final DirectoryReader reader, final long caseId) {
    final List<Entry> entries = new ArrayList<>();
    try (ShardSnapshot shard = reader.snapshot(CaseDecoder.shard(caseId, reader.shardCount()))) {
      Shards.forEachEvent(
          shard,
          (outermostId, event) -> {
            if (outermostId == caseId || event.caseId() == caseId) {
              entries.add(new Entry(outermostId, event));
            }
          });
    }
    return entries;
  }

  private static void print(final List<Entry> entries, final long caseId, final PrintWriter out) {
    final Table table = new Table("TIME", "WHAT", "TASK", "WHO", "DETAIL", "CASE INSIDE");
    for (final Entry entry : entries) {
      final HistoryEvent event = entry.event();
      final String instance = event.instance() < 0 ? "" : " instance " + event.instance();
      table.row(
          JsonLines.text(event.time()),
          event.type().name(),
          event.task().orElse(""),
          event.who().orElse(""),
          event.detail().orElse(""),
          event.caseId() == caseId ? "" : event.caseId() + instance);
    }
    table.print(out);
  }
}
