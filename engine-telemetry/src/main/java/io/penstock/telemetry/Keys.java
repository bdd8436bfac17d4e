package io.penstock.telemetry;

import io.opentelemetry.api.common.AttributeKey;

/** Attributes of spans and metrics, in the style of the semantic conventions. */
final class Keys {
  static final AttributeKey<String> WORKFLOW_NAME =
      AttributeKey.stringKey("penstock.workflow.name");
  static final AttributeKey<Long> WORKFLOW_VERSION =
      AttributeKey.longKey("penstock.workflow.version");
  static final AttributeKey<String> TASK_NAME = AttributeKey.stringKey("penstock.task.name");
  static final AttributeKey<String> CASE_OUTCOME = AttributeKey.stringKey("penstock.case.outcome");
  static final AttributeKey<String> OPERATION_NAME =
      AttributeKey.stringKey("penstock.operation.name");
  static final AttributeKey<String> OPERATION_CLASS =
      AttributeKey.stringKey("penstock.operation.class");
  static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("penstock.attempt");
  static final AttributeKey<String> SLO_NAME = AttributeKey.stringKey("penstock.slo.name");
  static final AttributeKey<String> SLO_OUTCOME = AttributeKey.stringKey("penstock.slo.outcome");

  /** The objective's state in lower case. */
  static final AttributeKey<String> SLO_STATE = AttributeKey.stringKey("penstock.slo.state");

  /** One of the windows of burn rates, as {@link StatusGauges#label} writes it. */
  static final AttributeKey<String> SLO_WINDOW = AttributeKey.stringKey("penstock.slo.window");

  static final AttributeKey<String> GATE_NAME = AttributeKey.stringKey("penstock.gate.name");
  static final AttributeKey<String> GATE_STATE = AttributeKey.stringKey("penstock.gate.state");

  /** The rejection in lower case. */
  static final AttributeKey<String> REJECTION_REASON =
      AttributeKey.stringKey("penstock.rejection.reason");

  static final AttributeKey<Long> SHARD_INDEX = AttributeKey.longKey("penstock.shard.index");
  static final AttributeKey<String> TELEMETRY_SIGNAL =
      AttributeKey.stringKey("penstock.telemetry.signal");

  /** On spans only: as an attribute of a metric it would make a time series of each case. */
  static final AttributeKey<Long> CASE_ID = AttributeKey.longKey("penstock.case.id");

  /** On failure only. */
  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  /** The conventions' word for an error that is known to have happened, and no more. */
  static final String ERROR_OTHER = "_OTHER";

  private Keys() {}
}
