package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The timer queue against a plain map. */
class TimerQueueProperties {
  /** Schedules a case, or polls when the case is 0. */
  record Step(long caseId, long deadlineNs) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    final Arbitrary<Long> deadlines =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(5, Arbitraries.longs().between(0, 20)),
            net.jqwik.api.Tuple.of(1, Arbitraries.just(TimerQueue.NEVER)));
    return Combinators.combine(Arbitraries.longs().between(0, 30), deadlines)
        .as(Step::new)
        .list()
        .ofMaxSize(300);
  }

  @Property
  void shouldGiveTheEarliestDeadlineFirstAndTheLowerCaseIdAmongEquals(
      @ForAll("steps") final List<Step> steps) {
    final TimerQueue queue = new TimerQueue();
    final Map<Long, Long> model = new HashMap<>();
    for (final Step step : steps) {
      if (step.caseId() > 0) {
        queue.schedule(step.caseId(), step.deadlineNs());
        if (step.deadlineNs() == TimerQueue.NEVER) {
          model.remove(step.caseId());
        } else {
          model.put(step.caseId(), step.deadlineNs());
        }
      } else if (!model.isEmpty()) {
        final long expected = first(model);
        assertThat(queue.nextDeadlineNs()).isEqualTo(model.get(expected));
        assertThat(queue.poll()).isEqualTo(expected);
        model.remove(expected);
      }
      assertThat(queue.size()).isEqualTo(model.size());
    }
    while (!model.isEmpty()) {
      final long expected = first(model);
      assertThat(queue.poll()).isEqualTo(expected);
      model.remove(expected);
    }
    assertThat(queue.nextDeadlineNs()).isEqualTo(TimerQueue.NEVER);
  }

  private static long first(final Map<Long, Long> model) {
    return model.entrySet().stream()
        .min(
            Map.Entry.<Long, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
        .orElseThrow()
        .getKey();
  }
}
