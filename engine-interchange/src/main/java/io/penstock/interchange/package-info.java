/**
 * Reads workflows that were drawn elsewhere, steps them by hand and draws them.
 *
 * <p>Entry types: {@link io.penstock.interchange.bpmn.BpmnImport}, {@link
 * io.penstock.interchange.yawl.YawlImport}, {@link io.penstock.interchange.ModelRunner}, {@link
 * io.penstock.interchange.export.WorkflowDrawing}. Nothing here is on the path of a running case.
 * Depends on {@code penstock-core} and the JDK.
 */
@NullMarked
package io.penstock.interchange;

import org.jspecify.annotations.NullMarked;
