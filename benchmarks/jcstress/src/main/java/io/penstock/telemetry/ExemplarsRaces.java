package io.penstock.telemetry;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.opentelemetry.api.trace.SpanContext;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Exemplars that are looked at while one is put. */
public class ExemplarsRaces {
  private static Exemplar exemplar(final int epochNs) {
    return new Exemplar(5, epochNs, SpanContext.getInvalid());
  }

  /** One octave holds one, and time does not run backwards. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "0, 2", "1, 1", "1, 2", "2, 2"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "an exemplar was torn, or an earlier one came back")
  @State
  public static class LastOneIsSeen {
    private final Exemplars exemplars = new Exemplars();
    private int seen;

    @Actor
    public void writer() {
      exemplars.put(exemplar(1));
      exemplars.put(exemplar(2));
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = look();
      r.r2 = look();
    }

    private int look() {
      seen = 0;
      exemplars.forEach(each -> seen += (int) each.epochNs());
      return seen;
    }
  }
}
