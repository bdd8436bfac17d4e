package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.Engines.Trace;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.WorkItem;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two things are done to one case at the same time, thousands of times. What comes out must be what
 * comes out of doing them one after the other, in one order or the other: exactly one wins, the
 * other is refused with its code, nothing is lost and nothing happens twice.
 */
@Timeout(120)
class RacesStress {
  private static final int ROUNDS = 2_000;
  private static final int JITTER = 400;
  private static final Variable<String> WHO = Variable.ofString("who");
  private static final Variable<Long> ONE = Variable.ofLong("one");
  private static final Variable<Long> COUNTED = Variable.ofLong("counted");

  /** Two commands and what becomes of a case, in words. */
  abstract static class Race {
    final Trace trace = new Trace();
    final VirtualClock clock = Engines.clock();
    final Engine engine =
        Engine.inMemory(Engines.options().shards(1).endedCasesKept(10).clock(clock));
    private final ExecutorService partner = Executors.newSingleThreadExecutor();
    private final Random random = new Random(20_261_121);
    private Workflow workflow;

    abstract Workflow workflow();

    /** Brings a new case to where it can begin. */
    void prepare(final CaseHandle handle) {}

    abstract void one(CaseHandle handle);

    abstract void other(CaseHandle handle);

    /** Brings the case to its end and tells what has become of it. */
    abstract String end(CaseHandle handle);

    abstract String whenOneComesFirst();

    abstract String whenTheOtherComesFirst();

    @BeforeEach
    void deploy() {
      workflow = workflow();
      engine.deploy(workflow);
    }

    @AfterEach
    void close() {
      partner.shutdownNow();
      engine.close();
    }

    private CaseHandle begin() {
      trace.tasks().clear();
      final CaseHandle handle = engine.start(workflow, in -> in.set(ONE, 1L));
      prepare(handle);
      return handle;
    }

    @Test
    void shouldComeOutLikeThisWhenOneComesFirst() {
      final CaseHandle handle = begin();
      final String one = attempt(this::one, handle);
      settle(handle);
      final String other = attempt(this::other, handle);
      assertThat(describe(one, other, handle)).isEqualTo(whenOneComesFirst());
    }

    @Test
    void shouldComeOutLikeThisWhenTheOtherComesFirst() {
      final CaseHandle handle = begin();
      final String other = attempt(this::other, handle);
      settle(handle);
      final String one = attempt(this::one, handle);
      assertThat(describe(one, other, handle)).isEqualTo(whenTheOtherComesFirst());
    }

    @Test
    void shouldComeOutAsInOneOrderOrTheOtherWhenBothComeAtTheSameTime() {
      final List<String> allowed = List.of(whenOneComesFirst(), whenTheOtherComesFirst());
      for (int round = 0; round < ROUNDS; round++) {
        final CaseHandle handle = begin();
        final AtomicInteger ready = new AtomicInteger();
        final int lead = random.nextInt(2 * JITTER) - JITTER;
        final CompletableFuture<String> other =
            CompletableFuture.supplyAsync(
                () -> {
                  meet(ready, -lead);
                  return attempt(this::other, handle);
                },
                partner);
        meet(ready, lead);
        final String one = attempt(this::one, handle);
        assertThat(describe(one, other.join(), handle)).as("round %d", round).isIn(allowed);
      }
    }

    /** Waits for the other thread, and then for as long again as that one is to be ahead. */
    @SuppressWarnings("ThreadPriorityCheck") // only how fast it is hangs on it
    private static void meet(final AtomicInteger ready, final int lead) {
      ready.incrementAndGet();
      while (ready.get() < 2) {
        Thread.yield(); // it may need this processor
      }
      for (int i = lead; i < 0; i++) {
        Thread.onSpinWait();
      }
    }

    private String describe(final String one, final String other, final CaseHandle handle) {
      return one + ", " + other + ", " + end(handle);
    }

    /** The engine has taken up whatever was sent or has become due. */
    private static void settle(final CaseHandle handle) {
      attempt(CaseHandle::workItems, handle); // perhaps in a round that had begun before
      attempt(CaseHandle::workItems, handle);
    }
  }

  private static String attempt(final Consumer<CaseHandle> command, final CaseHandle handle) {
    try {
      command.accept(handle);
      return "accepted";
    } catch (final CommandRejectedException e) {
      return e.rejection().name();
    }
  }

  private static String offered(final CaseHandle handle) {
    return handle.workItems().stream()
        .map(item -> item.instance() < 0 ? item.task() : item.task() + "#" + item.instance())
        .toList()
        .toString();
  }

  @Nested
  @DisplayName("a timer and a message")
  class TimerAndMessage extends Race {
    @Override
    Workflow workflow() {
      return Workflow.define("timer-and-message")
          .variables(ONE, WHO)
          .awaitFirst(
              first ->
                  first
                      .message("paid", paid -> paid.inlineTask("ship", trace::note))
                      .after(
                          "overdue",
                          Duration.ofDays(30),
                          late -> late.inlineTask("remind", trace::note)))
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      clock.advance(Duration.ofDays(30));
    }

