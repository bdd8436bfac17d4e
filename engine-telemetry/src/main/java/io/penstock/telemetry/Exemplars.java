package io.penstock.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last exemplar of each octave of durations, so that the rare long ones are not pushed out by
 * the many short ones. One thread writes, wait-free; any may read. Takes no room before the first.
 */
final class Exemplars {
  private static final VarHandle SLOTS;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Exemplar[].class);

  static {
    try {
      SLOTS = MethodHandles.lookup().findVarHandle(Exemplars.class, "slots", Exemplar[].class);
    } catch (final ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // through SLOTS
  private @Nullable Exemplar @Nullable [] slots;

  /** Takes the place of the one that its octave had. */
  void put(final Exemplar exemplar) {
    Exemplar[] present = (Exemplar[]) SLOTS.getOpaque(this);
    if (present == null) {
      present = new Exemplar[LatencyHistogram.OCTAVES];
      SLOTS.setRelease(this, present);
    }
    SLOT.setRelease(present, LatencyHistogram.octave(exemplar.valueNs()), exemplar);
  }

  /** Takes the place of the one that its octave had if it is later. */
  void keep(final Exemplar exemplar) {
    final Exemplar present = at(LatencyHistogram.octave(exemplar.valueNs()));
    if (present == null || present.epochNs() <= exemplar.epochNs()) {
      put(exemplar);
    }
  }

  /** Shows what there is, from the shortest to the longest. */
  void forEach(final Consumer<Exemplar> visitor) {
    for (int octave = 0; octave < LatencyHistogram.OCTAVES; octave++) {
      final Exemplar exemplar = at(octave);
      if (exemplar != null) {
        visitor.accept(exemplar);
      }
    }
  }

  Collection<Exemplar> all() {
    final List<Exemplar> all = new ArrayList<>();
    forEach(all::add);
    return all;
  }

  private @Nullable Exemplar at(final int octave) {
    final Exemplar[] present = (Exemplar[]) SLOTS.getAcquire(this);
    return present == null ? null : (Exemplar) SLOT.getAcquire(present, octave);
  }
}
