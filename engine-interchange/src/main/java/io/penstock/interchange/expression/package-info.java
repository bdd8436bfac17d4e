/** The small typed expression language of imported models, and the port for others. */
@NullMarked
package io.penstock.interchange.expression;

import org.jspecify.annotations.NullMarked;
