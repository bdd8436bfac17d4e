package io.penstock.cli;

import io.penstock.telemetry.counters.CountersException;
import io.penstock.telemetry.counters.CountersReader;
import io.penstock.telemetry.counters.EngineCounters;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code penstock top}: how the objectives and the gates of a running engine stand, from another
 * process.
 */
@Command(
    name = "top",
    description = {
      "Shows how the objectives and gates of a running engine stand, anew each second; Ctrl-C ends",
      "it. What is wider than the terminal is cut at its edge.",
      "Reads the counters that the engine keeps in its directory; the engine notices nothing.",
      "Without a terminal, as in a pipe, it shows them once."
    },
    footer = {"  penstock top data", "  penstock top data --once || echo no engine is running"})
final class TopCommand implements Callable<Integer> {
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  /** A line longer than the terminal is cut, so that each takes one row. */
  private static final String OTHER_SCREEN = "\u001b[?1049h\u001b[?7l";

  private static final String OWN_SCREEN = "\u001b[?7h\u001b[?1049l";

  @Mixin private final Directory directory = new Directory();

  @Option(names = "--once", description = "show them once and end")
  private boolean once;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() throws InterruptedException {
    final PrintWriter out = Terminal.raw(spec.commandLine().getOut());
    final EngineCounters first = CountersReader.read(directory.path());
    if (!once && isTerminal()) {
      follow(first, out);
    }
    out.print(new TopView(first, null, clock.instant(), false).text());
    return first.isAlive(clock.instant()) ? ExitCode.OK : ExitCode.NOT_RUNNING;
  }

  /** Until the process is ended. */
  private void follow(final EngineCounters first, final PrintWriter out)
      throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  out.print(OWN_SCREEN);
                  out.flush();
                }));
    final boolean colours = System.getenv("NO_COLOR") == null;
    out.print(OTHER_SCREEN);
    EngineCounters shown = first;
    EngineCounters before = null;
    while (true) {
      String trouble = "";
      try {
        final EngineCounters now = CountersReader.read(directory.path());
        if (!now.heartbeat().equals(shown.heartbeat())) {
          before = shown;
        }
        shown = now;
      } catch (final CountersException e) { // made anew at this moment, or removed
        trouble = e.getMessage() + "\n";
      }
      show(new TopView(shown, before, clock.instant(), colours).text() + trouble, out);
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static void show(final String text, final PrintWriter out) {
    out.print(HOME + text.replace("\n", CLEAR_LINE + "\n") + CLEAR_BELOW);
    out.flush();
  }

  /** Whether a person looks; from JDK 22 on there can be a console without a terminal. */
  @SuppressWarnings("SystemConsoleNull") // before JDK 22 it does
  private static boolean isTerminal() {
    final @Nullable Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (final ReflectiveOperationException e) {
      return true; // before JDK 22 there is no console without
    }
  }
}
