/** A small tree of an XML document, read within limits and with document types refused. */
@NullMarked
package io.penstock.interchange.xml;

import org.jspecify.annotations.NullMarked;
