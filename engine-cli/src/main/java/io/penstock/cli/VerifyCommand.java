package io.penstock.cli;

import io.penstock.engine.CaseDecoder;
import io.penstock.engine.EngineException;
import io.penstock.engine.HistoryEvent;
import io.penstock.storage.DirectoryDamage;
import io.penstock.storage.DirectoryReader;
import io.penstock.storage.JournalCorruptedException;
import io.penstock.storage.Ledger;
import io.penstock.storage.LedgerFault;
import io.penstock.storage.LedgerHead;
import io.penstock.storage.LedgerReceipt;
import io.penstock.storage.LedgerReport;
import io.penstock.storage.ShardSnapshot;
import io.penstock.storage.ShardStatistics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock verify}: checks every byte that has a checksum, and every record behind it. */
@Command(
    name = "verify",
    description = {
      "Checks every byte that has a checksum, by the rules of opening: manifest, segments, frames, the"
          + " segments kept for history; then that every record and event can be read.",
      "A ledger is verified too: every receipt's hash, that each event that is kept is as its receipt"
          + " says, and, with --ledger-heads, that its chains lead through heads that were signed and kept"
          + " elsewhere. Heads that leave a shard out are no success: exit code 7.",
      "Writes nothing and takes no lock."
    },
    footer = {
      "  penstock verify /var/lib/app/data",
      "  penstock verify data || alert \"restore a backup\"",
      "  penstock verify data --ledger-heads heads.txt --ledger-key public.pem"
    })
final class VerifyCommand implements Callable<Integer> {
  @Mixin private final Directory directory = new Directory();

  @Option(
      names = "--ledger-heads",
      paramLabel = "FILE",
      description = "signed heads, a line each, as SignedHead writes them; needs --ledger-key")
  private @Nullable Path heads;

  @Option(
      names = "--ledger-key",
      paramLabel = "FILE",
      description = "the public key that they were signed with: Ed25519, PEM")
  private @Nullable Path key;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private long segments;
  private long frames;
  private long records;
  private long events;
  private long receipts;
  private int damages;
  private boolean torn;

  @Override
  public Integer call() throws IOException {
    final List<LedgerHead> trusted = TrustedHeads.read(heads, key);
    final PrintWriter out = spec.commandLine().getOut();
    final DirectoryReader reader = directory.reader();
    final List<DirectoryDamage> found = reader.verify();
    for (final DirectoryDamage damage : found) {
      damages++;
      out.println("damage: file=" + damage.file() + ", position=" + damage.position());
      out.println("        " + damage.rule());
      out.println("        expected: " + damage.expected());
      out.println("        actual:   " + damage.actual());
    }
    for (int shard = 0; shard < reader.shardCount(); shard++) {
      verifyRecords(reader, shard, out);
    }
    verifyLedger(reader, trusted, out);
    if (damages > 0) {
      out.println(
          (damages == 1 ? "1 damage" : damages + " damages")
              + " in "
              + directory.path()
              + "; nothing was changed. Keep a copy of the directory, then restore a backup; without one,"
              + " open it with StorageOptions.withRecovery(RecoveryPolicy.SALVAGE, ...), which takes what"
              + " is readable.");
      return ExitCode.DAMAGED;
    }
    out.println(
        directory.path()
            + " is sound: shards="
            + reader.shardCount()
            + ", segments="
            + segments
            + ", frames="
            + frames
            + ", records="
            + records
            + ", events="
            + events
            + ", receipts="
            + receipts);
    if (torn) {
      out.println(
          reader.owner().isPresent()
              ? "A frame was being written meanwhile."
              : "Half a frame lies at the end, never acknowledged: the next opening cuts it.");
    }
    return heads == null || printCoverage(reader.shardCount(), trusted, out)
        ? ExitCode.OK
        : ExitCode.NOT_COVERED;
  }

