import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Generates, at build time, the one class that Chronicle Values would otherwise generate and compile with javac in each user's JVM: the
 * off-heap form of Chronicle Map's global state. Run from its source by the build; not part of the jar.
 */
final class ValueClassGenerator {
  private static final String PACKAGE = "net.openhft.chronicle.hash";
  private static final String INTERFACE = "VanillaGlobalMutableState";
  private static final String GENERATED = INTERFACE + "$$Native";

  private ValueClassGenerator() {}

  /**
   * Writes the class.
   *
   * @param arguments the file to write and the Java release to compile for
   * @throws Exception when Chronicle Values is not as expected; the build fails
   */
  public static void main(final String[] arguments) throws Exception {
    final Path file = Path.of(arguments[0]);
    Files.createDirectories(file.getParent());
    Files.write(file, compile(source(), arguments[1]));
  }

  private static String source() throws ReflectiveOperationException {
    final Class<?> model = Class.forName("net.openhft.chronicle.values.ValueModel");
    final Object state = model.getMethod("acquire", Class.class).invoke(null, Class.forName(PACKAGE + "." + INTERFACE));
    final Method generate =
        Class.forName("net.openhft.chronicle.values.Generators")
            .getDeclaredMethod("generateNativeClass", model, String.class);
    generate.setAccessible(true);
    return (String) generate.invoke(null, state, GENERATED);
  }

  private static byte[] compile(final String source, final String release) {
    final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    final ByteArrayOutputStream classBytes = new ByteArrayOutputStream();
    final JavaFileManager files =
        new ForwardingJavaFileManager<JavaFileManager>(compiler.getStandardFileManager(null, null, null)) {
          @Override
          public JavaFileObject getJavaFileForOutput(
              final Location location,
              final String className,
              final JavaFileObject.Kind kind,
              final javax.tools.FileObject sibling) {
            return new InMemoryFile(className, kind, source, classBytes);
          }
        };
    final List<String> options =
        List.of("--release", release, "-proc:none", "-nowarn", "-classpath", System.getProperty("java.class.path"));
    final JavaFileObject unit =
        new InMemoryFile(PACKAGE + "." + GENERATED, JavaFileObject.Kind.SOURCE, source, classBytes);
    if (!compiler.getTask(null, files, null, options, null, List.of(unit)).call()) {
      throw new IllegalStateException("the generated class must compile: class=" + PACKAGE + "." + GENERATED);
    }
    return classBytes.toByteArray();
  }

  /** A compiler's input or output that is not a file. */
  private static final class InMemoryFile extends SimpleJavaFileObject {
    private final String source;
    private final OutputStream output;

    InMemoryFile(final String className, final Kind kind, final String source, final OutputStream output) {
      super(URI.create("memory:///" + className.replace('.', '/') + kind.extension), kind);
      this.source = source;
      this.output = output;
    }

    @Override
    public CharSequence getCharContent(final boolean ignoreEncodingErrors) {
      return source;
    }

    @Override
    public OutputStream openOutputStream() throws IOException {
      return output;
    }
  }
}
