package io.penstock.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.StoredCase;
import io.penstock.engine.StoredWorkItem;
import io.penstock.storage.DirectoryReader;
import io.penstock.storage.Ledger;
import io.penstock.storage.ShardStatistics;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock stats}: what a directory holds and takes. */
@Command(
    name = "stats",
    description = {
      "Shows what a directory holds and what it takes: cases by workflow and status, open work items,"
          + " bytes on disk.",
      "Writes nothing and takes no lock; works beside a running engine."
    },
    footer = {"  penstock stats data", "  penstock stats data --json | jq .onDisk"})
final class StatsCommand implements Callable<Integer> {
  @Mixin private final Directory directory = new Directory();

  @Option(names = "--json", description = "one JSON object, its fields as in docs/cli.md")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private final List<ShardStatistics> shards = new ArrayList<>();

  /** By workflow; outermost cases only. */
  private final Map<String, Map<CaseStatus, Long>> cases = new TreeMap<>();

  /** By workflow, task and state. */
  private final Map<String, Long> workItems = new TreeMap<>();

  private long insideCases;
  private long receipts;
  private @Nullable StoredCase oldest;

  @Override
  public Integer call() throws IOException {
    final DirectoryReader reader = directory.reader();
    Shards.forEach(
        reader,
        (shard, decoder) -> {
          shards.add(shard.statistics());
          Shards.forEachCase(shard, decoder, this::count);
        });
    try (Ledger ledger = Ledger.open(reader.directory())) {
      for (int shard = 0; shard < ledger.shardCount(); shard++) {
        receipts += ledger.head(shard).sequence();
      }
    }
    if (json) {
      printJson(reader, Terminal.raw(spec.commandLine().getOut()));
    } else {
      print(reader, spec.commandLine().getOut());
    }
    return ExitCode.OK;
  }

  private void count(final StoredCase stored) {
    for (final StoredWorkItem item : stored.workItems()) {
      workItems.merge(stored.workflow() + "\n" + item.task() + "\n" + item.state(), 1L, Long::sum);
    }
    if (stored.parent().isPresent()) {
      insideCases++;
      return;
    }
    cases
        .computeIfAbsent(stored.workflow(), name -> new EnumMap<>(CaseStatus.class))
        .merge(stored.status(), 1L, Long::sum);
    if (stored.status() == CaseStatus.RUNNING
        && (oldest == null || stored.started().isBefore(oldest.started()))) {
      oldest = stored;
    }
  }

  private long journalBytes() {
    return shards.stream().mapToLong(ShardStatistics::length).sum();
  }

  private long historyBytes() {
    return shards.stream().mapToLong(ShardStatistics::historyLength).sum();
  }

  private long liveBytes() {
    return shards.stream().mapToLong(ShardStatistics::liveLength).sum();
  }

  private long events() {
    return shards.stream().mapToLong(ShardStatistics::events).sum();
  }

  private void print(final DirectoryReader reader, final PrintWriter out) {
    out.println("directory     " + reader.directory());
    out.println("engine        " + Long.toHexString(reader.engineId()));
    out.println("open in       " + reader.owner().orElse("no engine"));
    out.println(
        "on disk       "
            + bytes(journalBytes() + historyBytes())
            + ": journal "
            + bytes(journalBytes())
            + ", history kept apart "
            + bytes(historyBytes()));
    out.println("live records  " + bytes(liveBytes()));
    out.println("events kept   " + events());
    out.println("receipts      " + (receipts == 0 ? "no ledger" : receipts));
    final StoredCase first = oldest;
    if (first != null) {
      out.println(
          "oldest case   "
              + first.id()
              + first.key().map(key -> " (" + first.workflow() + "/" + key + ")").orElse("")
              + ", running since "
              + JsonLines.text(first.started()));
    }
    out.println();
    printShards(out);
    out.println();
    printCases(out);
    if (insideCases > 0) {
      out.println("and inside those " + insideCases + " cases of sub-workflows and instances");
    }
    printWorkItems(out);
  }

  private void printShards(final PrintWriter out) {
    final Table table =
        new Table("SHARD", "SEGMENTS", "BYTES", "LIVE", "FRAMES", "RECORDS", "POSITION", "EVENTS");
    for (int i = 0; i < shards.size(); i++) {
      final ShardStatistics shard = shards.get(i);
      table.row(
          Integer.toString(i),
          Integer.toString(shard.segments()),
          Long.toString(shard.length()),
          Long.toString(shard.liveLength()),
          Long.toString(shard.frames()),
          Long.toString(shard.records()),
          Long.toString(shard.lastPosition()),
          Long.toString(shard.events()));
    }
    table.print(out);
  }

