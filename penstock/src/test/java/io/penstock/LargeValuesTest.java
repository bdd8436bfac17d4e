package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values too long for a case record: kept, shared, and gone with the last that refers to them. */
@Timeout(120)
class LargeValuesTest {
  private static final int LONGEST = 16 * 1024 * 1024;
  private static final int LARGE = 100_000;

  /** Record ids of large values, see docs/format.md. */
  private static final long ID_LIMIT = Long.MIN_VALUE + (1L << 48);

  static final Variable<byte[]> DOCUMENT = Variable.ofBytes("document");
  static final Variable<byte[]> COPY = Variable.ofBytes("copy");
  private static final Variable<String> TEXT = Variable.ofString("text");
  static final Variable<Boolean> DONE = Variable.ofBoolean("done");

  @TempDir private Path directory;

  private final CountDownLatch underWay = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private Engine open() {
    return open(StorageOptions.View.SLAB);
  }

  private Engine open(final StorageOptions.View view) {
    return Engine.open(directory, options(view));
  }

  static EngineOptions options(final StorageOptions.View view) {
    return Engines.options()
        .shards(1)
        .endedCasesKept(2)
        .store(new StorageProvider(StorageOptions.defaults().withView(view)));
  }

  private int stored() {
    return stored(directory);
  }

  /** How many large values a directory holds; no engine may have it open. */
  static int stored(final Path directory) {
    final int[] count = {0};
    try (Store store = new StorageProvider().open(directory, Durability.PROCESS_CRASH, 1)) {
      store
          .shard(0)
          .forEach(
              (id, record, offset, length) -> {
                if (id > Long.MIN_VALUE && id < ID_LIMIT) {
                  count[0]++;
                }
              });
    }
    return count[0];
  }

  static byte[] bytes(final int length, final int seed) {
    final byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Workflow form() {
    return Workflow.define("form")
        .variables(DOCUMENT, COPY, TEXT, DONE)
        .repeatUntil(DONE.isTrue(), round -> round.manual("edit"))
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepTheLongestValueOverARestart(final StorageOptions.View view) {
    final byte[] document = bytes(LONGEST, 1);
    final Workflow form = form();
    try (Engine engine = open(view).deploy(form)) {
      final CaseHandle handle = engine.start(form, "a", in -> in.set(DOCUMENT, document));
      assertThat(handle.get(DOCUMENT)).isEqualTo(document);
    }

    try (Engine engine = open(view).deploy(form)) {
      final CaseHandle handle = engine.find(form, "a").orElseThrow();
      assertThat(handle.get(DOCUMENT)).isEqualTo(document);
      assertThat(handle.variables()).containsOnlyKeys("document");
    }
  }

  @Test
  void shouldBringLargeValuesToHandlersAndGuardsAndTakeThemFromThere() {
    final byte[] document = bytes(LARGE, 2);
    final String text = "é".repeat(LARGE);
    final Workflow workflow =
        Workflow.define("handlers")
            .variables(DOCUMENT, COPY, TEXT)
            .inlineTask("write", work -> work.set(TEXT, text))
            .inlineTask(
                "read in the same burst", work -> assertThat(work.get(TEXT)).isEqualTo(text))
            .task("copy", work -> work.set(COPY, work.get(DOCUMENT)))
            .choice(
                choice ->
                    choice
                        .when(
                            values -> values.get(TEXT).equals(text),
                            then -> then.inlineTask("right", work -> {}))
                        .otherwise(other -> other.awaitMessage("never")))
            .build();
    try (Engine engine = Engine.inMemory(options(StorageOptions.View.SLAB)).deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> in.set(DOCUMENT, document));

      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(handle.get(COPY)).isEqualTo(document);
      assertThat(handle.get(TEXT)).isEqualTo(text);
    }
  }

  @Test
  void shouldLetAValueGoWhenItIsOverwritten() {
    final Workflow form = form();
    try (Engine engine = open().deploy(form)) {
      final CaseHandle handle = engine.start(form, in -> in.set(DOCUMENT, bytes(LARGE, 0)));
      for (int round = 1; round <= 20; round++) {
        final byte[] document = bytes(LARGE, round);
        handle.complete("edit", in -> in.set(DOCUMENT, document).set(DONE, false));
      }
    }
    assertThat(stored()).isOne();
  }

  @Test
  void shouldShareAValueAmongAllInstancesThatBeginWithIt() {
    final byte[] document = bytes(LARGE, 3);
    final Workflow workflow =
        Workflow.define("shared")
            .variables(DOCUMENT, COPY)
            .instances("read", 1_000, each -> each.manual("sign"))
            .manual("end")
            .build();
    try (Engine engine = open().deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, "a", in -> in.set(DOCUMENT, document));
      awaitInstances(handle, 1_000);
    }
    assertThat(stored()).isOne();
    try (Engine engine = open().deploy(workflow)) {
      final CaseHandle handle = engine.find(workflow, "a").orElseThrow();
      assertThat(engine.handle(handle.workItems().get(999).caseId()).get(DOCUMENT))
          .isEqualTo(document);
      handle.completeInstances("read");
      assertThat(handle.get(DOCUMENT)).isEqualTo(document);
    }
    assertThat(stored()).isOne();
  }

