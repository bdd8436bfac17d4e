package io.penstock.net.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.net.Exit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The machine against the reference, on nets and schedules of moves made from a seed. */
class MachineProperties {
  @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void shouldDoAsTheReferenceWhenTheNetIsAny(@ForAll final long seed) {
    Play.out(RandomNets.net(seed), false, seed);
  }

  @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void shouldDoAsTheReferenceWithMasksAndWithCountersWhenTheNetIsSafe(@ForAll final long seed) {
    Play.out(BlockNets.net(seed), true, seed);
  }

  @Example
  void shouldFindFewNetsTooHard() {
    final long tooHard =
        LongStream.range(0, 200)
            .mapToObj(seed -> Play.out(RandomNets.net(seed), false, seed))
            .filter(log -> log.contains(Play.TOO_HARD))
            .count();

    assertThat(tooHard).isLessThan(50);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void shouldDoTheSameWhenTheSeedIsTheSame(@ForAll final long seed) {
    assertThat(Play.out(RandomNets.net(seed), false, seed))
        .isEqualTo(Play.out(RandomNets.net(seed), false, seed));
    assertThat(RandomNets.net(seed)).hasToString(RandomNets.net(seed).toString());
    assertThat(BlockNets.net(seed)).hasToString(BlockNets.net(seed).toString());
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void shouldNeitherMakeNorLoseATokenWhenEachTaskTakesOneAndGivesOne(@ForAll final long seed) {
    final Random random = new Random(seed);
    final ReferenceNet net = BlockNets.conserving(seed);
    final MachineUnderTest machine = new MachineUnderTest(net, false, new GuardOracle(seed));
    int begun = 0;
    for (int i = 0; i < Play.MOVES; i++) {
      if (random.nextInt(4) == 0) {
        machine.begin();
        begun++;
      }
      final List<String> tasks = new ArrayList<>(net.tasks.keySet());
      final String task = tasks.get(random.nextInt(tasks.size()));
      machine.start(task);
      if (random.nextBoolean()) {
        machine.complete(task, Exit.NORMAL);
      }
      final int tokens = net.conditions.stream().mapToInt(machine::tokens).sum();
      final long busy = tasks.stream().filter(machine::isBusy).count();
      assertThat(tokens + busy).as("seed %s", seed).isEqualTo(begun);
    }
  }
}
