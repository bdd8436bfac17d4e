package io.penstock.interchange.yawl;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ImportException;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.ImportedModel;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.interchange.xml.XmlReader;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads YAWL specifications, of schema versions Beta 2 to 4.0: a workflow for each specification.
 * Each call stands for itself; safe for any thread.
 *
 * <p>A case ends as soon as the output condition is marked, as YAWL says. A task is a work item
 * unless a handler is bound to it; one without a decomposition only routes.
 */
public final class YawlImport {
  /**
   * Names the language of predicates, for {@link ImportOptions#language}: those that the small
   * language cannot read are given to it.
   */
  public static final String XQUERY = "http://www.w3.org/TR/xquery";

  private YawlImport() {}

  /**
   * Reads a file.
   *
   * @param file the file
   * @param options handlers, variables, limits
   * @return the workflows, and what was left out
   * @throws ImportException when the file cannot be taken as it is, with all reasons
   * @throws UncheckedIOException when the file cannot be read
   */
  public static ImportedModel read(final Path file, final ImportOptions options) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(String.valueOf(file.getFileName()), in, options);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a stream.
   *
   * @param source name of the file, for messages
   * @param in the bytes; not closed
   * @param options handlers, variables, limits
   * @return the workflows, and what was left out
   * @throws ImportException when the file cannot be taken as it is, with all reasons
   * @throws UncheckedIOException when the stream cannot be read
   */
  public static ImportedModel read(
      final String source, final InputStream in, final ImportOptions options) {
    return ImportException.guard(source, () -> readOnce(source, in, options));
  }

  private static ImportedModel readOnce(
      final String source, final InputStream in, final ImportOptions options) {
    final XmlElement root = XmlReader.read(source, in, options.limits());
    final Findings findings = new Findings(source);
    final List<Workflow> workflows = new ArrayList<>();
    final Map<String, String> labels = new LinkedHashMap<>();
    if (!root.name().equals("specificationSet") || !root.namespace().contains("yawl")) {
      findings.problem(
          root,
          "document must be a specificationSet of YAWL",
          "namespace=" + XmlElement.shorten(root.namespace()));
    } else if (root.children("specification").isEmpty()) {
      findings.problem(root, "file must hold a specification");
    }
    findings.check();
    for (final XmlElement specification : root.children("specification")) {
      new SpecificationCompiler(specification, options, findings, labels).build(workflows);
    }
    findings.check();
    return new ImportedModel(workflows, labels, List.of(), findings.report());
  }
}
