package io.penstock.telemetry.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** An objective has come to another state. */
@Name("io.penstock.ObjectiveChanged")
@Label("Objective Changed")
@Category("Penstock")
@Description("An objective has come to another state")
@StackTrace(false)
final class ObjectiveChangedEvent extends Event {
  @Label("Objective")
  @Nullable String objective;

  @Label("From")
  @Nullable String from;

  @Label("To")
  @Nullable String to;

  @Label("Good Events")
  long good;

  @Label("Bad Events")
  long bad;

  @Label("Error Budget Left")
  @Percentage
  double budgetRemaining;

  @Label("Burn Rate")
  double burnRate;
}
