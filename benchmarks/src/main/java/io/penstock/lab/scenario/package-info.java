/**
 * What the lab asks of the engine, one class for one question.
 *
 * <p>Entry types: {@link io.penstock.lab.scenario.Scenario} and {@link
 * io.penstock.lab.scenario.Scenarios}, the list of them. A scenario tells a {@link
 * io.penstock.lab.scenario.Trial} what it measured and fails it when its own sums do not add up.
 */
@NullMarked
package io.penstock.lab.scenario;

import org.jspecify.annotations.NullMarked;
