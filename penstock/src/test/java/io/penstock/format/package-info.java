/** The format on disk, read by a reader that knows docs/format.md and nothing else. */
package io.penstock.format;
