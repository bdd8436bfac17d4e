/**
 * A form of workflows that tools can store: JSON or YAML, by a published schema. Entry type: {@link
 * io.penstock.interchange.form.WorkflowForm}.
 */
@NullMarked
package io.penstock.interchange.form;

import org.jspecify.annotations.NullMarked;
