package io.penstock.interchange.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.interchange.ImportException;
import io.penstock.interchange.ImportLimits;
import io.penstock.interchange.form.WorkflowForm.Notation;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a document holds, it is read or refused: nothing else is thrown, nothing hangs. */
@Timeout(60)
class HostileFormTest {
  private static final int MUTANTS = 250;
  private static final int MUTANTS_SLOW = 20_000;

  private static String refusal(final InputStream in, final Notation notation) {
    final ImportException refusal =
        catchThrowableOfType(
            ImportException.class,
            () -> WorkflowForm.read("hostile", in, notation, FormOptions.defaults()));
    assertThat(refusal).as("is refused").isNotNull();
    assertThat(refusal.report().problems()).isNotEmpty();
    return refusal.report().toString();
  }

  private static String refusal(final String text, final Notation notation) {
    return refusal(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), notation);
  }

  /** Of so many bytes, of which nobody may ask for many more than the limit. */
  private static InputStream endless(final byte value) {
    return new InputStream() {
      private long read;

      @Override
      public int read() {
        assertThat(++read).isLessThan(20L << 20);
        return value;
      }

      @Override
      public int read(final byte[] bytes, final int offset, final int length) {
        java.util.Arrays.fill(bytes, offset, offset + length, value);
        read += length;
        assertThat(read).isLessThan(20L << 20);
        return length;
      }
    };
  }

  @ParameterizedTest
  @EnumSource(Notation.class)
  void shouldRefuseAFileWithoutAnEnd(final Notation notation) {
    assertThat(refusal(endless((byte) '['), notation)).contains("must not be longer");
  }

  @ParameterizedTest
  @EnumSource(Notation.class)
  void shouldRefuseDeepNesting(final Notation notation) {
    assertThat(refusal("[".repeat(100_000), notation)).contains("nested deeper", "depthMax=64");
    assertThat(refusal("{\"a\":".repeat(100_000), notation)).contains("depthMax=64");
  }

  @Test
  void shouldRefuseManyValues() {
    assertThat(refusal("[" + "1,".repeat(200_000) + "1]", Notation.JSON))
        .contains("must not hold more values: elementsMax=100000");
  }

  @Test
  void shouldRefuseMalformedBytes() {
    assertThat(refusal(new ByteArrayInputStream(new byte[] {'"', (byte) 0xc3, '"'}), Notation.JSON))
        .contains("must be encoded in UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nul",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{'a':1}",
        "// x\n{}",
        "NaN",
        "01",
        "\"\u0001\"",
        "{} {}",
        "[\"\\x\"]",
        "{\"a\":1,\"a\":2}",
        "[]",
        "3",
        "null",
        "{}"
      })
  void shouldRefuseWhatIsNoJsonOrNoWorkflow(final String text) {
    refusal(text, Notation.JSON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a: &x [1]\nb: *x",
        "a: !!java.lang.String b",
        "--- 1\n--- 2",
        "a: 1\na: 2",
        "? [a]\n: b",
        "%TAG ! tag:x,2000:\n---\n!a b",
        "\t- a",
        "a: 'b",
        "a: \u0001",
        "!!set {a}",
        "[a",
        "{}"
      })
  void shouldRefuseWhatIsNoYamlOrNoWorkflow(final String text) {
    refusal(text, Notation.YAML);
  }

  @Test
  void shouldSayThatAMemberIsThereTwice() {
    assertThat(refusal("{\n\"name\": 1,\n\"name\": 2}", Notation.JSON))
        .contains("member must be said once: member=name; line=3");
    assertThat(refusal("name: 1\nname: 2", Notation.YAML))
        .contains("member must be said once: member=name; line=2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "1E-999999999", "-1e400", "9e99"})
  void shouldNotComputeWithHugeNumbers(final String number) {
    final String json = WorkflowForm.write(new RandomWorkflows(1).next(), Notation.JSON);
    refusal(json.replaceFirst("\"version\": \\d+", "\"version\": " + number), Notation.JSON);
  }

  @Test
  void shouldRefuseMoreNodesThanAreVerified() {
    final String json = WorkflowForm.write(new RandomWorkflows(3).next(), Notation.JSON);
    final FormOptions few =
        FormOptions.defaults().standIns().limits(new ImportLimits(8 << 20, 64, 100_000, 3));
    final ImportException refusal =
        catchThrowableOfType(
            ImportException.class, () -> WorkflowFormProperties.read(json, Notation.JSON, few));
    assertThat(refusal.report().toString()).contains("nodesMax=3");
  }

  @Test
  void shouldNotLoadAClassBecauseAFileNamesIt() {
    final String text =
        """
        {"$schema": "urn:penstock:schema:workflow:1", "name": "n", "nets": [{"name": "n",
         "input": "i", "output": "o", "conditions": ["i", "o"], "tasks": [{"name": "t",
         "kind": "worker", "handler": "h", "from": ["i"], "to": ["o"],
         "retry": {"attempts": 2, "delay": "PT1S",
                   "notOn": ["io.penstock.interchange.form.HostileFormTest$Loaded"]}}]}]}
        """;
    assertThat(refusal(text, Notation.JSON)).contains("must name exceptions that are known");
    assertThat(System.getProperty("penstock.test.loaded")).isNull();
  }

  /** Says when it is loaded. */
  static final class Loaded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static {
      System.setProperty("penstock.test.loaded", "true");
    }
  }

  @ParameterizedTest
  @EnumSource(Notation.class)
  void shouldTakeOrRefuseWhateverIsMutated(final Notation notation) {
    mutate(notation, MUTANTS);
  }

  @Tag("slow")
  @Timeout(600)
  @ParameterizedTest
  @EnumSource(Notation.class)
  void shouldTakeOrRefuseWhateverIsMutatedMoreOften(final Notation notation) {
    mutate(notation, MUTANTS_SLOW);
  }

  private static void mutate(final Notation notation, final int mutants) {
    final Random random = new Random(47);
    for (int i = 0; i < mutants; i++) {
      final RandomWorkflows workflows = new RandomWorkflows(i % 25);
      final StringBuilder text = new StringBuilder(WorkflowForm.write(workflows.next(), notation));
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        mutate(text, random);
      }
      try {
        WorkflowFormProperties.read(text.toString(), notation, workflows.options());
      } catch (final ImportException e) {
        assertThat(e.report().problems()).isNotEmpty();
      }
    }
  }

  private static void mutate(final StringBuilder text, final Random random) {
    final int at = random.nextInt(text.length());
    final int length = Math.min(1 + random.nextInt(12), text.length() - at);
    switch (random.nextInt(4)) {
      case 0 -> text.delete(at, at + length);
      case 1 -> text.insert(at, text.substring(at, at + length));
      case 2 -> {
        final int other = random.nextInt(text.length() - length + 1);
        text.replace(at, at + length, text.substring(other, other + length));
      }
      default -> text.setCharAt(at, "0-9\"{}[]:,x\u0000\ud800".charAt(random.nextInt(13)));
    }
    if (text.isEmpty()) {
      text.append('x');
    }
  }
}
