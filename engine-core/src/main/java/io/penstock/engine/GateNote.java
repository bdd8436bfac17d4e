package io.penstock.engine;

import io.penstock.objective.GateControl;
import io.penstock.objective.GateState;
import io.penstock.objective.GateTransition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A gate as its note keeps it: lines of UTF-8, fields between tabs.
 *
 * <pre>
 *   1 | state | step | trips | since, ns since the epoch
 *   time | from | to | share | good | bad | reason       one line for each transition, oldest first
 * </pre>
 *
 * @param memory what the gate remembers
 * @param epochNs when, by the calendar
 * @param transitions the last ones
 */
record GateNote(GateControl.Memory memory, long epochNs, List<GateTransition> transitions) {
  private static final String VERSION = "1";

  GateNote {
    transitions = List.copyOf(transitions);
  }

  byte[] encode() {
    final StringBuilder text = new StringBuilder();
    text.append(
        String.join(
            "\t",
            VERSION,
            memory.state().name(),
            Integer.toString(memory.step()),
            Integer.toString(memory.trips()),
            Long.toString(epochNs - memory.sinceNs())));
    for (final GateTransition each : transitions) {
      text.append('\n')
          .append(
              String.join(
                  "\t",
                  each.time().toString(),
                  each.from().name(),
                  each.to().name(),
                  Double.toString(each.share()),
                  Long.toString(each.good()),
                  Long.toString(each.bad()),
                  each.reason()));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Reads what {@link #encode} wrote. */
  static GateNote decode(final byte[] note) {
    final String[] lines = new String(note, StandardCharsets.UTF_8).split("\n", -1);
    final String[] head = lines[0].split("\t", -1);
    if (!VERSION.equals(head[0])) {
      throw new EngineException(
          "gate's note must be of a known format: expected="
              + VERSION
              + ", actual="
              + head[0]
              + "; open the directory with the Penstock version that made it");
    }
    final List<GateTransition> transitions = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      final String[] field = lines[i].split("\t", -1);
      transitions.add(
          new GateTransition(
              Instant.parse(field[0]),
              GateState.valueOf(field[1]),
              GateState.valueOf(field[2]),
              Double.parseDouble(field[3]),
              Long.parseLong(field[4]),
              Long.parseLong(field[5]),
              field[6]));
    }
    return new GateNote(
        new GateControl.Memory(
            GateState.valueOf(head[1]), Integer.parseInt(head[2]), Integer.parseInt(head[3]), 0),
        Long.parseLong(head[4]),
        transitions);
  }

  /** What the gate remembers, as of now by the calendar; time that went back did not pass. */
  GateControl.Memory memory(final long nowEpochNs) {
    return new GateControl.Memory(
        memory.state(), memory.step(), memory.trips(), Math.max(0, nowEpochNs - epochNs));
  }
}
