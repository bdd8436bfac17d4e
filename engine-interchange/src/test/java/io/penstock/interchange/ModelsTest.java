package io.penstock.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.interchange.yawl.YawlImport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The models of this module, one idea each: every one behaves as the file beside it says. */
class ModelsTest {
  static final Path RESOURCES = Path.of("src/test/resources");

  @TestFactory
  Stream<DynamicTest> bpmn() throws IOException {
    return tests(RESOURCES.resolve("bpmn"), 40);
  }

  @TestFactory
  Stream<DynamicTest> yawl() throws IOException {
    return tests(RESOURCES.resolve("yawl"), 20);
  }

  static List<Path> models(final Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  private static Stream<DynamicTest> tests(final Path folder, final int atLeast)
      throws IOException {
    final List<Path> models = models(folder);
    assertThat(models).hasSizeGreaterThanOrEqualTo(atLeast);
    return models.stream()
        .map(model -> dynamicTest(model.getFileName().toString(), () -> play(model)));
  }

  static ImportedModel read(final Path model, final ImportOptions options) {
    return model.toString().endsWith(".bpmn")
        ? BpmnImport.read(model, options)
        : YawlImport.read(model, options);
  }

  /** Handlers for service tasks; the rest is done by hand. */
  static ImportOptions options(final Story.ModelErrors errors) {
    return ImportOptions.defaults()
        .resolver(
            element ->
                element.type().equals("serviceTask") && element.property("implementation").isEmpty()
                    ? Optional.of(work -> errors.throwIfAsked(element.id()))
                    : Optional.empty());
  }

  private static void play(final Path model) throws IOException {
    final String name = model.toString();
    final Path story = Path.of(name.substring(0, name.lastIndexOf('.')) + ".txt");
    final List<String> lines =
        lines(story).stream().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    final Story.ModelErrors errors = new Story.ModelErrors();
    if (lines.get(0).startsWith("refused")) {
      final ImportException refusal =
          catchThrowableOfType(ImportException.class, () -> read(model, options(errors)));
      assertThat(refusal).as("is refused").isNotNull();
      for (final String line : lines) {
        assertThat(refusal.report().problems().stream().map(Object::toString))
            .anyMatch(text -> text.contains(Story.after(line)));
      }
      return;
    }
    final Story played = new Story(read(model, options(errors)), errors);
    for (final String line : lines) {
      try {
        played.play(line);
      } catch (final AssertionError e) {
        throw new AssertionError(story + ": " + line + ": " + e.getMessage(), e);
      }
    }
  }

  private static List<String> lines(final Path story) {
    try {
      return Files.readAllLines(story);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
