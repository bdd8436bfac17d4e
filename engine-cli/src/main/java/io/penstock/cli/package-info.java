/**
 * The command line: looks at directories of Penstock from outside, without an engine.
 *
 * <p>Entry type: {@link io.penstock.cli.Penstock}. One thread. Depends on what the storage and the
 * engine offer to readers, on picocli for the arguments and on Jackson's streaming writer for JSON.
 */
@NullMarked
package io.penstock.cli;

import org.jspecify.annotations.NullMarked;
