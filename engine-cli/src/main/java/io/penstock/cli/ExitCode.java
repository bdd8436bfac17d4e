package io.penstock.cli;

/** How a command ends; the codes are part of the interface, see docs/cli.md. */
final class ExitCode {
  /** It did what was asked, and found nothing wrong. */
  static final int OK = 0;

  /** The directory is damaged. */
  static final int DAMAGED = 1;

  /** It cannot be done: wrong usage, or something cannot be read or written. */
  static final int FAILED = 2;

  /** An engine has the directory open. */
  static final int IN_USE = 3;

  /** No engine is running in the directory. */
  static final int NOT_RUNNING = 4;

  /** A model cannot be taken as it is. */
  static final int REFUSED = 5;

  /** A case of a model ended otherwise than completed, or came to rest without an end. */
  static final int NOT_COMPLETED = 6;

  /** Signed heads of a ledger were given, but not for every shard. */
  static final int NOT_COVERED = 7;

  private ExitCode() {}
}
