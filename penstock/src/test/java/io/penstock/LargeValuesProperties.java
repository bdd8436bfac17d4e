package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.storage.StorageOptions;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Random writes of short and long values, against a model. */
class LargeValuesProperties {
  private static Engine open(final Path directory) {
    return Engine.open(directory, LargeValuesTest.options(StorageOptions.View.SLAB));
  }

  /**
   * Cases with two variables each, written at random with values short and long, now and then a
   * restart: all of them read as the model has them, and no value is stored that none of them has.
   */
  @Property(tries = 15)
  void shouldHoldExactlyTheValuesOfTheCasesThatAreThere(
      @ForAll @LongRange(max = 1_000_000) final long seed) throws IOException {
    final Path directory = Files.createTempDirectory("penstock");
    final Random random = new Random(seed);
    final Workflow form = LargeValuesTest.form();
    final byte[][][] model = new byte[4][2][];
    final int[] lengths = {0, 7, 4096, 4097, 5000, 40_000};
    Engine engine = open(directory).deploy(form);
    for (int i = 0; i < model.length; i++) {
      engine.start(form, "case-" + i, in -> {});
    }
    for (int step = 0; step < 60; step++) {
      if (random.nextInt(10) == 0) {
        engine.close();
        assertThat(LargeValuesTest.stored(directory)).isEqualTo(largeOnes(model));
        engine = open(directory).deploy(form);
      }
      final byte[][] values = model[random.nextInt(model.length)];
      final CaseHandle handle =
          engine.find(form, "case-" + Arrays.asList(model).indexOf(values)).orElseThrow();
      final boolean both = random.nextInt(4) == 0;
      final int which = random.nextInt(2);
      final byte[] value = LargeValuesTest.bytes(lengths[random.nextInt(lengths.length)], step);
      handle.complete(
          "edit",
          in -> {
            in.set(LargeValuesTest.DONE, false)
                .set(which == 0 ? LargeValuesTest.DOCUMENT : LargeValuesTest.COPY, value);
            if (both) {
              in.set(which == 0 ? LargeValuesTest.COPY : LargeValuesTest.DOCUMENT, value)
                  .set(LargeValuesTest.DOCUMENT, value);
            }
          });
      values[which] = value;
      if (both) {
        values[1 - which] = value;
      }
      assertThat(handle.find(LargeValuesTest.DOCUMENT).orElse(null)).isEqualTo(values[0]);
      assertThat(handle.find(LargeValuesTest.COPY).orElse(null)).isEqualTo(values[1]);
    }
    engine.close();
    assertThat(LargeValuesTest.stored(directory)).isEqualTo(largeOnes(model));
  }

  private static int largeOnes(final byte[][][] model) {
    return (int)
        Arrays.stream(model)
            .flatMap(Arrays::stream)
            .filter(value -> value != null && value.length > 4096)
            .count();
  }
}
