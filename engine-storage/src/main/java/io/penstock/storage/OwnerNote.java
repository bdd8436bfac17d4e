package io.penstock.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a directory writes about itself: one line, from which another process finds out
 * whether the owner still lives.
 *
 * <p>A process is known by its id, by when it started, and by where its id means something: the run
 * of the operating system and, on Linux, the process namespace. The start is counted in the
 * system's own ticks where they can be read, as a calendar may be set. Elsewhere, in another
 * container say, nothing can be found out.
 *
 * @param text the line
 * @param pid process id
 * @param host name of the host
 * @param started when the process started
 * @param namespace where process ids mean the same; null in lines of older versions
 * @param directory identity of the directory, apart from its name; null if unknown
 * @param token random, one for each opening
 */
record OwnerNote(
    String text,
    long pid,
    String host,
    String started,
    @Nullable String namespace,
    @Nullable String directory,
    @Nullable String token) {
  private static final Pattern LINE =
      Pattern.compile(
          "pid=(?<pid>\\d{1,18}), host=(?<host>.*?), processStarted=(?<started>[^,]*), opened=[^,]*"
              + "(, start=(?<start>[^,]*), namespace=(?<namespace>[^,]*),"
              + " directory=(?<directory>[^,]*), token=(?<token>[0-9a-f]+))?");
  private static final Duration SAME_START = Duration.ofSeconds(5);
  private static final String UNKNOWN = "unknown";
  private static final int START_FIELD = 19; // of /proc/PID/stat, from 0, behind the name

  /** What is known of an owner. */
  enum Life {
    /** Its process runs. */
    ALIVE,
    /** Its process has ended, or it speaks of another directory. */
    GONE,
    /** Its process cannot be seen from here. */
    UNKNOWN
  }

  /**
   * Describes this process as the owner of a directory.
   *
   * @param directoryKey identity of the directory, or null
   * @return a note with a fresh token
   */
  static OwnerNote ofSelf(final @Nullable Object directoryKey) {
    final ProcessHandle self = ProcessHandle.current();
    final String line =
        "pid="
            + self.pid()
            + ", host="
            + thisHost()
            + ", processStarted="
            + self.info().startInstant().map(Instant::toString).orElse(UNKNOWN)
            + ", opened="
            + Instant.now().truncatedTo(ChronoUnit.MILLIS)
            + ", start="
            + start(self.pid()).orElse(UNKNOWN)
            + ", namespace="
            + thisNamespace()
            + ", directory="
            + word(directoryKey)
            + ", token="
            + Long.toHexString(new SecureRandom().nextLong());
    return parse(line).orElseThrow(() -> new AssertionError("an own line must be read: " + line));
  }

  /**
   * Reads a note.
   *
   * @param text what a file holds
   * @return the note, or empty when it is none
   */
  static Optional<OwnerNote> parse(final String text) {
    final Matcher line = LINE.matcher(text.trim());
    if (!line.lookingAt()) {
      return Optional.empty();
    }
    final boolean old = line.group("token") == null;
    return Optional.of(
        new OwnerNote(
            text.trim(),
            Long.parseLong(line.group("pid")),
            line.group("host"),
            line.group(old ? "started" : "start"),
            line.group("namespace"),
            line.group("directory"),
            line.group("token")));
  }

  /** What of a note people read; any other text as it is. */
  static String words(final String text) {
    final int end = text.indexOf(", start=");
    return end < 0 ? text : text.substring(0, end);
  }

  /** Whether two notes are of the same opening. */
  boolean isOf(final OwnerNote other) {
    return token != null && token.equals(other.token);
  }

  /**
   * Finds out whether the owner lives.
   *
   * @param directoryKey identity of the directory in which the note was found, or null
   */
  Life life(final @Nullable Object directoryKey) {
    if (namespace == null) {
      return host.equals(thisHost()) ? lifeOfOld() : Life.UNKNOWN;
    }
    if (!namespace.equals(thisNamespace())) {
      return Life.UNKNOWN;
    }
    final boolean ofHere = UNKNOWN.equals(directory) || word(directoryKey).equals(directory);
    // This process owns what its own table says, which was asked before.
    final boolean runs =
        pid != ProcessHandle.current().pid()
            && start(pid).filter(now -> now.equals(started) || now.equals(UNKNOWN)).isPresent();
    return ofHere && runs ? Life.ALIVE : Life.GONE;
  }

  private Life lifeOfOld() {
    final boolean runs =
        pid != ProcessHandle.current().pid()
            && ProcessHandle.of(pid)
                .flatMap(process -> process.info().startInstant())
                .filter(this::isNearStart)
                .isPresent();
    return runs ? Life.ALIVE : Life.GONE;
  }

  /** The system gives the same start a little differently when its clock is set. */
  private boolean isNearStart(final Instant now) {
    try {
      return Duration.between(now, Instant.parse(started)).abs().compareTo(SAME_START) <= 0;
    } catch (final DateTimeParseException e) {
      return true; // unknown
    }
  }

  /** When a process started, in words that do not change while it runs; empty when none runs. */
  private static Optional<String> start(final long pid) {
    try {
      final String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[START_FIELD]);
    } catch (final IOException | IndexOutOfBoundsException e) {
      return ProcessHandle.of(pid)
          .map(process -> process.info().startInstant().map(Instant::toString).orElse(UNKNOWN));
    }
  }

  private static String thisNamespace() {
    String processes;
    try {
      processes = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (final IOException | UnsupportedOperationException e) {
      processes = thisHost();
    }
    return word(Long.toHexString(SystemBoot.current()) + '/' + processes);
  }

  private static String thisHost() {
    final String host = System.getenv().getOrDefault("HOSTNAME", System.getenv("COMPUTERNAME"));
    return host == null ? UNKNOWN : host;
  }

  private static String word(final @Nullable Object value) {
    return value == null ? UNKNOWN : value.toString().replaceAll("[,\\s]+", ";");
  }
}
