/** The command layer against a model: random commands, also at their limits, over reopenings. */
package io.penstock.commands;
