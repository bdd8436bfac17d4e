/** Reads YAWL, schema Beta 2 to 4.0. */
@NullMarked
package io.penstock.interchange.yawl;

import org.jspecify.annotations.NullMarked;