    @Override
    void other(final CaseHandle handle) {
      handle.send("paid", in -> in.set(WHO, "customer"));
    }

    @Override
    String end(final CaseHandle handle) {
      return handle.join() + " " + trace.tasks() + " by " + handle.find(WHO).orElse("nobody");
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, CASE_ENDED, COMPLETED [remind] by nobody";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "accepted, accepted, COMPLETED [ship] by customer";
    }
  }

  @Nested
  @DisplayName("a deadline and a completion")
  class DeadlineAndCompletion extends Race {
    @Override
    Workflow workflow() {
      return Workflow.define("deadline-and-completion")
          .variables(ONE, WHO)
          .manual("sign")
          .deadline(Duration.ofDays(30))
          .onTimeout(late -> late.inlineTask("remind", trace::note))
          .inlineTask("file", trace::note)
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      clock.advance(Duration.ofDays(30));
    }

    @Override
    void other(final CaseHandle handle) {
      handle.complete("sign", in -> in.set(WHO, "customer"));
    }

    @Override
    String end(final CaseHandle handle) {
      return handle.join() + " " + trace.tasks() + " by " + handle.find(WHO).orElse("nobody");
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, CASE_ENDED, COMPLETED [remind, file] by nobody";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "accepted, accepted, COMPLETED [file] by customer";
    }
  }

  /** Races for instances, each of which counts one. */
  abstract static class InstanceRace extends Race {
    List<WorkItem> items = List.of();

    @Override
    final void prepare(final CaseHandle handle) {
      items = handle.workItems();
    }

    final void question(final CaseHandle handle, final int number) {
      handle.complete(items.get(number), "alice", in -> {});
    }

    @Override
    final String end(final CaseHandle handle) {
      final String before = offered(handle);
      for (final WorkItem item : handle.workItems()) {
        handle.complete(item, "alice", in -> {});
      }
      if (handle.status().outcome().isEmpty()) {
        handle.complete("report", in -> {});
      }
      return before + ", " + handle.join() + ", counted " + handle.find(COUNTED).orElse(0L);
    }
  }

  @Nested
  @DisplayName("an instance that is added and the last completion")
  class AdditionAndLastCompletion extends InstanceRace {
    @Override
    Workflow workflow() {
      return Workflow.define("addition-and-last-completion")
          .variables(ONE)
          .instances("witnesses", 1, each -> each.manual("question"))
          .reduce(ONE, COUNTED, Long::sum)
          .addable(2)
          .manual("report")
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      handle.addInstance("witnesses", in -> {});
    }

    @Override
    void other(final CaseHandle handle) {
      question(handle, 0);
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, accepted, [question#1], COMPLETED, counted 2";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "STEP_NOT_RUNNING, accepted, [report], COMPLETED, counted 1";
    }
  }

  @Nested
  @DisplayName("an instance that is added and the closing")
  class AdditionAndClosing extends InstanceRace {
    @Override
    Workflow workflow() {
      return Workflow.define("addition-and-closing")
          .variables(ONE)
          .instances("witnesses", 1, each -> each.manual("question"))
          .reduce(ONE, COUNTED, Long::sum)
          .addable(2)
          .keptOpen()
          .manual("report")
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      handle.addInstance("witnesses", in -> {});
    }

    @Override
    void other(final CaseHandle handle) {
      handle.closeInstances("witnesses");
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, accepted, [question#0, question#1], COMPLETED, counted 2";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "INSTANCES_CLOSED, accepted, [question#0], COMPLETED, counted 1";
    }
  }

  @Nested
  @DisplayName("two completions of which one is enough")
  class TwoCompletionsForOnePlace extends InstanceRace {
    @Override
    Workflow workflow() {
      return Workflow.define("two-completions-for-one-place")
          .variables(ONE)
          .instances("witnesses", 2, each -> each.manual("question"))
          .reduce(ONE, COUNTED, Long::sum)
          .until(1, Rest.CANCEL)
          .manual("report")
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      question(handle, 0);
    }

    @Override
    void other(final CaseHandle handle) {
      question(handle, 1);
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, UNKNOWN_CASE, [report], COMPLETED, counted 1";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "UNKNOWN_CASE, accepted, [report], COMPLETED, counted 1";
    }
  }

  @Nested
  @DisplayName("a forced completion and the last completion")
  class ForcedAndLastCompletion extends InstanceRace {
    @Override
    Workflow workflow() {
      return Workflow.define("forced-and-last-completion")
          .variables(ONE)
          .instances("witnesses", 1, each -> each.manual("question"))
          .reduce(ONE, COUNTED, Long::sum)
          .manual("report")
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      handle.completeInstances("witnesses");
    }

    @Override
    void other(final CaseHandle handle) {
      question(handle, 0);
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, UNKNOWN_CASE, [report], COMPLETED, counted 0";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "STEP_NOT_RUNNING, accepted, [report], COMPLETED, counted 1";
    }
  }

