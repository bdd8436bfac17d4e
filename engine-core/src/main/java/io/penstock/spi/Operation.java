package io.penstock.spi;

/** What can be asked of an engine, each with its class. */
public enum Operation {
  /** Reads the status of a case. */
  READ_STATUS(OperationClass.R1, "read status"),
  /** Starts a case. */
  START(OperationClass.W1, "start"),
  /** Takes in the result of a handler. */
  COMPLETE_TASK(OperationClass.W1, "complete task"),
  /** Claims a manual work item, gives it back, or starts it. */
  CLAIM(OperationClass.W1, "claim"),
  /** Completes a manual work item. */
  COMPLETE_WORK_ITEM(OperationClass.W1, "complete work item"),
  /** Sends a message to a case. */
  SEND_MESSAGE(OperationClass.W1, "send message"),
  /** Sends a signal to a case. */
  SEND_SIGNAL(OperationClass.W1, "send signal"),
  /** Adds an instance to a multiple-instance step, closes the step, or completes it. */
  CHANGE_INSTANCES(OperationClass.W1, "change instances"),
  /** Cancels a case. */
  CANCEL(OperationClass.W1, "cancel"),
  /** Lets the time that has come do its work. */
  FIRE_TIMER(OperationClass.W1, "fire timer"),
  /** Opens a directory and recovers its state. */
  OPEN(OperationClass.C1, "open"),
  /** Deploys a workflow to every shard. */
  DEPLOY(OperationClass.C1, "deploy"),
  /** Asks for more than the status of one case. */
  QUERY(OperationClass.C1, "query");

  private final OperationClass operationClass;
  private final String label;

  Operation(final OperationClass operationClass, final String label) {
    this.operationClass = operationClass;
    this.label = label;
  }

  /**
   * The class of the operation.
   *
   * @return the class
   */
  public OperationClass operationClass() {
    return operationClass;
  }

  /**
   * The operation in words.
   *
   * @return lower case
   */
  public String label() {
    return label;
  }
}
