package io.penstock.cli;

import io.penstock.engine.EngineException;
import io.penstock.interchange.ImportException;
import io.penstock.interchange.bpmn.ExportException;
import io.penstock.spi.StoreException;
import io.penstock.storage.DirectoryInUseException;
import io.penstock.storage.JournalCorruptedException;
import io.penstock.storage.LedgerCorruptedException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command {@code penstock}: its subcommands, and how failures become exit codes. */
@Command(
    name = "penstock",
    description = {
      "Looks at a directory of Penstock from outside, also beside a running engine.",
      "Checks, runs, draws and converts models of BPMN 2.0 and YAWL, and stored workflows."
    },
    subcommands = {
      VerifyCommand.class,
      StatsCommand.class,
      TopCommand.class,
      ExportCommand.class,
      HistoryCommand.class,
      BackupCommand.class,
      CheckCommand.class,
      RunCommand.class,
      DrawCommand.class,
      ConvertCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Penstock.Version.class,
    scope = ScopeType.INHERIT,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, nothing wrong was found",
      "1:the directory is damaged",
      "2:wrong usage, or something cannot be read or written",
      "3:an engine has the directory open",
      "4:no engine is running there (top)",
      "5:the model cannot be taken as it is (check, run, draw, convert)",
      "6:the case did not complete (run)",
      "7:the signed heads do not cover every shard (verify)"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  penstock verify data",
      "  penstock stats data",
      "  penstock top data",
      "  penstock history data atm-withdrawal/txn-8271",
      "  penstock check order.bpmn"
    })
public final class Penstock {
  @Option(
      names = "--verbose",
      description = "show where in the program a failure came up",
      scope = ScopeType.INHERIT)
  private boolean verbose;

  private Penstock() {}

  /** Tells the version that the jar says it is. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      final String version = Penstock.class.getPackage().getImplementationVersion();
      return new String[] {"penstock " + (version == null ? "(not packaged)" : version)};
    }
  }

  /**
   * Runs a command and ends the process.
   *
   * @param args the command's arguments
   */
  public static void main(final String[] args) {
    final PrintWriter out = utf8(FileDescriptor.out);
    final PrintWriter err = utf8(FileDescriptor.err);
    final int code = run(out, err, args);
    out.flush();
    err.flush();
    System.exit(code);
  }

  private static PrintWriter utf8(final FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), false);
  }

  /**
   * Runs a command.
   *
   * @param out takes what it prints, in UTF-8
   * @param err takes what went wrong
   * @param args its arguments
   * @return the exit code
   */
  static int run(final PrintWriter out, final PrintWriter err, final String... args) {
    final Terminal safeOut = new Terminal(out);
    final Terminal safeErr = new Terminal(err);
    try {
      return new Penstock().run(safeOut, safeErr, args);
    } catch (final StackOverflowError | OutOfMemoryError e) {
      // Beyond the limits of what is read, or of this process: no exit code of a damaged directory.
      safeErr.println("penstock: the process must have room for what is read: cause=" + e);
      return ExitCode.FAILED;
    } finally {
      safeOut.flush();
      safeErr.flush();
    }
  }

  private int run(final Terminal out, final Terminal err, final String... args) {
    return new CommandLine(this)
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Penstock::explainUsage)
        .setExecutionStrategy(Penstock::execute)
        .setExecutionExceptionHandler(this::explain)
        .execute(args);
  }

  /** Without a subcommand there is nothing to do but say what could be done. */
  private static int execute(final ParseResult parsed) {
    if (!parsed.hasSubcommand()
        && !parsed.isUsageHelpRequested()
        && !parsed.isVersionHelpRequested()) {
      final CommandLine line = parsed.commandSpec().commandLine();
      line.usage(line.getErr());
      return ExitCode.FAILED;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int explainUsage(final ParameterException failure, final String[] args) {
    final CommandLine line = failure.getCommandLine();
    line.getErr().println(failure.getMessage());
    line.getErr().println("Try: " + line.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.FAILED;
  }

  private int explain(final Exception failure, final CommandLine line, final ParseResult parsed) {
    final PrintWriter err = line.getErr();
    if (verbose) {
      failure.printStackTrace(err);
    } else {
      err.println(line.getCommandName() + ": " + message(failure));
    }
    if (failure instanceof ImportException || failure instanceof ExportException) {
      return ExitCode.REFUSED;
    }
    if (failure instanceof JournalCorruptedException
        || failure instanceof LedgerCorruptedException) {
      return ExitCode.DAMAGED;
    }
    return failure instanceof DirectoryInUseException ? ExitCode.IN_USE : ExitCode.FAILED;
  }

  private static String message(final Exception failure) {
    if (failure instanceof ImportException
        || failure instanceof ExportException
        || failure instanceof IllegalUsageException) {
      return String.valueOf(failure.getMessage());
    }
    if (failure instanceof StoreException || failure instanceof EngineException) {
      final Throwable cause = failure.getCause();
      return cause instanceof IOException
          ? failure.getMessage() + "; cause=" + cause
          : String.valueOf(failure.getMessage());
    }
    if (failure instanceof UncheckedIOException || failure instanceof IOException) {
      return "file must be readable or writable: cause="
          + failure
          + "; check the path and its room";
    }
    return "this should not happen: cause="
        + failure
        + "; run it again with --verbose and report it";
  }
}
