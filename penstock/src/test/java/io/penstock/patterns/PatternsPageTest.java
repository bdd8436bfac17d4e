package io.penstock.patterns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.net.NetPicture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Makes the page {@code docs/patterns/README.md} of the tests beside this one: what a pattern is of
 * its test's Javadoc, how to write it of the method {@code workflow}, the picture of the compiled
 * net.
 */
class PatternsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "patterns", "README.md");
  private static final Path SOURCES = Path.of("src/test/java/io/penstock/patterns");
  private static final java.util.regex.Pattern HELPER =
      java.util.regex.Pattern.compile("private static GraphBuilder (\\w+)\\(");
  private static final java.util.regex.Pattern COMMAND_METHOD =
      java.util.regex.Pattern.compile("private void \\w+\\(final CaseHandle \\w+\\) \\{");
  private static final String REWRITE = "patterns.rewrite";
  private static final String COMMAND =
      "mvn -pl penstock -am test -Dtest=PatternsPageTest -D" + REWRITE;

  private static final List<String> NAMES =
      List.of(
          "Sequence",
          "Parallel Split",
          "Synchronization",
          "Exclusive Choice",
          "Simple Merge",
          "Multi-Choice",
          "Structured Synchronizing Merge",
          "Multi-Merge",
          "Structured Discriminator",
          "Arbitrary Cycles",
          "Implicit Termination",
          "Multiple Instances without Synchronization",
          "Multiple Instances with a Priori Design-Time Knowledge",
          "Multiple Instances with a Priori Run-Time Knowledge",
          "Multiple Instances without a Priori Run-Time Knowledge",
          "Deferred Choice",
          "Interleaved Parallel Routing",
          "Milestone",
          "Cancel Task",
          "Cancel Case",
          "Structured Loop",
          "Recursion",
          "Transient Trigger",
          "Persistent Trigger",
          "Cancel Region",
          "Cancel Multiple Instance Task",
          "Complete Multiple Instance Task",
          "Blocking Discriminator",
          "Cancelling Discriminator",
          "Structured Partial Join",
          "Blocking Partial Join",
          "Cancelling Partial Join",
          "Generalized AND-Join",
          "Static Partial Join for Multiple Instances",
          "Cancelling Partial Join for Multiple Instances",
          "Dynamic Partial Join for Multiple Instances",
          "Local Synchronizing Merge",
          "General Synchronizing Merge",
          "Critical Section",
          "Interleaved Routing",
          "Thread Merge",
          "Thread Split",
          "Explicit Termination");

  private static final String INTRODUCTION =
      """
      # The 43 control-flow patterns

      The patterns of Russell, ter Hofstede, van der Aalst and Mulyar, *Workflow Control-Flow Patterns: A Revised View* (2006), as Penstock says them. Each has a test of its own that plays the trace by which
      it differs from its look-alikes: on the bare net machine where that is enough, in an engine in memory, and in an engine on a directory that is closed and opened again between the steps.

      In the code below `desk::note` is a handler that is done at once, `desk::hold` one that goes on until the test lets it go. In the pictures a box is a task, a diamond only routes, a circle is a condition;
      an arrow between two tasks goes through a condition of its own. A dotted line with a cross leads to what is cancelled; *alone* are the tasks of critical sections that exclude each
      other. Code and pictures are taken from the tests; `%s` writes this page anew.

      """
          .formatted(COMMAND);

  /** A pattern as its test class shows it. */
  private record Section(String title, Class<?> test, String what, String code, String picture) {
    String anchor() {
      return title.toLowerCase(java.util.Locale.ROOT).replace(' ', '-');
    }

    String proof() {
      return "["
          + test.getEnclosingClass().getSimpleName()
          + "."
          + test.getSimpleName()
          + "](../../penstock/"
          + SOURCES.toString().replace('\\', '/')
          + "/"
          + test.getEnclosingClass().getSimpleName()
          + ".java)";
    }
  }

  @Test
  @DisplayName("every one of the 43 patterns has its test")
  void shouldProveEachPatternOnce() throws Exception {
    assertThat(sections())
        .extracting(Section::title)
        .containsExactlyElementsOf(
            IntStream.range(0, NAMES.size())
                .mapToObj(i -> "WCP-%02d %s".formatted(i + 1, NAMES.get(i)))
                .toList());
    assertThat(NAMES).hasSize(43);
  }

  @Test
  void shouldShowThePatternsAsTheTestsHaveThem() throws Exception {
    final String page = page();
    if (System.getProperty(REWRITE) != null) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page, UTF_8);
    }
    assertThat(Files.readString(PAGE, UTF_8))
        .as("docs/patterns/README.md is not what the tests say; write it anew with: " + COMMAND)
        .isEqualTo(page);
  }

  private static String page() throws Exception {
    final List<Section> sections = sections();
    final StringBuilder page = new StringBuilder(INTRODUCTION);
    page.append("| pattern | proof |\n|---|---|\n");
    for (final Section section : sections) {
      page.append(
          "| [%s](#%s) | %s |\n".formatted(section.title, section.anchor(), section.proof()));
    }
    for (final Section section : sections) {
      page.append(
          "\n## %s\n\n%s\n\n```java\n%s\n```\n\n```mermaid\n%s\n```\n\nProof: %s\n"
              .formatted(
                  section.title, section.what, section.code, section.picture, section.proof()));
    }
    return page.toString();
  }

  private static List<Section> sections() throws Exception {
    final List<Section> sections = new ArrayList<>();
    for (final Pattern pattern : Patterns.all()) {
      sections.add(section(pattern));
    }
    return sections;
  }

  private static Section section(final Pattern pattern) throws Exception {
    final Class<?> test = pattern.getClass();
    final String source =
        Files.readString(
            SOURCES.resolve(test.getEnclosingClass().getSimpleName() + ".java"), UTF_8);
    final int begin = source.indexOf("\n  class " + test.getSimpleName() + " extends Pattern {");
    assertThat(begin).as("source of " + test).isPositive();
    return new Section(
        Patterns.title(pattern),
        test,
        javadoc(source, begin),
        code(source, begin),
        NetPicture.mermaid(pattern.workflow()));
  }

  /** The sentences of the Javadoc before a place, as one paragraph. */
  private static String javadoc(final String source, final int before) {
    final int begin = source.lastIndexOf("/**", before);
    return source
        .substring(begin + 3, source.indexOf("*/", begin))
        .lines()
        .map(line -> line.strip().replaceFirst("^\\* ?", ""))
        .collect(Collectors.joining(" "))
        .strip();
  }

  /** The body of {@code workflow}, after what it makes use of, and what is said to the case. */
  private static String code(final String source, final int from) {
    final String nested = source.substring(from, source.indexOf("\n  }\n", from));
    return workflow(source, nested)
        + COMMAND_METHOD
            .matcher(nested)
            .results()
            .map(command -> "\n\n" + method(nested, command.start()))
            .collect(Collectors.joining());
  }

  private static String workflow(final String source, final String nested) {
    final String body = method(nested, nested.indexOf("Workflow workflow() {"));
    final Matcher helper = HELPER.matcher(source);
    while (helper.find()) {
      if (body.contains(helper.group(1) + "(")) {
        final int begin = source.lastIndexOf('\n', helper.start()) + 1;
        return dedented(source.substring(begin, source.indexOf("\n  }\n", begin) + 4), 2)
            + "\n\n"
            + body;
      }
    }
    return body;
  }

  /** The body of a method of a nested class. */
  private static String method(final String nested, final int head) {
    final int begin = nested.indexOf('\n', head) + 1;
    return dedented(nested.substring(begin, nested.indexOf("\n    }\n", begin)), 6);
  }

  private static String dedented(final String text, final int indent) {
    return text.lines()
        .map(line -> line.length() < indent ? line : line.substring(indent))
        .collect(Collectors.joining("\n"));
  }
}
