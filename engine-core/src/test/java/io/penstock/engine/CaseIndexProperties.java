package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

/** Cases found by the hash of their key, also where several keys have one hash. */
class CaseIndexProperties {
  @Property
  void shouldFindEachCaseThatIsThereAmongOthersOfTheSameHash(
      @ForAll @Size(max = 40) final List<@LongRange(min = 1, max = 12) Long> toggled) {
    final CaseIndex index = new CaseIndex(1);
    final Map<Long, Set<Long>> model = new HashMap<>();
    for (final long caseId : toggled) {
      final long hash = caseId % 3 + 1;
      final Set<Long> there = model.computeIfAbsent(hash, none -> new HashSet<>());
      if (there.remove(caseId)) {
        index.removeKey(hash, caseId);
      } else {
        there.add(caseId);
        index.addKey(hash, caseId);
      }
      for (long id = 1; id <= 12; id++) {
        final long wanted = id;
        final boolean isThere = model.getOrDefault(id % 3 + 1, Set.of()).contains(id);
        assertThat(index.find(id % 3 + 1, found -> found == wanted)).isEqualTo(isThere ? id : 0);
        assertThat(index.hasKey(id % 3 + 1))
            .isEqualTo(!model.getOrDefault(id % 3 + 1, Set.of()).isEmpty());
      }
    }
  }

  @Property(tries = 50)
  void shouldTellKeysApartByEachOfTheirBitsTheirLengthAndTheirWorkflow(@ForAll final long seed) {
    final CaseIndex index = new CaseIndex(seed);
    final byte[] key = new byte[24];
    new Random(seed).nextBytes(key);
    final UnsafeBuffer buffer = new UnsafeBuffer(key);
    final List<Long> hashes = new ArrayList<>();
    for (int length = 1; length <= key.length; length++) {
      hashes.add(index.hash("pay", buffer, 0, length));
    }
    hashes.add(index.hash("bill", buffer, 0, key.length));
    for (int bit = 0; bit < 8 * key.length; bit++) {
      key[bit / 8] ^= (byte) (1 << bit % 8);
      hashes.add(index.hash("pay", buffer, 0, key.length));
      key[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertThat(hashes).doesNotHaveDuplicates();
  }
}
