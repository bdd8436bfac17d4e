package io.penstock.interchange.bpmn;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ImportException;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.ImportReport;
import io.penstock.interchange.ImportedModel;
import io.penstock.interchange.StartTrigger;
import io.penstock.interchange.Variables;
import io.penstock.interchange.expression.Kind;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.interchange.xml.XmlReader;
import io.penstock.net.InvalidNetException;
import io.penstock.workflow.UnsoundWorkflowException;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads BPMN 2.0: a workflow for each executable process of a file. Each call stands for itself;
 * safe for any thread.
 */
public final class BpmnImport {
  private BpmnImport() {}

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
    final BpmnFile file = new BpmnFile(root, findings, options.limits());
    final Variables variables = new Variables(options.variables());
    final Choices choices = new Choices(options, findings, variables, file.expressionLanguage);
    file.callable.values().forEach(scope -> scope.all().forEach(each -> use(each, choices)));
    file.properties.forEach(variables::declare);
    variables.settle(findings);
    if (file.processes.stream().anyMatch(process -> starts(process) > 1)) {
      variables.declare(ScopeCompiler.START);
    }
    final List<StartTrigger> triggers = new ArrayList<>();
    final List<Workflow> workflows = new ArrayList<>();
    for (final BpmnScope process : file.processes) {
      build(file, process, options, findings, variables, triggers, workflows);
    }
    findings.check();
    return new ImportedModel(workflows, file.labels, triggers, findings.report());
  }

  private static long starts(final BpmnScope process) {
    return process.nodes.values().stream()
        .filter(node -> node.kind.equals("startEvent") || node.kind.equals("receiveTask"))
        .count();
  }

  private static void use(final BpmnScope scope, final Choices choices) {
    for (final BpmnFlow flow : scope.flows) {
      if (flow.condition != null) {
        choices.use(flow.condition, Kind.TRUTH);
      }
    }
    for (final BpmnNode node : scope.nodes.values()) {
      node.element
          .child("standardLoopCharacteristics")
          .flatMap(loop -> loop.child("loopCondition"))
          .ifPresent(condition -> choices.use(condition, Kind.TRUTH));
      node.element
          .child("multiInstanceLoopCharacteristics")
          .flatMap(loop -> loop.child("loopCardinality"))
          .ifPresent(number -> choices.use(number, Kind.NUMBER));
      node.element
          .child("multiInstanceLoopCharacteristics")
          .flatMap(loop -> loop.child("completionCondition"))
          .ifPresent(condition -> choices.use(condition, Kind.TRUTH));
    }
  }

  /**
   * With the ends as they are drawn; where that is not proved sound, with one end that waits for
   * all.
   */
  private static void build(
      final BpmnFile file,
      final BpmnScope process,
      final ImportOptions options,
      final Findings findings,
      final Variables variables,
      final List<StartTrigger> triggers,
      final List<Workflow> workflows) {
    Workflow drawn = null;
    for (final boolean oneEnd : new boolean[] {false, true}) {
      final WorkflowCompiler compiler =
          new WorkflowCompiler(file, process, options, findings, variables, triggers, oneEnd);
      try {
        final var graph = compiler.compile();
        if (findings.hasProblems()) {
          return;
        }
        final Workflow workflow = graph.build();
        if (oneEnd || workflow.verify().stream().allMatch(verification -> verification.isSound())) {
          workflows.add(better(drawn, workflow));
          return;
        }
        drawn = workflow;
      } catch (final UnsoundWorkflowException e) {
        if (oneEnd) {
          e.faults().forEach(fault -> findings.problem(process.id, process.element.line(), fault));
        }
      } catch (final InvalidNetException e) {
        e.faults().forEach(fault -> findings.problem(process.id, process.element.line(), fault));
        return;
      }
    }
  }

  /** Of an unsound model that is allowed, the one with the ends as they are drawn. */
  private static Workflow better(final @Nullable Workflow drawn, final Workflow oneEnd) {
    final boolean sound = oneEnd.verify().stream().allMatch(each -> each.isSound());
    return drawn == null || sound ? oneEnd : drawn;
  }

  /**
   * The variable that says, where a process has several start events, at which one a case begins:
   * its value is the id of the event. Without a value it is the one without a trigger, or the
   * first.
   *
   * @return the variable
   */
  public static Variable<String> startVariable() {
    return ScopeCompiler.START;
  }

  /**
   * What the report says of a file, whether it can be taken or not.
   *
   * @param file the file
   * @param options handlers, variables, limits
   * @return everything that was found
   */
  public static ImportReport check(final Path file, final ImportOptions options) {
    try {
      return read(file, options).report();
    } catch (final ImportException e) {
      return e.report();
    }
  }
}
