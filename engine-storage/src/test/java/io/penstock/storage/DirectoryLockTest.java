package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.spi.StoreBackup;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One owner a directory, whatever happens to the files that say so. */
final class DirectoryLockTest {
  private static final String OTHER_OWNER =
      "pid=1, host=elsewhere, processStarted=unknown, opened=x, start=1, namespace=another/pid,"
          + " directory=unknown, token=1234";

  @TempDir Path temporary;

  /** What others do to the files of an open directory, and where the directory is then. */
  enum Interference {
    READ_LOCK_FILE,
    READ_ALL_FILES,
    DELETE_LOCK_FILE,
    DELETE_SECOND_FILE,
    READ_ALL_AND_DELETE_LOCK_FILE,
    EMPTY_LOCK_FILE_AND_READ_ALL,
    RENAME,
    READ_ALL_AND_RENAME,
    REPLACE_LOCK_FILE;

    Path happen(final Path directory) throws IOException {
      final Path lock = directory.resolve(DirectoryLock.FILE_NAME);
      if (name().contains("READ_ALL")) {
        Trees.contents(directory);
      }
      switch (this) {
        case READ_LOCK_FILE -> Files.readAllBytes(lock);
        case DELETE_LOCK_FILE, READ_ALL_AND_DELETE_LOCK_FILE -> Files.delete(lock);
        case DELETE_SECOND_FILE -> Files.delete(directory.resolve(DirectoryLock.SECOND_FILE_NAME));
        case EMPTY_LOCK_FILE_AND_READ_ALL -> Files.write(lock, new byte[0]);
        case RENAME, READ_ALL_AND_RENAME -> {
          return Files.move(directory, directory.resolveSibling("renamed"));
        }
        case REPLACE_LOCK_FILE -> {
          Files.delete(lock);
          Files.writeString(lock, "no note");
        }
        case READ_ALL_FILES -> {}
      }
      return directory;
    }
  }

  @ParameterizedTest
  @EnumSource(Interference.class)
  void shouldRefuseAnotherProcessWhatever(final Interference interference) throws Exception {
    final Path directory = temporary.resolve("data");
    try (Store store = open(directory)) {
      Records.append(store.shard(0), batch -> batch.image(1, "one"));
      final Path now = interference.happen(directory);

      assertThat(openElsewhere(now)).containsExactly("DirectoryInUseException");
      if (now.equals(directory)) {
        Records.append(store.shard(0), batch -> batch.image(2, "two"));
      }
    } catch (final StoreException e) {
      assertThat(interference.name()).as(e.getMessage()).contains("RENAME");
    }
  }

  @ParameterizedTest
  @EnumSource(Interference.class)
  void shouldRefuseASecondOwnerInThisJvmWhatever(final Interference interference)
      throws IOException {
    final Path directory = temporary.resolve("data");
    try (Store store = open(directory)) {
      Records.append(store.shard(0), batch -> batch.image(1, "one"));
      final Path now = interference.happen(directory);

      assertThatThrownBy(() -> open(now)).isInstanceOf(DirectoryInUseException.class);
    } catch (final StoreException e) {
      assertThat(interference.name()).as(e.getMessage()).contains("RENAME");
    }
  }

  @Test
  void shouldSayAgainWhoOwnsTheDirectoryWhenTheFilesWereDeleted() throws IOException {
    final Path directory = temporary.resolve("data");
    try (Store store = open(directory)) {
      Files.delete(directory.resolve(DirectoryLock.FILE_NAME));
      Files.delete(directory.resolve(DirectoryLock.SECOND_FILE_NAME));

      appendUntil(store, () -> Files.exists(directory.resolve(DirectoryLock.SECOND_FILE_NAME)));

      assertThat(directory.resolve(DirectoryLock.FILE_NAME))
          .content()
          .contains("pid=" + ProcessHandle.current().pid());
    }
    open(directory).close();
  }

  @Test
  void shouldWaitBeforeItTakesOverWhenBothFilesAreGoneAndTheFirstMayLive() throws IOException {
    final Path directory = temporary.resolve("data");
    open(directory).close();
    Files.delete(directory.resolve(DirectoryLock.FILE_NAME));
    Files.delete(directory.resolve(DirectoryLock.SECOND_FILE_NAME));

    assertThat(timeOfOpening(directory)).isGreaterThanOrEqualTo(DirectoryLock.TAKE_OVER_WAIT);
    assertThat(timeOfOpening(directory)).isLessThan(DirectoryLock.TAKE_OVER_WAIT);
  }

