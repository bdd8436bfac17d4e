package io.penstock.storage;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.List;

/**
 * Opens JDK packages to the class path, as {@code --add-opens} on the command line would.
 *
 * <p>Chronicle Map reads private fields by reflection and does not run without. An embedded library
 * has no say over its user's command line, and an option that is forgotten on one server of ten is
 * the worst kind of requirement, so Penstock opens these packages itself: it reads the JDK's
 * trusted lookup with {@code sun.misc.Unsafe}, which the module {@code jdk.unsupported} offers for
 * such ends, and asks the module to open the package, by the method behind the command line option.
 * Nothing is opened but what is listed, and only to code on the class path. JDK 17 says nothing
 * about it; later ones warn once about {@code Unsafe}; one that forbids it makes {@link #open}
 * fail, and the engine goes on with a view that needs none of this.
 *
 * <p>Whoever does not want it sets the system property {@value #PROPERTY} to {@code false}, or
 * {@link StorageOptions#withOpenModules}, and gives the options of {@link #jvmOptions} to the JVM.
 */
final class ModuleOpener {
  static final String PROPERTY = "penstock.modules.open";

  /** What an in-memory Chronicle Map reflects into; all in {@code java.base}. */
  private static final List<String> PACKAGES =
      List.of("java.lang", "java.lang.reflect", "jdk.internal.ref", "sun.nio.ch");

  private static final Module BASE = Object.class.getModule();

  private ModuleOpener() {}

  /**
   * Whether this JVM lets Penstock open packages.
   *
   * @return false when the system property says so
   */
  static boolean isAllowed() {
    return !"false".equalsIgnoreCase(System.getProperty(PROPERTY));
  }

  /**
   * Whether the packages are open already.
   *
   * @param user the module that needs them
   * @return true when there is nothing to do
   */
  static boolean isOpenTo(final Module user) {
    return PACKAGES.stream().allMatch(name -> BASE.isOpen(name, user));
  }

  /**
   * Opens the packages to all code on the class path.
   *
   * @throws Throwable when the JDK does not allow it, in whichever way it says so
   */
  static void open() throws Throwable {
    final MethodHandle implAddOpens =
        trustedLookup()
            .findVirtual(
                Module.class,
                "implAddOpensToAllUnnamed",
                MethodType.methodType(void.class, String.class));
    for (final String name : PACKAGES) {
      implAddOpens.invoke(BASE, name);
    }
  }

  /**
   * The command line options that do the same.
   *
   * @return options separated by spaces
   */
  static String jvmOptions() {
    return String.join(
        " ",
        PACKAGES.stream().map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED").toList());
  }

  /**
   * {@code Unsafe} is called by reflection: to name it in the source is a warning with every
   * compiler.
   */
  private static Lookup trustedLookup() throws ReflectiveOperationException {
    final Class<?> unsafeClass = Class.forName("sun.misc.Unsafe");
    final Field instance = unsafeClass.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    final Object unsafe = instance.get(null);
    final Field lookup = Lookup.class.getDeclaredField("IMPL_LOOKUP");
    final Object base =
        unsafeClass.getMethod("staticFieldBase", Field.class).invoke(unsafe, lookup);
    final Object offset =
        unsafeClass.getMethod("staticFieldOffset", Field.class).invoke(unsafe, lookup);
    return (Lookup)
        unsafeClass.getMethod("getObject", Object.class, long.class).invoke(unsafe, base, offset);
  }
}
