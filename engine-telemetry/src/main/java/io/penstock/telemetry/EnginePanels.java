package io.penstock.telemetry;

import static io.penstock.telemetry.GrafanaQueries.GATE_NAME;
import static io.penstock.telemetry.GrafanaQueries.RANGE;
import static io.penstock.telemetry.GrafanaQueries.SELECTED;
import static io.penstock.telemetry.GrafanaQueries.SELECTED_WORKFLOWS;
import static io.penstock.telemetry.GrafanaQueries.TASK_NAME;
import static io.penstock.telemetry.GrafanaQueries.WORKFLOW_NAME;
import static io.penstock.telemetry.GrafanaQueries.byShard;
import static io.penstock.telemetry.GrafanaQueries.p99;
import static io.penstock.telemetry.GrafanaQueries.sumOfRates;
import static io.penstock.telemetry.GrafanaStates.OF_GATES;

import java.util.List;

/** Panels of what the engine does: cases, latencies, refusals, queues, journals, gates. */
final class EnginePanels {
  private static final double A_KIB = 1024;
  private static final double A_MS = 0.001;
  private static final String BY_WORKFLOW = "{{" + WORKFLOW_NAME + "}}";
  private static final String BY_TASK = BY_WORKFLOW + " / {{" + TASK_NAME + "}}";
  private static final String BY_SHARD = "shard {{penstock_shard_index}}";

  private EnginePanels() {}

  static void addAll(final GrafanaGrid grid) {
    grid.addRow("Engine");
    addCases(grid);
    addLatencies(grid);
    addLoad(grid);
    addGates(grid);
  }

  private static void addCases(final GrafanaGrid grid) {
    grid.addLine(
        GrafanaPanel.lines("Cases started", "By workflow.")
            .unit(GrafanaPanel.A_SECOND)
            .axisTo(1)
            .query(
                sumOfRates("penstock_case_started_total", SELECTED_WORKFLOWS, WORKFLOW_NAME),
                BY_WORKFLOW),
        GrafanaPanel.lines(
                "Cases ended",
                "By how they ended. Of cases that failed, CaseHandle.failure() says why.")
            .unit(GrafanaPanel.A_SECOND)
            .axisTo(1)
            .whenEmpty("no case has ended")
            .query(
                sumOfRates(
                    "penstock_case_duration_seconds_count",
                    SELECTED_WORKFLOWS,
                    "penstock_case_outcome"),
                "{{penstock_case_outcome}}"),
        GrafanaPanel.lines(
                "Cases not ended",
                "Of those started since the engine was opened. What only grows waits for messages,"
                    + " people or timers that do not come.")
            .unit(GrafanaPanel.COUNT)
            .axisTo(1)
            .query(
                "sum by (" + WORKFLOW_NAME + ") (penstock_case_active{" + SELECTED_WORKFLOWS + "})",
                BY_WORKFLOW));
  }

  private static void addLatencies(final GrafanaGrid grid) {
    grid.addLine(
        latency(
                "Commands: 99th percentile",
                "From sending a command to its acknowledgement, after the point of durability:"
                    + " inbox, shard and disk.",
                "no commands")
            .query(
                p99("penstock_operation_duration_seconds", SELECTED, "penstock_operation_name"),
                "{{penstock_operation_name}}"),
        latency(
                "Cases: 99th percentile",
                "From the start of a case to its end, waits included.",
                "no case has ended")
            .query(
                p99("penstock_case_duration_seconds", SELECTED_WORKFLOWS, WORKFLOW_NAME),
                BY_WORKFLOW),
        latency(
                "Tasks: 99th percentile",
                "How long handlers ran. What is slow here is the user's code, or what it calls.",
                "no task has run")
            .query(
                p99("penstock_task_duration_seconds", SELECTED_WORKFLOWS, WORKFLOW_NAME, TASK_NAME),
                BY_TASK));
    grid.addLine(
        latency(
                "Wait for a worker: 99th percentile",
                "From the handing out of work to the start of its handler. When it grows there are"
                    + " too few workers, or their handlers block.",
                "no worker task has run")
            .query(
                p99(
                    "penstock_task_wait_duration_seconds",
                    SELECTED_WORKFLOWS,
                    WORKFLOW_NAME,
                    TASK_NAME),
                BY_TASK),
        latency(
                "Timers late: 99th percentile",
                "From the moment a timer was due to its firing. A time when the engine was closed"
                    + " counts.",
                "no timer has fired")
            .query(p99("penstock_timer_lag_seconds", SELECTED), "all timers"),
        GrafanaPanel.lines("Tasks that threw", "Attempts of handlers that ended with an exception.")
            .unit(GrafanaPanel.A_SECOND)
            .axisTo(1)
            .whenEmpty("none")
            .query(
                "sum by ("
                    + WORKFLOW_NAME
                    + ", "
                    + TASK_NAME
                    + ") (rate(penstock_task_duration_seconds_count{error_type!=\"\","
                    + SELECTED_WORKFLOWS
                    + "}"
                    + RANGE
                    + ")) > 0",
                BY_TASK));
  }