  @Test
  void shouldWaitBeforeItTakesOverFromAnOwnerThatCannotBeSeen() throws IOException {
    final Path directory = temporary.resolve("data");
    open(directory).close();
    Files.writeString(directory.resolve(DirectoryLock.FILE_NAME), OTHER_OWNER);

    assertThat(timeOfOpening(directory)).isGreaterThanOrEqualTo(DirectoryLock.TAKE_OVER_WAIT);
  }

  @Test
  void shouldOpenAtOnceWhenTheOwnerWasKilled() throws Exception {
    final Path directory = temporary.resolve("data");
    openElsewhere(directory, "halt");
    assertThat(directory.resolve(DirectoryLock.FILE_NAME)).isNotEmptyFile();

    assertThat(timeOfOpening(directory)).isLessThan(DirectoryLock.TAKE_OVER_WAIT);
  }

  @Test
  void shouldOpenTheCopyOfADirectoryWhoseOwnerLives() throws Exception {
    final Path directory = temporary.resolve("data");
    final Path copy = temporary.resolve("copy");
    try (Store store = open(directory)) {
      Records.append(store.shard(0), batch -> batch.image(1, "one"));
      copy(directory, copy);
      assertThat(openElsewhere(copy)).containsExactly("opened");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldStopBeforeItAcknowledgesMoreWhenAnotherTookOver(final Durability durability)
      throws IOException {
    final Path directory = temporary.resolve("data");
    final Store store = open(directory, durability);
    Records.append(store.shard(0), batch -> batch.image(1, "one"));
    Files.writeString(directory.resolve(DirectoryLock.FILE_NAME), OTHER_OWNER);
    Files.writeString(directory.resolve(DirectoryLock.SECOND_FILE_NAME), OTHER_OWNER);

    final Instant since = Instant.now();
    assertThatThrownBy(() -> appendUntil(store, () -> false))
        .hasMessageContaining("must stay the engine's own")
        .hasMessageContaining("host=elsewhere")
        .hasMessageContaining("directory=" + directory);
    assertThat(Duration.between(since, Instant.now())).isLessThan(DirectoryLock.TAKE_OVER_WAIT);
    final Map<Path, Long> before = Trees.fingerprint(directory);
    assertThatThrownBy(() -> Records.append(store.shard(1), batch -> batch.image(1, "one")))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(store::close).isInstanceOf(StoreException.class);
    assertThat(Trees.fingerprint(directory)).as("files are another's").isEqualTo(before);
    assertThat(directory.resolve(DirectoryLock.FILE_NAME)).hasContent(OTHER_OWNER);
  }

  @Test
  void shouldLookBeforeTheFirstAppendAfterAPause() throws IOException {
    final Path directory = temporary.resolve("data");
    final Store store = open(directory);
    Files.writeString(directory.resolve(DirectoryLock.FILE_NAME), OTHER_OWNER);

    assertThatThrownBy(() -> store.shard(0).append(Records.batch(batch -> batch.image(1, "one"))))
        .isInstanceOf(DirectoryLostException.class);
    assertThatThrownBy(store::close).isInstanceOf(StoreException.class);
  }

  @Test
  void shouldStopWhenAnotherDirectoryHasItsName() throws IOException {
    final Path directory = temporary.resolve("data");
    final Store store = open(directory);
    Files.move(directory, temporary.resolve("renamed"));
    Files.createDirectory(directory);

    assertThatThrownBy(() -> store.shard(0).append(Records.batch(batch -> batch.image(1, "one"))))
        .isInstanceOf(DirectoryLostException.class)
        .hasMessageContaining("another directory has its name");
    assertThatThrownBy(store::close).isInstanceOf(StoreException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void shouldNotFollowALinkInThePlaceOfALockFile() throws IOException {
    final Path directory = Files.createDirectory(temporary.resolve("data"));
    final Path victim = Files.writeString(temporary.resolve("victim"), "text");
    for (final String name : DirectoryLock.FILE_NAMES) {
      final Path link = Files.createSymbolicLink(directory.resolve(name), victim);

      assertThatThrownBy(() -> open(directory))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("must not be a symbolic link: file=" + link);
      Files.delete(link);
    }
    assertThat(victim).hasContent("text");
    open(directory).close();
  }

  @Test
  void shouldNotFollowALinkInThePlaceOfASegment() throws IOException {
    final Path directory = temporary.resolve("data");
    open(directory).close();
    final Path segment = SegmentFiles.path(directory.resolve("shard-0"), 0);
    final Path elsewhere = Files.move(segment, temporary.resolve("elsewhere"));
    final byte[] before = Files.readAllBytes(elsewhere);
    Files.createSymbolicLink(segment, elsewhere);

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("symbolic link: file=" + segment);
    assertThat(elsewhere).hasBinaryContent(before);
  }

  @Test
  void shouldMakeFilesThatTheirOwnerAloneMayReadUnlessAskedOtherwise() throws IOException {
    assertModes(open(temporary.resolve("owner")), "rwx------", "rw-------", "owner");
    final StorageOptions group = options().withReaders(StorageOptions.Readers.GROUP);
    assertModes(
        new StorageProvider(group).open(temporary.resolve("group"), Durability.PROCESS_CRASH, 2),
        "rwxr-x---",
        "rw-r-----",
        "group");
  }

  @Test
  void shouldCloseTheDirectoriesOfShardsThatOthersMayRead() throws IOException {
    final Path directory = temporary.resolve("data");
    open(directory).close();
    final Path shard = directory.resolve("shard-0");
    Files.setPosixFilePermissions(shard, PosixFilePermissions.fromString("rwxr-xr-x"));

    open(directory).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shard)))
        .isEqualTo("rwx------");
  }

  private void assertModes(
      final Store open, final String directories, final String files, final String name)
      throws IOException {
    final Path backup = temporary.resolve(name + "-backup");
    try (Store store = open) {
      for (int i = 0; i < 200; i++) {
        Records.append(
            store.shard(0), batch -> batch.image(1, "r".repeat(200)).events(1, "happened"));
      }
      store.flush();
      try (StoreBackup hot = store.backup(backup)) {
        hot.mark(0);
        hot.mark(1);
        hot.copy();
      }
    }
    for (final Path root : List.of(temporary.resolve(name), backup)) {
      try (Stream<Path> all = Files.walk(root)) {
        for (final Path path : (Iterable<Path>) all::iterator) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
              .as(path.toString())
              .isEqualTo(Files.isDirectory(path) ? directories : files);
        }
      }
    }
    assertThat(timeOfOpening(backup)).isLessThan(DirectoryLock.TAKE_OVER_WAIT);
  }

