package io.penstock.interchange.bpmn;

import org.jspecify.annotations.Nullable;

/** A sequence flow of a diagram that is written out. */
final class DrawnFlow {
  final String id;
  final DrawnNode from;
  final DrawnNode to;
  final @Nullable String condition;
  final boolean isDefault;

  DrawnFlow(
      final String id,
      final DrawnNode from,
      final DrawnNode to,
      final @Nullable String condition,
      final boolean isDefault) {
    this.id = id;
    this.from = from;
    this.to = to;
    this.condition = condition;
    this.isDefault = isDefault;
  }
}
