package io.penstock.workflow;

import io.penstock.net.Verification;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The workflow can get stuck, end improperly, or has tasks that can never run; it is proved by a
 * witness for each fault. {@code allowUnsound(reason)} of the builders lets it pass.
 */
public final class UnsoundWorkflowException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What is wrong, one line per fault. */
  private final String[] faults;

  /**
   * Creates the exception.
   *
   * @param name name of the workflow
   * @param verifications what was found out about each of its nets; at least one is unsound
   */
  public UnsoundWorkflowException(final String name, final List<Verification> verifications) {
    this(
        name,
        verifications.stream().flatMap(UnsoundWorkflowException::lines).toArray(String[]::new));
  }

  private UnsoundWorkflowException(final String name, final String[] faults) {
    super(
        "workflow must be sound: workflow="
            + name
            + ", faults="
            + faults.length
            + "; correct it, or say allowUnsound(reason) to build it as it is"
            + Arrays.stream(faults).map(fault -> "\n  - " + fault).collect(Collectors.joining()));
    this.faults = faults;
  }

  private static Stream<String> lines(final Verification verification) {
    return verification.faults().stream().map(fault -> fault + ", net=" + verification.net());
  }

  /**
   * What is wrong.
   *
   * @return one line per fault, at least one
   */
  public List<String> faults() {
    return List.of(faults);
  }
}