  /** Whether something is so. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void appendUntil(final Store store, final Condition condition) throws IOException {
    final Instant deadline = Instant.now().plusSeconds(30);
    while (!condition.holds()) {
      Records.append(store.shard(0), batch -> batch.image(1, "again"));
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  private static Duration timeOfOpening(final Path directory) {
    final long begin = System.nanoTime();
    open(directory).close();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static void copy(final Path directory, final Path target) throws IOException {
    for (final Map.Entry<Path, byte[]> file : Trees.contents(directory).entrySet()) {
      final Path copy = target.resolve(directory.relativize(file.getKey()));
      Files.createDirectories(copy.getParent());
      Files.write(copy, file.getValue());
    }
  }

  private static StorageOptions options() {
    return StorageOptions.defaults()
        .withView(View.SLAB)
        .withLedger(true)
        .withSegmentLengths(4096, 8192);
  }

  private static Store open(final Path directory) {
    return open(directory, Durability.PROCESS_CRASH);
  }

  private static Store open(final Path directory, final Durability durability) {
    return new StorageProvider(options()).open(directory, durability, 2);
  }

  private List<String> openElsewhere(final Path directory, final String... how)
      throws IOException, InterruptedException {
    final String end = how.length == 0 ? "close" : how[0];
    return new ChildJvm()
        .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=off")
        .run(temporary, Opener.class, directory, end);
  }

  /** Opens a directory and prints what came of it. */
  static final class Opener {
    private Opener() {}

    /**
     * Runs to the end.
     *
     * @param arguments directory, and how to end
     */
    public static void main(final String[] arguments) {
      try {
        final Store store = open(Path.of(arguments[0]));
        System.out.println("opened");
        System.out.flush();
        if (arguments[1].equals("halt")) {
          Runtime.getRuntime().halt(0);
        }
        store.close();
      } catch (final StoreException e) {
        System.out.println(e.getClass().getSimpleName());
      }
    }
  }
}
