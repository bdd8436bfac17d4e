package io.penstock.telemetry;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/**
 * Looks at the global OpenTelemetry without setting it: what an application sets after the engine
 * was opened must still be taken. Newer versions of the API have a method for that; in older ones
 * {@link GlobalOpenTelemetry#get()} sets it, so its field is looked at first.
 */
final class GlobalTelemetry {
  private static final String FIELD = "globalOpenTelemetry";

  private GlobalTelemetry() {}

  /** The global OpenTelemetry, or the one that does nothing when none is set. */
  static OpenTelemetry ofTheMoment() {
    try {
      return (OpenTelemetry)
          MethodHandles.publicLookup()
              .findStatic(
                  GlobalOpenTelemetry.class,
                  "getOrNoop",
                  MethodType.methodType(OpenTelemetry.class))
              .invoke();
    } catch (final NoSuchMethodException e) {
      return isSet() ? GlobalOpenTelemetry.get() : OpenTelemetry.noop();
    } catch (final RuntimeException | Error e) {
      throw e;
    } catch (final Throwable e) {
      throw new AssertionError(e); // the method declares none
    }
  }

  private static boolean isSet() {
    try {
      final Field field = GlobalOpenTelemetry.class.getDeclaredField(FIELD);
      field.setAccessible(true);
      return field.get(null) != null;
    } catch (final ReflectiveOperationException | RuntimeException e) {
      return true; // it can not be looked at
    }
  }
}
