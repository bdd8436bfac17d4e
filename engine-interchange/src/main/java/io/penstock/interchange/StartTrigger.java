package io.penstock.interchange;

/**
 * What starts a case of an imported workflow, beside somebody who does it by hand.
 *
 * @param workflow name of the workflow
 * @param element id of the start event or of the task that starts a case
 * @param kind of what kind it is
 * @param name name of the message or signal
 */
public record StartTrigger(String workflow, String element, ThrownEvent.Kind kind, String name) {}
