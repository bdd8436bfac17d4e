package io.penstock.storage;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Chronicle Map in this JVM, once, and tells whether it runs.
 *
 * <p>The only state here is static because what it describes is: a class whose initialisation
 * failed stays failed for the whole JVM. No Chronicle class is initialised before the packages it
 * needs are open, so one engine that may not open them spoils nothing for another that may.
 */
final class ChronicleRuntime {
  private static final Logger LOGGER = LoggerFactory.getLogger(ChronicleRuntime.class);
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private static final String ENTRY_CLASS = "net.openhft.chronicle.core.Jvm";
  private static final String STATE_INTERFACE =
      "net.openhft.chronicle.hash.VanillaGlobalMutableState";
  private static final String STATE_CLASS_RESOURCE = "chronicle-global-state.bin";

  private ChronicleRuntime() {}

  /**
   * Whether Chronicle Map runs in this JVM; starts it at the first call, which takes some hundred
   * milliseconds. Where it does not run, one line in the log says so, and what to do.
   *
   * @param mayOpenModules whether the packages it needs may be opened
   * @return true when it runs
   */
  static boolean isAvailable(final boolean mayOpenModules) {
    try {
      final Class<?> entry =
          Class.forName(ENTRY_CLASS, false, ChronicleRuntime.class.getClassLoader());
      if (!ModuleOpener.isOpenTo(entry.getModule())) {
        if (!mayOpenModules || !ModuleOpener.isAllowed()) {
          throw new IllegalStateException("JDK packages are closed and Penstock may not open them");
        }
        ModuleOpener.open();
      }
      return Start.DONE;
    } catch (final Throwable e) {
      return unavailable(e);
    }
  }

  private static boolean unavailable(final Throwable reason) {
    if (WARNED.compareAndSet(false, true)) {
      LOGGER.warn(
          "Chronicle Map must be able to start: reason=[{}]; the slab view serves instead, with the same records and durability; to"
              + " use Chronicle Map, take a full JDK and start it with {}",
          reason.getCause() == null ? reason.toString() : reason.getCause().toString(),
          ModuleOpener.jvmOptions());
      LOGGER.debug("Chronicle Map did not start", reason);
    }
    return false;
  }

  /** Runs once, when first asked, by the rules of class initialisation. */
  private static final class Start {
    static final boolean DONE = run();

    private static boolean run() {
      try {
        // Before the first Chronicle class: no usage data to a remote host, no advertisement in the
        // log.
        setIfAbsent("chronicle.analytics.disable");
        setIfAbsent("chronicle.announcer.disable");
        defineStateClass();
        tryOut();
        return true;
      } catch (final Throwable e) {
        return unavailable(e);
      }
    }

    private static void setIfAbsent(final String property) {
      System.getProperties().putIfAbsent(property, "true");
    }

    /**
     * Defines the class that was generated at build time beside its interface, where Chronicle
     * looks for it before it generates and compiles one: the first map opens some hundred
     * milliseconds sooner, and without a compiler.
     */
    private static void defineStateClass() throws IOException, ReflectiveOperationException {
      try (InputStream resource =
          ChronicleRuntime.class.getResourceAsStream(STATE_CLASS_RESOURCE)) {
        if (resource == null) {
          throw new IOException("resource must be in the jar: resource=" + STATE_CLASS_RESOURCE);
        }
        final Class<?> neighbour =
            Class.forName(STATE_INTERFACE, false, ChronicleRuntime.class.getClassLoader());
        MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup())
            .defineClass(resource.readAllBytes());
      }
    }

    private static void tryOut() {
      try (ChronicleView view = new ChronicleView()) {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[] {1, 2, 3});
        view.put(1, record, 0, record.capacity());
        if (view.read(1, new ExpandableArrayBuffer(), 0) != record.capacity()) {
          throw new IllegalStateException("Chronicle Map must give back what was put: recordId=1");
        }
        view.remove(1);
      }
    }
  }
}
