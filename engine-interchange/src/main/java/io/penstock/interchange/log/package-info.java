/**
 * History of cases for other tools, and as figures on a picture. Entry types: {@link
 * io.penstock.interchange.log.XesWriter}, {@link io.penstock.interchange.log.CaseProgress}.
 */
@NullMarked
package io.penstock.interchange.log;

import org.jspecify.annotations.NullMarked;