  private void printCases(final PrintWriter out) {
    if (cases.isEmpty()) {
      out.println("no cases");
      return;
    }
    final List<CaseStatus> statuses = new ArrayList<>(List.of(CaseStatus.values()));
    statuses.removeIf(
        status -> cases.values().stream().noneMatch(counts -> counts.containsKey(status)));
    final String[] head = new String[statuses.size() + 1];
    head[0] = "WORKFLOW";
    for (int i = 0; i < statuses.size(); i++) {
      head[i + 1] = statuses.get(i).name();
    }
    final Table table = new Table(head);
    cases.forEach(
        (workflow, counts) -> {
          final String[] row = new String[head.length];
          row[0] = workflow;
          for (int i = 0; i < statuses.size(); i++) {
            row[i + 1] = Long.toString(counts.getOrDefault(statuses.get(i), 0L));
          }
          table.row(row);
        });
    table.print(out);
  }

  private void printWorkItems(final PrintWriter out) {
    out.println();
    if (workItems.isEmpty()) {
      out.println("no open work items");
      return;
    }
    final Table table = new Table("WORKFLOW", "TASK", "STATE", "OPEN");
    workItems.forEach(
        (item, count) -> {
          final String[] words = item.split("\n", -1);
          table.row(words[0], words[1], words[2], Long.toString(count));
        });
    table.print(out);
  }

  private void printJson(final DirectoryReader reader, final PrintWriter out) throws IOException {
    try (JsonLines lines = new JsonLines(out)) {
      final JsonGenerator object = lines.generator();
      object.writeStartObject();
      object.writeStringField("directory", reader.directory().toString());
      object.writeStringField("engineId", Long.toHexString(reader.engineId()));
      object.writeStringField("owner", reader.owner().orElse(null));
      object.writeObjectFieldStart("onDisk");
      object.writeNumberField("journal", journalBytes());
      object.writeNumberField("history", historyBytes());
      object.writeEndObject();
      object.writeNumberField("live", liveBytes());
      object.writeNumberField("events", events());
      object.writeNumberField("receipts", receipts);
      object.writeStringField("oldestCase", oldest == null ? null : Long.toString(oldest.id()));
      object.writeStringField(
          "oldestCaseStarted", oldest == null ? null : JsonLines.text(oldest.started()));
      writeShards(object);
      object.writeObjectFieldStart("cases");
      for (final Map.Entry<String, Map<CaseStatus, Long>> workflow : cases.entrySet()) {
        object.writeObjectFieldStart(workflow.getKey());
        for (final Map.Entry<CaseStatus, Long> count : workflow.getValue().entrySet()) {
          object.writeNumberField(count.getKey().name(), count.getValue());
        }
        object.writeEndObject();
      }
      object.writeEndObject();
      object.writeNumberField("casesInside", insideCases);
      writeWorkItems(object);
      object.writeEndObject();
      lines.end();
    }
  }

  private void writeShards(final JsonGenerator object) throws IOException {
    object.writeArrayFieldStart("shards");
    for (final ShardStatistics shard : shards) {
      object.writeStartObject();
      object.writeNumberField("segments", shard.segments());
      object.writeNumberField("bytes", shard.length());
      object.writeNumberField("live", shard.liveLength());
      object.writeNumberField("frames", shard.frames());
      object.writeNumberField("records", shard.records());
      object.writeNumberField("position", shard.lastPosition());
      object.writeBooleanField("torn", shard.torn());
      object.writeNumberField("historySegments", shard.historySegments());
      object.writeNumberField("historyBytes", shard.historyLength());
      object.writeNumberField("events", shard.events());
      object.writeEndObject();
    }
    object.writeEndArray();
  }

  private void writeWorkItems(final JsonGenerator object) throws IOException {
    object.writeArrayFieldStart("workItems");
    for (final Map.Entry<String, Long> item : workItems.entrySet()) {
      final String[] words = item.getKey().split("\n", -1);
      object.writeStartObject();
      object.writeStringField("workflow", words[0]);
      object.writeStringField("task", words[1]);
      object.writeStringField("state", words[2]);
      object.writeNumberField("open", item.getValue());
      object.writeEndObject();
    }
    object.writeEndArray();
  }

  /** A length for people: three digits or so. */
  private static String bytes(final long length) {
    String unit = "bytes";
    double value = length;
    for (final String next : List.of("KiB", "MiB", "GiB", "TiB")) {
      if (value < 1024) {
        break;
      }
      value /= 1024;
      unit = next;
    }
    return unit.equals("bytes")
        ? length + " bytes"
        : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, unit);
  }
}
