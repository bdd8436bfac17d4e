/**
 * Other engines, as {@code docs/lab.md} describes: Camunda 7, Flowable, COPPER. Found by {@link
 * java.util.ServiceLoader}; each keeps to the withdrawal of five tasks and a choice.
 */
@NullMarked
package io.penstock.lab.peers;

import org.jspecify.annotations.NullMarked;