  private static void awaitInstances(final CaseHandle handle, final int count) {
    while (handle.workItems().size() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldKeepAMessagesLargeValueUntilItIsTaken() {
    final byte[] document = bytes(LARGE, 4);
    final Workflow workflow =
        Workflow.define("mail")
            .variables(DOCUMENT)
            .manual("wait")
            .awaitMessage("letter")
            .manual("end")
            .build();
    try (Engine engine = open().deploy(workflow)) {
      engine.start(workflow, "a", in -> {}).send("letter", in -> in.set(DOCUMENT, document));
    }
    assertThat(stored()).isOne();
    try (Engine engine = open().deploy(workflow)) {
      final CaseHandle handle = engine.find(workflow, "a").orElseThrow();
      handle.complete("wait", in -> {});
      assertThat(handle.get(DOCUMENT)).isEqualTo(document);
    }
    assertThat(stored()).isOne();
  }

  @Test
  void shouldStoreASignalsLargeValueOnceForAllThatGoOn() {
    final Workflow workflow =
        Workflow.define("news")
            .variables(DOCUMENT)
            .instances("listen", 50, each -> each.awaitSignal("news").manual("read"))
            .build();
    try (Engine engine = open().deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      assertThat(handle.signal("news", in -> in.set(DOCUMENT, bytes(LARGE, 5)))).isEqualTo(50);
      assertThat(handle.signal("news", in -> in.set(DOCUMENT, bytes(LARGE, 6)))).isZero();
    }
    assertThat(stored()).isOne();
  }

  @Test
  void shouldLetValuesGoWithTheCasesThatAreForgotten() {
    final Workflow form = form();
    try (Engine engine = open().deploy(form)) {
      for (int i = 0; i < 5; i++) {
        final CaseHandle handle = engine.start(form, in -> in.set(DOCUMENT, bytes(LARGE, 7)));
        handle.complete("edit", in -> in.set(DONE, true));
      }
    }
    assertThat(stored()).isEqualTo(2); // of the ended cases that are kept
    final Workflow other = Workflow.define("other").variables(DONE).manual("edit").build();
    try (Engine engine = open().deploy(other)) {
      for (int i = 0; i < 2; i++) {
        engine.start(other, in -> {}).complete("edit", in -> {});
      }
    }
    assertThat(stored()).isZero(); // though their workflow was not deployed
  }

  @Test
  void shouldKeepWhatAHandlerReadsUntilItHasEnded() throws InterruptedException {
    final byte[] before = bytes(LARGE, 8);
    final Workflow workflow =
        Workflow.define("pinned")
            .variables(DOCUMENT, COPY)
            .parallel(
                both ->
                    both.branch(
                            one ->
                                one.task(
                                    "slow",
                                    work -> {
                                      underWay.countDown();
                                      goOn.await();
                                      work.set(COPY, work.get(DOCUMENT));
                                    }))
                        .branch(other -> other.manual("edit")))
            .manual("end")
            .build();
    try (Engine engine = open().deploy(workflow)) {
      final CaseHandle handle = engine.start(workflow, in -> in.set(DOCUMENT, before));
      underWay.await();
      handle.complete("edit", in -> in.set(DOCUMENT, bytes(10, 9)));
      copyTo("crashed"); // the old value is there, and no record refers to it
      goOn.countDown();
      while (handle.workItems().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(handle.get(COPY)).isEqualTo(before);
      assertThat(handle.get(DOCUMENT)).hasSize(10);
    }
    assertThat(stored()).isOne();

    directory = directory.resolve("crashed");
    assertThat(stored()).isOne();
    try (Engine engine = open().deploy(workflow)) {
      engine.start(workflow, in -> {});
    }
    assertThat(stored()).isZero();
  }

  /** What a crash at this moment would leave. */
  private void copyTo(final String name) {
    final Path target = directory.resolve(name);
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path file : (Iterable<Path>) files::iterator) {
        final Path copy = target.resolve(directory.relativize(file).toString());
        if (!file.startsWith(target) && Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else if (!file.startsWith(target)) {
          Files.copy(file, copy);
        }
      }
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
