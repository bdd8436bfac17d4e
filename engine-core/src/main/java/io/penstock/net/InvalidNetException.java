package io.penstock.net;

import java.util.List;

/** The definition breaks rules of structure; all of them are listed, each with its element. */
public final class InvalidNetException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What is wrong, one sentence per fault. */
  private final String[] faults;

  /**
   * Creates the exception.
   *
   * @param name name of the workflow
   * @param faults what is wrong, one sentence per fault; at least one
   */
  public InvalidNetException(final String name, final List<String> faults) {
    super(
        "workflow must be well-formed: workflow="
            + name
            + ", faults="
            + faults.size()
            + "\n  - "
            + String.join("\n  - ", faults));
    this.faults = faults.toArray(String[]::new);
  }

  /**
   * What is wrong.
   *
   * @return one sentence per fault, at least one
   */
  public List<String> faults() {
    return List.of(faults);
  }
}
