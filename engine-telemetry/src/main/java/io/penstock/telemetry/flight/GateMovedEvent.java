package io.penstock.telemetry.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A gate has come to another state or share. */
@Name("io.penstock.GateMoved")
@Label("Gate Moved")
@Category("Penstock")
@Description("A gate has come to another state or share")
@StackTrace(false)
final class GateMovedEvent extends Event {
  @Label("Gate")
  @Nullable String gate;

  @Label("From")
  @Nullable String from;

  @Label("To")
  @Nullable String to;

  @Label("Share")
  @Percentage
  double share;

  @Label("Good Events")
  long good;

  @Label("Bad Events")
  long bad;

  @Label("Reason")
  @Nullable String reason;
}
