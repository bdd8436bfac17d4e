/** The main job: the three stories, a report, and a run that is killed and goes on. */
@NullMarked
package io.penstock.examples.demo;

import org.jspecify.annotations.NullMarked;
