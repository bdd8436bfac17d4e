package io.penstock.interchange;

import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Work;

/**
 * What a model sends to the outside: the handler of its throwing events and send tasks. It hands
 * the event to the publisher that the import was given. {@link ModelRunner} delivers it by itself.
 */
public final class ThrownEvent implements TaskHandler {
  private final Kind kind;
  private final String name;
  private final Publisher publisher;

  /**
   * Creates the handler.
   *
   * @param kind of what kind the event is
   * @param name name of the message or signal, or code of the escalation
   * @param publisher takes it
   */
  public ThrownEvent(final Kind kind, final String name, final Publisher publisher) {
    this.kind = kind;
    this.name = name;
    this.publisher = publisher;
  }

  /** Of what kind an event is. */
  public enum Kind {
    /** For one receiver. */
    MESSAGE,
    /** For everybody who waits for it now. */
    SIGNAL,
    /** For whoever is around; nobody needs to listen. */
    ESCALATION
  }

  /** Brings events to where they belong, such as another case of an engine or a queue. */
  @FunctionalInterface
  public interface Publisher {
    /**
     * Publishes an event; runs on a worker thread, may block, and is tried again after a crash.
     *
     * @param event the event
     * @param work the case that it comes from
     * @throws Exception when it cannot be published; the task fails
     */
    void publish(ThrownEvent event, Work work) throws Exception;
  }

  /**
   * Of what kind it is.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * What it is called.
   *
   * @return name of the message or signal, or code of the escalation
   */
  public String name() {
    return name;
  }

  @Override
  public void run(final Work work) throws Exception {
    publisher.publish(this, work);
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
