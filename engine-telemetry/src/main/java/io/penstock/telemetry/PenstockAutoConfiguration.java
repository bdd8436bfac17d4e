package io.penstock.telemetry;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.Locale;

/**
 * Registers a {@link PenstockMetricProducer} of the {@linkplain PenstockMetrics#shared() shared
 * metrics} with each OpenTelemetry SDK that configures itself; found by it on the class path.
 *
 * <p>Property {@value #HISTOGRAMS}: {@code explicit} (default) or {@code exponential}.
 */
public final class PenstockAutoConfiguration implements AutoConfigurationCustomizerProvider {
  /** The property that says in which form histograms are told. */
  public static final String HISTOGRAMS = "penstock.metrics.histograms";

  /** For the service loader. */
  public PenstockAutoConfiguration() {}

  @Override
  public void customize(final AutoConfigurationCustomizer configuration) {
    configuration.addMeterProviderCustomizer(
        (provider, properties) ->
            provider.registerMetricProducer(
                new PenstockMetricProducer(PenstockMetrics.shared(), form(properties))));
  }

  private static HistogramForm form(final ConfigProperties properties) {
    final String form = properties.getString(HISTOGRAMS, "explicit");
    return switch (form.toLowerCase(Locale.ROOT)) {
      case "explicit" -> HistogramForm.EXPLICIT;
      case "exponential" -> HistogramForm.EXPONENTIAL;
      default ->
          throw new ConfigurationException(
              "histograms must be explicit or exponential: " + HISTOGRAMS + "=" + form);
    };
  }
}
