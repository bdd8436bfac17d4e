/**
 * What a user writes: workflows, tasks, variables, guards.
 *
 * <p>Entry type: {@link io.penstock.workflow.Workflow}. Everything here is immutable once built and
 * safe to share between threads; the builders are not. Depends on {@code io.penstock.net} only.
 */
@NullMarked
package io.penstock.workflow;

import org.jspecify.annotations.NullMarked;
