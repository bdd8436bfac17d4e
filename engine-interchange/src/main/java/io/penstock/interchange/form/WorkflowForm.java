package io.penstock.interchange.form;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ImportException;
import io.penstock.interchange.ImportedModel;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Workflows as JSON or YAML, for tools that store them: everything that blocks and graphs can say.
 * A workflow that is read back has the same fingerprint, so it takes up the cases of the one that
 * was written.
 *
 * <p>What only code can say stands there as a reference: handlers, lists of items, operators, and
 * guards that are neither comparisons of variables, nor made of them, nor expressions. {@link
 * FormOptions} binds them when the workflow is read. Writing the same workflow gives the same text.
 *
 * <p>Stateless.
 */
public final class WorkflowForm {
  /** Name of the schema of documents, which each of them holds under {@code $schema}. */
  public static final String SCHEMA = "urn:penstock:schema:workflow:1";

  static final int REFERENCE_LENGTH_MAX = 200;

  private static final String SCHEMA_RESOURCE = "workflow-1.schema.json";

  private WorkflowForm() {}

  /** In which notation a document is written. */
  public enum Notation {
    /** JSON, RFC 8259. */
    JSON,
    /** YAML 1.2, as far as JSON goes. */
    YAML
  }

  /**
   * Writes a workflow.
   *
   * @param workflow the workflow
   * @param notation how
   * @return the document, ending with a line break
   */
  public static String write(final Workflow workflow, final Notation notation) {
    final Node document = new FormWriter(workflow).write();
    return notation == Notation.JSON ? JsonText.write(document) : YamlText.write(document);
  }

  /**
   * Reads a file: YAML where its name ends with {@code .yaml} or {@code .yml}, else JSON.
   *
   * @param file the file
   * @param options what its references stand for, and limits
   * @return the workflow; the labels are empty, no message starts it
   * @throws ImportException when the file cannot be taken as it is, with all reasons
   * @throws UncheckedIOException when the file cannot be read
   */
  public static ImportedModel read(final Path file, final FormOptions options) {
    final String name = String.valueOf(file.getFileName());
    final boolean isYaml = name.endsWith(".yaml") || name.endsWith(".yml");
    try (InputStream in = Files.newInputStream(file)) {
      return read(name, in, isYaml ? Notation.YAML : Notation.JSON, options);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a stream.
   *
   * @param source name of the document, for messages
   * @param in the bytes, in UTF-8; not closed
   * @param notation how it is written
   * @param options what its references stand for, and limits
   * @return the workflow; the labels are empty, no message starts it
   * @throws ImportException when the document cannot be taken as it is, with all reasons
   * @throws UncheckedIOException when the stream cannot be read
   */
  public static ImportedModel read(
      final String source,
      final InputStream in,
      final Notation notation,
      final FormOptions options) {
    return ImportException.guard(source, () -> readOnce(source, in, notation, options));
  }

  private static ImportedModel readOnce(
      final String source,
      final InputStream in,
      final Notation notation,
      final FormOptions options) {
    final Source from = new Source(source, options.limits());
    final String text = from.read(in);
    final Node root =
        notation == Notation.JSON ? JsonText.read(text, from) : YamlText.read(text, from);
    final Findings findings = new Findings(source);
    final Workflow workflow = new FormReader(options, findings).read(root);
    findings.check();
    if (workflow == null) {
      throw from.refusal(root.line, "document must hold a workflow");
    }
    return new ImportedModel(List.of(workflow), Map.of(), List.of(), findings.report());
  }

  /**
   * The schema of documents, in JSON Schema 2020-12.
   *
   * @return its text
   */
  public static String schema() {
    try (InputStream in = WorkflowForm.class.getResourceAsStream(SCHEMA_RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            "schema must be in the jar: resource=" + SCHEMA_RESOURCE + "; check the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
