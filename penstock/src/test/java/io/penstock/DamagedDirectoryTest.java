package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineException;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.spi.StoreException;
import io.penstock.storage.JournalDamage;
import io.penstock.storage.RecoveryPolicy;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damage of any kind to any file of a directory: what opens has the state that there was, or every
 * loss was reported; what does not is refused with a typed exception. What SALVAGE opened, STRICT
 * opens too.
 */
final class DamagedDirectoryTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int CASES = 10;
  private static final List<String> KINDS =
      List.of(
          "shard-./journal-.*",
          "shard-./history/.*",
          "shard-./ledger/.*",
          "shard-./journal.mark",
          "engine.properties");
  private static final Variable<Long> NUMBER = Variable.ofLong("number");
  private static final Variable<Long> SUM = Variable.ofLong("sum");
  private static final Variable<Boolean> DONE = Variable.ofBoolean("done");
  private static final Variable<byte[]> BLOB = Variable.ofBytes("blob");

  @TempDir Path temporary;

  private final Workflow workflow =
      Workflow.define("flow")
          .variables(NUMBER, SUM, DONE, BLOB)
          .repeatUntil(
              DONE.isTrue(),
              block ->
                  block
                      .awaitMessage("add")
                      .inlineTask(
                          "sum",
                          work -> work.set(SUM, work.find(SUM).orElse(0L) + work.get(NUMBER))))
          .manual("approve")
          .build();

  private Path directory;
  private Map<Path, byte[]> whole;
  private Map<Path, byte[]> earlier;
  private String state;
  private String history;

  /** A file of the history that is gone as a whole is missed by {@code verify} alone. */
  private boolean historyMayBeShort;

  /** What happens to a file. */
  private enum Damage {
    FLIP,
    BYTE,
    GARBAGE,
    ZERO_SECTOR,
    ZERO_TAIL,
    TRUNCATE,
    DELETE,
    STALE,
    SWAP,
    DUPLICATE
  }

  @BeforeEach
  void write() throws IOException {
    directory = temporary.resolve("data");
    final SplittableRandom random = new SplittableRandom(1);
    try (Engine engine = open(RecoveryPolicy.STRICT, new ArrayList<>())) {
      engine.deploy(workflow);
      final List<CaseHandle> cases = new ArrayList<>();
      for (int i = 0; i < CASES; i++) {
        cases.add(engine.start(workflow, "k" + i, in -> in.set(DONE, false)));
      }
      for (int i = 0; i < 300; i++) {
        add(cases.get(random.nextInt(CASES - 2)), i, i % 40 == 0 ? 6_000 : 20);
      }
      for (int i = 0; i < 4; i++) {
        cases.get(i).send("add", in -> in.set(NUMBER, 0L).set(DONE, true));
      }
      cases.get(0).complete("approve", in -> {});
      cases.get(CASES - 1).cancel();
    }
    earlier = contents();
    try (Engine engine = open(RecoveryPolicy.STRICT, new ArrayList<>())) {
      engine.deploy(workflow);
      for (int i = 0; i < 8; i++) {
        add(engine.find(workflow, "k" + (4 + i % 4)).orElseThrow(), i, 20);
      }
      state = digest(engine, false);
      history = digest(engine, true);
    }
    whole = contents();
  }

  @Test
  void shouldOpenWithTheStateOrReportOrRefuseAfterDamageOfAnyKind() throws IOException {
    damage(100, 1);
  }

  @Test
  @Tag("slow")
  void shouldOpenWithTheStateOrReportOrRefuseAfterTwoThousandDamages() throws IOException {
    damage(2_000, 2);
  }

  private void damage(final int count, final long seed) throws IOException {
    final SplittableRandom random = new SplittableRandom(seed);
    final Map<String, Integer> outcomes = new TreeMap<>();
    final List<String> wrong = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      restore(whole);
      final Damage damage = Damage.values()[random.nextInt(Damage.values().length)];
      final String what = i + " " + happen(damage, random);
      final Map<Path, byte[]> damaged = contents();
      final String strict =
          Assertions.assertTimeoutPreemptively(LIMIT, this::openStrictly, () -> "STRICT " + what);
      restore(damaged);
      final String salvaged =
          Assertions.assertTimeoutPreemptively(LIMIT, this::salvage, () -> "SALVAGE " + what);
      outcomes.merge(damage + " STRICT " + strict, 1, Integer::sum);
      outcomes.merge(damage + " SALVAGE " + salvaged, 1, Integer::sum);
      if (salvaged.equals("refused") && !what.contains("engine.properties")) {
        wrong.add(what + ": SALVAGE refused"); // without its manifest alone a directory is none
      }
      if (strict.startsWith("!") || salvaged.startsWith("!")) {
        wrong.add(what + ": STRICT " + strict + ", SALVAGE " + salvaged);
      }
    }
    assertThat(wrong).as(outcomes.toString()).isEmpty();
    assertThat(outcomes.toString()).contains("STRICT refused", "SALVAGE equal", "SALVAGE reported");
  }

  private String openStrictly() {
    try (Engine engine = open(RecoveryPolicy.STRICT, new ArrayList<>())) {
      engine.deploy(workflow);
      if (!digest(engine, false).equals(state)) {
        return "!another state without a word";
      }
      return history(engine);
    } catch (final StoreException e) {
      return "refused";
    } catch (final RuntimeException | Error e) {
      return "!untyped " + e + " at " + e.getStackTrace()[0];
    }
  }

  private String history(final Engine engine) {
    try {
      return digest(engine, true).equals(history) || historyMayBeShort
          ? "equal"
          : "!another history without a word";
    } catch (final StoreException e) {
      return "equal, history refused";
    }
  }

  private String salvage() {
    final List<JournalDamage> damages = new ArrayList<>();
    final String found;
    try (Engine engine = open(RecoveryPolicy.SALVAGE, damages)) {
      engine.deploy(workflow);
      found = digest(engine, false);
    } catch (final StoreException e) {
      return "refused";
    } catch (final RuntimeException | Error e) {
      return "!untyped " + e + " at " + e.getStackTrace()[0];
    }
    try (Engine engine = open(RecoveryPolicy.STRICT, new ArrayList<>())) {
      engine.deploy(workflow);
      if (!digest(engine, false).equals(found)) {
        return "!another state when opened again";
      }
    } catch (final RuntimeException | Error e) {
      return "!does not open again " + e;
    }
    if (found.equals(state)) {
      return "equal";
    }
    return damages.isEmpty() ? "!another state without a word" : "reported";
  }

  private String happen(final Damage damage, final SplittableRandom random) throws IOException {
    final String kind = KINDS.get(random.nextInt(KINDS.size()));
    final List<Path> files =
        whole.keySet().stream()
            .filter(path -> path.toString().matches(kind))
            .filter(path -> damage != Damage.STALE || !isSame(path))
            .toList();
    if (files.isEmpty()) {
      return "nothing"; // of this kind all is as it was before
    }
    final Path file = files.get(random.nextInt(files.size()));
    historyMayBeShort = damage == Damage.DELETE && file.toString().contains("history");
    final byte[] bytes = whole.get(file).clone();
    int used = bytes.length;
    while (used > 0 && bytes[used - 1] == 0) {
      used--;
    }
    final int at = random.nextInt(Math.min(bytes.length, used + 8));
    final Path path = directory.resolve(file);
    switch (damage) {
      case FLIP -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case BYTE -> bytes[at] = (byte) random.nextInt();
      case GARBAGE -> {
        for (int i = at; i < Math.min(bytes.length, at + 1 + random.nextInt(64)); i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      case ZERO_SECTOR ->
          Arrays.fill(bytes, at & -512, Math.min(bytes.length, (at & -512) + 512), (byte) 0);
      case ZERO_TAIL ->
          Arrays.fill(bytes, random.nextBoolean() ? at : Math.min(64, at), bytes.length, (byte) 0);
      case STALE -> {}
      case SWAP, DUPLICATE, TRUNCATE, DELETE -> {}
    }
    switch (damage) {
      case TRUNCATE -> Files.write(path, Arrays.copyOf(bytes, at));
      case DELETE -> Files.delete(path);
      case STALE -> Files.write(path, earlier.getOrDefault(file, bytes));
      case SWAP -> {
        final Path other = files.get(random.nextInt(files.size()));
        Files.write(path, whole.get(other));
        Files.write(directory.resolve(other), bytes);
      }
      case DUPLICATE -> Files.write(next(path), bytes);
      default -> Files.write(path, bytes);
    }
    return damage + " " + file + " at " + at + " of " + used;
  }

  private boolean isSame(final Path file) {
    return Arrays.equals(earlier.get(file), whole.get(file));
  }

  private static Path next(final Path path) {
    final String name = path.getFileName().toString();
    if (!name.contains("-")) {
      return path.resolveSibling(name + ".copy");
    }
    final int begin = name.indexOf('-') + 1;
    final long number = Long.parseLong(name.substring(begin, begin + 19)) + 1;
    return path.resolveSibling(
        name.substring(0, begin) + String.format("%019d", number) + name.substring(begin + 19));
  }

  private void add(final CaseHandle handle, final long number, final int length) {
    handle.send("add", in -> in.set(NUMBER, number).set(BLOB, new byte[length]));
  }

  private String digest(final Engine engine, final boolean withHistory) {
    final StringBuilder digest = new StringBuilder();
    for (int i = 0; i < CASES; i++) {
      final Optional<CaseHandle> found = engine.find(workflow, "k" + i);
      digest.append("k").append(i).append(' ');
      if (found.isEmpty()) {
        digest.append("absent\n");
        continue;
      }
      final CaseHandle handle = found.get();
      digest.append(handle.caseId()).append(' ').append(handle.status()).append(' ');
      try {
        handle
            .variables()
            .forEach(
                (name, value) ->
                    digest
                        .append(name)
                        .append('=')
                        .append(value instanceof byte[] bytes ? Arrays.hashCode(bytes) : value)
                        .append(','));
        if (handle.status() == CaseStatus.RUNNING) {
          digest.append(handle.workItems());
        }
      } catch (final EngineException e) {
        digest.append("unreadable");
      }
      if (withHistory) {
        digest.append(handle.history());
      }
      digest.append('\n');
    }
    return digest.toString();
  }

  private Engine open(final RecoveryPolicy policy, final List<JournalDamage> damages) {
    return Engine.open(
        directory,
        EngineOptions.defaults()
            .shards(2)
            .history(History.WORK_ITEMS)
            .endedCasesKept(1_000)
            .store(
                new StorageProvider(
                    StorageOptions.defaults()
                        .withView(StorageOptions.View.SLAB)
                        .withSegmentLengths(4096, 16_384)
                        .withLedger(true)
                        .withRecovery(policy, damages::add))));
  }

  private Map<Path, byte[]> contents() throws IOException {
    final Map<Path, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (final Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        files.put(directory.relativize(path), Files.readAllBytes(path));
      }
    }
    return files;
  }

  private void restore(final Map<Path, byte[]> files) throws IOException {
    for (final Path file : contents().keySet()) {
      if (!files.containsKey(file)) {
        Files.delete(directory.resolve(file));
      }
    }
    for (final Map.Entry<Path, byte[]> file : files.entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
  }
}
