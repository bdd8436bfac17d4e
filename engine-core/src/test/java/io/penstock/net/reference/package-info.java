/**
 * The meaning of a net, written a second time: slow, obvious and apart from the machine, so that
 * the machine can be held against it.
 *
 * <p>{@link io.penstock.net.reference.Duel} plays both; the nets come from {@link
 * io.penstock.net.reference.RandomNets} and {@link io.penstock.net.reference.BlockNets}.
 */
package io.penstock.net.reference;
