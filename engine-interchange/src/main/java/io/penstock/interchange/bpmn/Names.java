package io.penstock.interchange.bpmn;

/** The names of what a diagram does not draw; ids have no spaces, so these never meet one. */
final class Names {
  private Names() {}

  static String called(final String process, final String workflow) {
    return process.equals(workflow) ? process + " (called)" : process;
  }
}
