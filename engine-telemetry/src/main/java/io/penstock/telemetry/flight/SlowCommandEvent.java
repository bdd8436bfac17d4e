package io.penstock.telemetry.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A command took longer than its objective allows. */
@Name("io.penstock.SlowCommand")
@Label("Slow Command")
@Category("Penstock")
@Description("A command took longer than the objective of its class or operation allows")
@StackTrace(false)
final class SlowCommandEvent extends Event {
  @Label("Operation")
  @Nullable String operation;

  @Label("Latency")
  @Description("From sending to acknowledgement")
  @Timespan(Timespan.NANOSECONDS)
  long latency;

  @Label("Threshold")
  @Timespan(Timespan.NANOSECONDS)
  long threshold;

  @Label("Untold")
  @Description("Slow commands since the event before that were too many to tell one by one")
  long untold;
}
