package io.penstock.compatibility;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.Engine;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.Test;

/** An application that has excluded OpenTelemetry's API. */
class NoOpenTelemetryTest {
  @Test
  void shouldRunCasesWithoutTelemetry() {
    final Workflow workflow = Workflow.define("w").inlineTask("t", work -> {}).build();
    assertThatThrownBy(() -> Class.forName("io.opentelemetry.api.OpenTelemetry"))
        .isInstanceOf(ClassNotFoundException.class);
    assertThatCode(
            () -> {
              try (Engine engine = Engine.inMemory().deploy(workflow)) {
                engine.start(workflow, "k", in -> {}).join();
              }
            })
        .doesNotThrowAnyException();
  }
}
