package io.penstock.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.net.InvalidNetException;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import io.penstock.net.Verifier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkflowAssemblyTest {
  private static void line(final NetBuilder net, final StartMode start) {
    net.input(net.condition("start"));
    net.output(net.condition("end"));
    final int task = net.task("a", start, Join.XOR, Split.AND);
    net.flowIn(0, task, 1);
    net.flowOut(task, 1, 1, Net.NONE);
  }

  private static TaskDefinition manual(final Retry retry, final Duration deadline) {
    return new TaskDefinition("a", TaskKind.MANUAL, null, retry, deadline, null, null, null);
  }

  private static List<String> faults(final StartMode start, final TaskDefinition task) {
    final WorkflowAssembly assembly = Workflow.assemble("w");
    assembly.net("w", false, net -> line(net, start), List.of(task));
    return catchThrowableOfType(InvalidNetException.class, assembly::build).faults();
  }

  @Test
  void shouldBeTheWorkflowThatAGraphWouldBe() {
    final WorkflowAssembly assembly = Workflow.assemble("w");
    assembly.net(
        "w",
        false,
        net -> {
          net.input(net.condition(GraphBuilder.INPUT));
          net.output(net.condition(GraphBuilder.OUTPUT));
          net.task("a", StartMode.OFFERED, Join.XOR, Split.AND);
          net.flowIn(0, 0, 1);
          net.flowOut(0, 1, 1, Net.NONE);
        },
        List.of(manual(Retry.never(), null)));
    final Workflow same =
        Workflow.graph("w").manual("a").flow("input", "a").flow("a", "output").build();
    assertThat(assembly.build().fingerprint()).isEqualTo(same.fingerprint());
  }

  @Test
  void shouldRefuseATaskThatLacksWhatItsKindNeeds() {
    final TaskDefinition handlerless =
        new TaskDefinition("a", TaskKind.WORKER, null, Retry.never(), null, null, null, null);
    assertThat(faults(StartMode.AUTOMATIC, handlerless))
        .containsExactly(
            "task must have what its kind needs, and nothing else: task=a, kind=WORKER, rule=handler");
    assertThat(faults(StartMode.OFFERED, manual(Retry.exponential(3), null)))
        .singleElement()
        .asString()
        .endsWith("rule=retry");
  }

  @Test
  void shouldRefuseATaskThatIsStartedAsAnotherKindIs() {
    assertThat(faults(StartMode.AUTOMATIC, manual(Retry.never(), null)))
        .containsExactly(
            "task must be started as its kind wants it: task=a, kind=MANUAL, start=AUTOMATIC");
  }

  @Test
  void shouldRefuseATimeoutOfATaskWithoutADeadline() {
    final WorkflowAssembly assembly = Workflow.assemble("w");
    assembly.net(
        "w",
        false,
        net -> {
          line(net, StartMode.OFFERED);
          net.timeoutFlow(0, 1);
        },
        List.of(manual(Retry.never(), null)));
    assertThat(catchThrowableOfType(InvalidNetException.class, assembly::build).faults())
        .containsExactly("flow of an exit must leave a task that has it: task=a");
  }

  @Test
  void shouldTellWhetherANetIsSafe() {
    for (final boolean safe : new boolean[] {true, false}) {
      final NetBuilder net = new NetBuilder("n");
      for (final String condition : List.of("i", "a", "b", "c", "o")) {
        net.condition(condition);
      }
      net.input(0);
      net.output(4);
      final int split = net.task("s", StartMode.OFFERED, Join.XOR, Split.AND);
      net.flowIn(0, split, 1);
      net.flowOut(split, 1, 1, Net.NONE);
      net.flowOut(split, 2, 1, Net.NONE);
      final int x = net.task("x", StartMode.OFFERED, Join.XOR, Split.AND);
      net.flowIn(1, x, 1);
      net.flowOut(x, safe ? 3 : 2, 1, Net.NONE);
      final int y = net.task("y", StartMode.OFFERED, safe ? Join.AND : Join.XOR, Split.AND);
      net.flowIn(2, y, 1);
      if (safe) {
        net.flowIn(3, y, 1);
      } else {
        net.flowOut(x, 3, 1, Net.NONE);
        net.task("z", StartMode.OFFERED, Join.XOR, Split.AND);
        net.flowIn(3, 3, 1);
        net.flowOut(3, 4, 1, Net.NONE);
      }
      net.flowOut(y, 4, 1, Net.NONE);
      assertThat(new Verifier().isSafe(net.build(), task -> false)).contains(safe);
    }
  }
}
