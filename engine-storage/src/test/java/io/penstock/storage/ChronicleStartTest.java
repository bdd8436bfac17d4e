package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How Chronicle Map starts in a JVM of its own: without options, in silence, or not at all. */
final class ChronicleStartTest {
  private static final String LOG_ALL = "-Dorg.slf4j.simpleLogger.defaultLogLevel=info";

  @TempDir Path directory;

  @Test
  void shouldStartInSilenceWhenTheJvmHasNoOptions() throws Exception {
    final List<String> output =
        new ChildJvm().option(LOG_ALL).run(directory, OpenAndUse.class, "store");

    assertThat(output)
        .filteredOn(line -> !isJdkWarning(line) && !line.contains("Chronicle core loaded from"))
        .containsExactly("view=chronicle", "view=chronicle");
  }

  @Test
  void shouldWriteNothingElsewhereAndCallNobodyWhenItStarts() throws Exception {
    final Path home = Files.createDirectory(directory.resolve("home"));
    final Path temporary = Files.createDirectory(directory.resolve("tmp"));
    final Path work = Files.createDirectory(directory.resolve("work"));

    final List<String> output =
        new ChildJvm()
            .option("-Duser.home=" + home)
            .option("-Djava.io.tmpdir=" + temporary)
            .run(work, OpenAndUse.class, directory.resolve("store"));

    assertThat(output).contains("view=chronicle").noneMatch(line -> line.startsWith("connection="));
    assertThat(home).isEmptyDirectory();
    assertThat(temporary).isEmptyDirectory();
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void shouldServeFromTheSlabAndSayOnceWhatIsMissingWhenModulesMayNotBeOpened() throws Exception {
    final List<String> output =
        new ChildJvm()
            .option(LOG_ALL)
            .option("-D" + ModuleOpener.PROPERTY + "=false")
            .run(directory, OpenAndUse.class, "store");

    assertThat(output)
        .filteredOn(line -> !isJdkWarning(line))
        .hasSize(3)
        .contains("view=slab")
        .anyMatch(line -> line.contains("WARN") && line.contains(ModuleOpener.jvmOptions()));
  }

  @Test
  void shouldUseChronicleMapWhenTheJvmOptionsOpenWhatItNeeds() throws Exception {
    final ChildJvm jvm = new ChildJvm().option("-D" + ModuleOpener.PROPERTY + "=false");
    Stream.of(ModuleOpener.jvmOptions().split(" ", -1)).forEach(jvm::option);

    assertThat(jvm.run(directory, OpenAndUse.class, "store")).contains("view=chronicle");
  }

  @Test
  void shouldServeFromTheSlabWhenChronicleMapIsNotOnTheClassPath() throws Exception {
    final List<String> output =
        new ChildJvm().without("/chronicle-").run(directory, OpenAndUse.class, "store");

    assertThat(output).contains("view=slab").doesNotContain("view=chronicle");
  }

  /** From 24 on the JDK says that somebody used {@code sun.misc.Unsafe}. */
  private static boolean isJdkWarning(final String line) {
    return Runtime.version().feature() >= 24
        && line.startsWith("WARNING: ")
        && (line.contains("Unsafe") || line.contains("Please consider reporting this"));
  }

  /** Opens a store twice, uses it, and says which view served. */
  static final class OpenAndUse {
    private OpenAndUse() {}

    /**
     * Runs.
     *
     * @param arguments the directory
     */
    public static void main(final String[] arguments) {
      ProxySelector.setDefault(new Tattler());
      for (int i = 0; i < 2; i++) {
        try (Store store =
            new StorageProvider().open(Path.of(arguments[0]), Durability.PROCESS_CRASH, 2)) {
          final long recordId = i;
          Records.append(store.shard(1), batch -> batch.image(recordId, "text"));
          System.out.println(store.description().replaceAll(".*(view=\\w+).*", "$1"));
        }
      }
    }
  }

  /** Tells of every connection that somebody wants. */
  private static final class Tattler extends ProxySelector {
    @Override
    public List<Proxy> select(final URI uri) {
      System.out.println("connection=" + uri);
      return List.of(Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(final URI uri, final SocketAddress address, final IOException e) {}
  }
}
