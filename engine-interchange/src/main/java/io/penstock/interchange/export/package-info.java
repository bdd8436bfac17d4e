/** Draws workflows: Mermaid, DOT, SVG. */
@NullMarked
package io.penstock.interchange.export;

import org.jspecify.annotations.NullMarked;
