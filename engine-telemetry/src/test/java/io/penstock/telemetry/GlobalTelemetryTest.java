package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.penstock.engine.Engine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Also run beside the oldest versions of OpenTelemetry. */
class GlobalTelemetryTest {
  @BeforeEach
  @AfterEach
  void reset() {
    GlobalOpenTelemetry.resetForTest();
  }

  @Test
  void shouldBeBesideTheVersionThatThisRunIsAbout() {
    final String version = System.getProperty("opentelemetry");
    assumeThat(version).as("another version than that of the build").isNotNull();
    assertThat(OpenTelemetry.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .endsWith("-" + version + ".jar");
  }

  @Test
  void shouldLeaveTheGlobalOpenTelemetryToBeSetWhenAnEngineIsOpenedBefore() {
    try (Engine engine = Engine.inMemory()) {
      assertThat(engine).isNotNull();
      assertThat(TelemetryOptions.defaults().openTelemetry()).isSameAs(OpenTelemetry.noop());
    }

    try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder().build()) {
      GlobalOpenTelemetry.set(sdk);
      assertThat(TelemetryOptions.defaults().openTelemetry().getTracerProvider())
          .isNotSameAs(TracerProvider.noop());
    }
  }
}
