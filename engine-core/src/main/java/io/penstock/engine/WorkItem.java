package io.penstock.engine;

/**
 * A manual task that waits for somebody, as it was when asked for.
 *
 * @param caseId case that it belongs to, which may be one inside the case that was asked
 * @param task name of the task
 * @param number tells work items of the same task apart, over the rounds of a loop
 * @param instance number of the instance that it belongs to, or -1
 * @param claimed whether somebody has claimed it
 * @param started whether somebody has started it: then nothing takes its place any more
 */
public record WorkItem(
    long caseId, String task, int number, int instance, boolean claimed, boolean started) {}
