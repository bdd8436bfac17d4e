package io.penstock.interchange;

import io.penstock.workflow.TaskKind;

/**
 * Something that a {@link ModelRunner} can go on with.
 *
 * @param caseNumber number of the case or case inside that it belongs to, from 1
 * @param task name of the task
 * @param kind who does it
 * @param started whether it has taken its tokens: nothing takes its place any more
 * @param number tells items of the same task apart, over the rounds of a loop
 */
public record RunnerItem(int caseNumber, String task, TaskKind kind, boolean started, int number) {}