  @Nested
  @DisplayName("a cancellation and the completion")
  class CancellationAndCompletion extends Race {
    @Override
    Workflow workflow() {
      return Workflow.define("cancellation-and-completion")
          .variables(ONE, WHO)
          .manual("sign")
          .inlineTask("file", trace::note)
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      handle.cancel();
    }

    @Override
    void other(final CaseHandle handle) {
      handle.complete("sign", in -> in.set(WHO, "customer"));
    }

    @Override
    String end(final CaseHandle handle) {
      return handle.join() + " " + trace.tasks() + " by " + handle.find(WHO).orElse("nobody");
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, CASE_ENDED, CANCELLED [] by nobody";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "CASE_ENDED, accepted, COMPLETED [file] by customer";
    }
  }

  @Nested
  @DisplayName("a cancellation and a handler's result")
  class CancellationAndResult extends Race {
    private volatile CompletableFuture<String> result = new CompletableFuture<>();

    @Override
    Workflow workflow() {
      return Workflow.define("cancellation-and-result")
          .variables(ONE, WHO)
          .task("sign", work -> work.set(WHO, result.join()))
          .inlineTask("file", trace::note)
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      handle.cancel();
    }

    @Override
    void other(final CaseHandle handle) {
      result.complete("handler");
      handle.join();
    }

    @Override
    String end(final CaseHandle handle) {
      result.complete("late"); // lets a cancelled handler go
      result = new CompletableFuture<>(); // for the next case
      return handle.join() + " " + trace.tasks() + " by " + handle.find(WHO).orElse("nobody");
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, accepted, CANCELLED [] by nobody";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "CASE_ENDED, accepted, COMPLETED [file] by handler";
    }
  }

  @Nested
  @DisplayName("two claims of one work item")
  class TwoClaims extends Race {
    @Override
    Workflow workflow() {
      return Workflow.define("two-claims").variables(ONE, WHO).manual("sign").build();
    }

    @Override
    void one(final CaseHandle handle) {
      handle.claim("sign", "alice");
    }

    @Override
    void other(final CaseHandle handle) {
      handle.claim("sign", "bob");
    }

    @Override
    String end(final CaseHandle handle) {
      final String alice = attempt(sign("alice"), handle);
      final String bob = attempt(sign("bob"), handle);
      return alice + ", " + bob + ", " + handle.join() + " by " + handle.get(WHO);
    }

    private Consumer<CaseHandle> sign(final String who) {
      return handle -> handle.complete("sign", who, in -> in.set(WHO, who));
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, WORK_ITEM_CLAIMED, accepted, CASE_ENDED, COMPLETED by alice";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "WORK_ITEM_CLAIMED, accepted, WORK_ITEM_CLAIMED, accepted, COMPLETED by bob";
    }
  }

  @Nested
  @DisplayName("two completions of one work item")
  class TwoCompletions extends Race {
    @Override
    Workflow workflow() {
      return Workflow.define("two-completions")
          .variables(ONE, WHO)
          .manual("sign")
          .inlineTask("note", trace::note)
          .manual("file")
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      handle.complete("sign", in -> in.set(WHO, "alice"));
    }

    @Override
    void other(final CaseHandle handle) {
      handle.complete("sign", in -> in.set(WHO, "bob"));
    }

    @Override
    String end(final CaseHandle handle) {
      final String before = offered(handle) + trace.tasks();
      handle.complete("file", in -> {});
      return before + ", " + handle.join() + " by " + handle.get(WHO);
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, WORK_ITEM_NOT_OPEN, [file][note], COMPLETED by alice";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "WORK_ITEM_NOT_OPEN, accepted, [file][note], COMPLETED by bob";
    }
  }

  @Nested
  @DisplayName("two alternatives of a deferred choice")
  class TwoAlternatives extends Race {
    @Override
    Workflow workflow() {
      return Workflow.define("two-alternatives")
          .variables(ONE, WHO)
          .awaitFirst(
              first ->
                  first
                      .manual("accept", yes -> yes.inlineTask("welcome", trace::note))
                      .signal("withdrawn", no -> no.inlineTask("regret", trace::note)))
          .manual("file")
          .build();
    }

    @Override
    void one(final CaseHandle handle) {
      handle.complete("accept", in -> {});
    }

    @Override
    void other(final CaseHandle handle) {
      trace.tasks().add("released " + handle.signal("withdrawn", in -> {}));
    }

    @Override
    String end(final CaseHandle handle) {
      handle.complete("file", in -> {});
      return handle.join() + " " + trace.tasks().stream().sorted().toList();
    }

    @Override
    String whenOneComesFirst() {
      return "accepted, accepted, COMPLETED [released 0, welcome]";
    }

    @Override
    String whenTheOtherComesFirst() {
      return "WORK_ITEM_NOT_OPEN, accepted, COMPLETED [regret, released 1]";
    }
  }
}
