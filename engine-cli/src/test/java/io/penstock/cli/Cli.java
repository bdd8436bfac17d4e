package io.penstock.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command printed, and how it ended. */
record Cli(int code, String out, String err) {
  static Cli run(final Object... args) {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    final int code = Penstock.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Cli(code, out.toString(), err.toString());
  }
}
