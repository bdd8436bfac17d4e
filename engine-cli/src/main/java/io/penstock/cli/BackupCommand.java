package io.penstock.cli;

import io.penstock.storage.ColdBackup;
import io.penstock.storage.DirectoryInUseException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code penstock backup}: copies a directory that no engine has open. */
@Command(
    name = "backup",
    description = {
      "Copies a directory that no engine has open, and checks it meanwhile: a damaged one is not copied.",
      "Of a running engine only the engine itself can make a backup that is one point of all its"
          + " shards: call Engine.backup(path) in the program that has it open."
    },
    footer = {
      "  penstock backup data /mnt/backup/2026-11-21",
      "  penstock verify /mnt/backup/2026-11-21"
    })
final class BackupCommand implements Callable<Integer> {
  @Mixin private final Directory directory = new Directory();

  @SuppressWarnings("NullAway.Init") // set by picocli, which refuses a command without it
  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "a directory that is empty, or is not there yet")
  private Path target;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    try {
      final long length = ColdBackup.make(directory.path(), target);
      spec.commandLine()
          .getOut()
          .println(
              "backup made: target=" + target + ", bytes=" + length + "; open it to restore it");
      return ExitCode.OK;
    } catch (final DirectoryInUseException e) {
      spec.commandLine()
          .getErr()
          .println(
              "backup: an engine has the directory open: directory="
                  + directory.path()
                  + ", holder=["
                  + e.holder()
                  + "]; call Engine.backup(path) there, or close it first");
      return ExitCode.IN_USE;
    }
  }
}
