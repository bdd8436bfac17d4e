package io.penstock.lab.scenario;

import io.penstock.benchmarks.InlineAtm;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.lab.load.Call;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call is one withdrawal with inline tasks, from its start to its outcome: five tasks and a
 * choice, each with a key of its own. One that does not end as completed counts as an error.
 */
final class AtmCalls implements Call {
  private final Engine engine;
  private final String prefix;

  AtmCalls(final Engine engine, final String prefix) {
    this.engine = engine;
    this.prefix = prefix;
  }

  @Override
  public void begin(final long index, final End end) {
    final CompletableFuture<?> unused =
        InlineAtm.startAsync(engine, prefix + index)
            .whenComplete((withdrawal, failure) -> end.done(wrong(withdrawal, failure)));
  }

  private static @Nullable Throwable wrong(
      final @Nullable CaseHandle withdrawal, final @Nullable Throwable failure) {
    if (failure != null || withdrawal == null) {
      return failure;
    }
    final CaseStatus status = withdrawal.status();
    return status == CaseStatus.COMPLETED
        ? null
        : new WrongResultException("case must be completed [" + status + "]");
  }
}
