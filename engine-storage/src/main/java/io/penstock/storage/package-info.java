/**
 * Durable storage for the engine: a journal that is the record, and an off-heap view of it that is
 * made fresh at each open.
 *
 * <p>Entry type: {@link io.penstock.storage.StorageProvider}, found by {@link
 * java.util.ServiceLoader} or made with {@link io.penstock.storage.StorageOptions}. Each shard has
 * one journal and one view and one thread that writes them; reads come from any thread. The package
 * knows record ids and bytes, never what a join is. Depends on the engine's ports, Agrona, SLF4J
 * and Chronicle Map, whose types do not leave this package.
 */
@NullMarked
package io.penstock.storage;

import org.jspecify.annotations.NullMarked;