  private static GrafanaPanel latency(
      final String title, final String description, final String empty) {
    return GrafanaPanel.lines(title, description)
        .unit(GrafanaPanel.SECONDS)
        .axisTo(A_MS)
        .whenEmpty(empty);
  }

  private static void addLoad(final GrafanaGrid grid) {
    grid.addLine(
        GrafanaPanel.lines(
                "Commands refused",
                "By reason. inbox_full, overloaded: more comes than the shards take. store_full,"
                    + " shard_stopped: look at the log and at the disk. The others are callers'"
                    + " mistakes.")
            .unit(GrafanaPanel.A_SECOND)
            .axisTo(1)
            .whenEmpty("none")
            .query(
                sumOfRates("penstock_command_rejected_total", SELECTED, "penstock_rejection_reason")
                    + " > 0",
                "{{penstock_rejection_reason}}"),
        GrafanaPanel.lines(
                "Command queues",
                "Commands that shards have not taken up. Near 0 unless a shard is busy or waits for"
                    + " the disk.")
            .unit(GrafanaPanel.BYTES)
            .axisTo(A_KIB)
            .query(byShard("penstock_command_queue_depth_bytes"), BY_SHARD),
        GrafanaPanel.lines(
                "Journals",
                "Length on the disk; compaction makes them short again. Of an engine in memory 0.")
            .unit(GrafanaPanel.BYTES)
            .axisTo(A_KIB)
            .query(byShard("penstock_storage_size_bytes"), BY_SHARD),
        GrafanaPanel.stat(
                "Should be 0",
                "In the time range. OR-joins undecided: joins that waited because their budget was"
                    + " spent. Spans lost: a span processor threw; the log says so.")
            .unit(GrafanaPanel.COUNT)
            .limits(List.of(GrafanaPanel.GREEN, GrafanaPanel.ORANGE), List.of(1.0))
            .query(inRange("penstock_or_join_undecided_total"), "OR-joins undecided")
            .query(inRange("penstock_telemetry_dropped_total"), "Spans lost"));
  }

  private static String inRange(final String metric) {
    return "ceil(sum(increase(" + metric + "{" + SELECTED + "}[$__range])))";
  }

  private static void addGates(final GrafanaGrid grid) {
    grid.addRow("Gates");
    grid.addLine(
        GrafanaPanel.states(
                "State of gates",
                "CANARY: a share is let through until its events prove it good. TRIPPED: they"
                    + " proved it bad; nothing is let through until it has cooled down."
                    + " Gate.explain() says why.")
            .mappings(OF_GATES.mappings())
            .whenEmpty("no gates")
            .query(OF_GATES.worst("penstock_gate_state", GATE_NAME), "{{" + GATE_NAME + "}}"),
        GrafanaPanel.lines("Share let through", "Of keys, by gate.")
            .unit(GrafanaPanel.SHARE)
            .axisTo(1)
            .whenEmpty("no gates")
            .query(
                "min by ("
                    + GATE_NAME
                    + ") ("
                    + SloQueries.gauge("penstock_gate_share", SELECTED)
                    + ")",
                "{{" + GATE_NAME + "}}"));
  }
}
