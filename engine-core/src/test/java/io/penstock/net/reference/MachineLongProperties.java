package io.penstock.net.reference;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/** As {@link MachineProperties}, a hundred times as many nets. */
@Tag("slow")
class MachineLongProperties {
  @Property(tries = 100_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void shouldDoAsTheReferenceWhenTheNetIsAny(@ForAll final long seed) {
    Play.out(RandomNets.net(seed), false, seed);
  }

  @Property(tries = 100_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void shouldDoAsTheReferenceWithMasksAndWithCountersWhenTheNetIsSafe(@ForAll final long seed) {
    Play.out(BlockNets.net(seed), true, seed);
  }
}
