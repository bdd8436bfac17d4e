package io.penstock.interchange.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.penstock.interchange.ImportException;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.interchange.form.WorkflowForm.Notation;
import io.penstock.interchange.yawl.YawlImport;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every model of this module that can be taken is the same workflow when it was stored. */
class FormOfModelsTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final int RUNS = 2;
  private static final FormOptions OPTIONS =
      FormOptions.defaults().trusted().publisher((event, work) -> {});

  @TestFactory
  Stream<DynamicTest> models() throws IOException {
    final List<DynamicTest> tests = new ArrayList<>();
    for (final String folder : List.of("bpmn", "yawl")) {
      try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
        for (final Path file : files.filter(each -> !each.toString().endsWith(".txt")).toList()) {
          read(file)
              .ifPresent(
                  workflow ->
                      tests.add(dynamicTest(file.getFileName().toString(), () -> check(workflow))));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(60);
    return tests.stream();
  }

  private static Optional<Workflow> read(final Path file) {
    final ImportOptions options =
        ImportOptions.byHand()
            .allowUnsound("stored")
            .resolver(
                element ->
                    element.type().equals("serviceTask")
                        ? Optional.of(work -> {})
                        : Optional.empty());
    try {
      return Optional.of(
          (file.toString().endsWith(".bpmn")
                  ? BpmnImport.read(file, options)
                  : YawlImport.read(file, options))
              .workflows()
              .get(0));
    } catch (final ImportException e) {
      return Optional.empty();
    }
  }

  private static void check(final Workflow workflow) {
    final String json = WorkflowForm.write(workflow, Notation.JSON);
    Schema.check(json);
    for (final Notation notation : Notation.values()) {
      final String text = WorkflowForm.write(workflow, notation);
      final Workflow read = WorkflowFormProperties.read(text, notation, OPTIONS.codeOf(workflow));
      assertThat(read.fingerprint()).isEqualTo(workflow.fingerprint());
      assertThat(WorkflowForm.write(read, notation)).isEqualTo(text);
      for (int run = 0; run < RUNS; run++) {
        SideBySide.play(workflow, read, run);
      }
    }
  }
}