  private void verifyLedger(
      final DirectoryReader reader, final List<LedgerHead> trusted, final PrintWriter out) {
    try (Ledger ledger = Ledger.open(reader.directory())) {
      final LedgerReport report = verify(ledger, trusted);
      receipts = report.receipts();
      report.faults().forEach(fault -> print(fault, out));
      try {
        ledger.compareWithJournal(report).forEach(fault -> print(fault, out));
      } catch (final JournalCorruptedException e) {
        // is listed already
      }
      for (final LedgerReceipt note : report.notes()) {
        out.println("note:   " + note);
      }
    }
  }

  private void print(final LedgerFault fault, final PrintWriter out) {
    damages++;
    out.println("damage: file=" + fault.file() + ", position=" + fault.position());
    out.println("        " + fault.rule() + ", receipt=" + fault.sequence());
    out.println("        expected: " + fault.expected());
    out.println("        actual:   " + fault.actual());
  }

  /** Prints which receipts the heads speak for; returns whether they do so for every shard. */
  private boolean printCoverage(
      final int shardCount, final List<LedgerHead> trusted, final PrintWriter out) {
    final List<Integer> without = new ArrayList<>();
    for (int shard = 0; shard < shardCount; shard++) {
      final int index = shard;
      final OptionalLong upTo =
          trusted.stream()
              .filter(head -> head.shard() == index)
              .mapToLong(LedgerHead::sequence)
              .max();
      if (upTo.isPresent()) {
        out.println("heads:  shard=" + shard + ", receipts up to " + upTo.getAsLong() + " covered");
      } else {
        without.add(shard);
      }
    }
    out.println(
        "A trusted head protects the events up to it: what happened, when, to which case, by whom."
            + " It protects neither what came later, nor variables: they are in no receipt.");
    if (!without.isEmpty()) {
      out.println(
          "heads must cover every shard: heads="
              + trusted.size()
              + ", shardsWithout="
              + without
              + "; give a signed head of each");
    }
    return without.isEmpty();
  }

  private static LedgerReport verify(final Ledger ledger, final List<LedgerHead> trusted) {
    try {
      return ledger.verify(trusted);
    } catch (final IllegalArgumentException e) { // heads of another directory were given
      throw new EngineException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What the checksums cover must also make sense; of a shard whose journal is whole. */
  private void verifyRecords(final DirectoryReader reader, final int shard, final PrintWriter out) {
    try (ShardSnapshot snapshot = reader.snapshot(shard)) {
      final CaseDecoder decoder = new CaseDecoder(snapshot::read);
      for (final long id : Shards.ids(snapshot)) {
        verifyRecord(decoder, shard, id, out);
      }
      verifyEvents(snapshot, shard, out);
      final ShardStatistics statistics = snapshot.statistics();
      segments += statistics.segments() + statistics.historySegments();
      frames += statistics.frames();
      records += statistics.records();
      events += statistics.events();
      torn |= statistics.torn();
    } catch (final JournalCorruptedException e) {
      // is listed already
    }
  }

  private void verifyRecord(
      final CaseDecoder decoder, final int shard, final long id, final PrintWriter out) {
    try {
      if (CaseDecoder.isCase(id)) {
        decoder.decode(id);
      } else if (CaseDecoder.isWorkflow(id)) {
        decoder.workflow(id);
      }
    } catch (final EngineException e) {
      damages++;
      out.println("damage: shard=" + shard + ", record=" + id);
      out.println("        " + e.getMessage());
    }
  }

  private void verifyEvents(final ShardSnapshot snapshot, final int shard, final PrintWriter out) {
    snapshot.forEachEvents(
        (id, timeNs, buffer, offset, length) -> {
          try {
            HistoryEvent.decode(timeNs, buffer, offset);
          } catch (final IndexOutOfBoundsException | NegativeArraySizeException e) {
            damages++;
            out.println("damage: shard=" + shard + ", event of case=" + id);
            out.println("        an event must be as it was written: timeNs=" + timeNs);
          }
        });
  }
}
