package io.penstock.interchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interchange.bpmn.BpmnImport;
import io.penstock.interchange.yawl.YawlImport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Changes the models of this module at random: whatever comes of it is taken or refused with an
 * {@link ImportException}, and what is taken can be stepped. No other exception, no hang.
 */
class MutationFuzzTest {
  private static final long SEED = 20_260_721;
  private static final int STEPS = 20;
  private static final String[] PIECES = {
    "<",
    ">",
    "\"",
    "&amp;",
    "&#0;",
    "&x;",
    "<!DOCTYPE a>",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "id=\"A\"",
    "id=\"\"",
    "default=\"A_B\"",
    "0",
    "-1",
    "99999999999",
    "true",
    "not ",
    "(",
    " and ",
    "<task id=\"A\"/>",
    "<subProcess id=\"zz\"/>",
    "<endEvent id=\"zz\"/>",
    "<userTask id=\"zz\"/>",
    "<sequenceFlow id=\"zz\" sourceRef=\"A\" targetRef=\"A\"/>",
    "attachedToRef=\"A\"",
    "triggeredByEvent=\"true\"",
    "isForCompensation=\"true\"",
    "cancelActivity=\"false\"",
    "<terminateEventDefinition/>",
    "<errorEventDefinition/>",
    "<compensateEventDefinition/>",
    "<standardLoopCharacteristics loopMaximum=\"3\"/>",
    "\u0000",
    "\u00ff",
    "xmlns=\"\"",
    "PT1S",
    "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        + "</multiInstanceLoopCharacteristics>"
  };

  private int taken;
  private int refused;

  private static List<Path> corpus() throws IOException {
    final List<Path> corpus = new ArrayList<>();
    corpus.addAll(ModelsTest.models(ModelsTest.RESOURCES.resolve("bpmn")));
    corpus.addAll(ModelsTest.models(ModelsTest.RESOURCES.resolve("yawl")));
    return corpus;
  }

  @Test
  @Timeout(120)
  void shouldTakeOrRefuseTwoThousandMutatedFiles() throws IOException {
    fuzz(2_000);
  }

  @Test
  @Tag("slow")
  @Timeout(1_800)
  void shouldTakeOrRefuseAHundredThousandMutatedFiles() throws IOException {
    fuzz(100_000);
  }

  private void fuzz(final int files) throws IOException {
    final List<Path> corpus = corpus();
    final List<String> texts = new ArrayList<>();
    for (final Path model : corpus) {
      texts.add(Files.readString(model, ISO_8859_1));
    }
    for (int i = 0; i < files; i++) {
      final Random random = new Random(SEED + i);
      final int model = random.nextInt(texts.size());
      final String mutated = mutate(texts.get(model), texts, random);
      try {
        play(corpus.get(model).toString(), mutated, random);
      } catch (final ImportException e) {
        refused++;
        assertThat(e.report().problems()).isNotEmpty();
      } catch (final RuntimeException | Error e) {
        throw new AssertionError(
            "import must take or refuse: seed="
                + (SEED + i)
                + ", model="
                + corpus.get(model)
                + "\n"
                + mutated,
            e);
      }
    }
    assertThat(taken).isGreaterThan(files / 50);
    assertThat(refused).isGreaterThan(files / 50);
  }

  private static String mutate(
      final String original, final List<String> texts, final Random random) {
    final StringBuilder text = new StringBuilder(original);
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      final int at = random.nextInt(text.length());
      final int end = Math.min(text.length(), at + 1 + random.nextInt(30));
      switch (random.nextInt(9)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.delete(at, end);
        case 2 -> text.insert(at, text.substring(at, end));
        case 3 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 4 -> swapLines(text, random);
        case 5 -> insertLine(text, texts.get(random.nextInt(texts.size())), random);
        case 6 -> swapValue(text, at, random);
        case 7 -> text.setLength(Math.max(1, at));
        default -> insertAtTag(text, at, random);
      }
      if (text.isEmpty()) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  private static void swapLines(final StringBuilder text, final Random random) {
    final String[] lines = text.toString().split("\n", -1);
    final int one = random.nextInt(lines.length);
    lines[one] = random.nextBoolean() ? "" : lines[random.nextInt(lines.length)];
    text.setLength(0);
    text.append(String.join("\n", lines));
  }

  private static void insertLine(
      final StringBuilder text, final String other, final Random random) {
    final String[] lines = other.split("\n", -1);
    final int at = text.indexOf("\n", random.nextInt(text.length()));
    text.insert(Math.max(0, at), "\n" + lines[random.nextInt(lines.length)]);
  }

  /** Puts the value of one attribute into another. */
  private static void swapValue(final StringBuilder text, final int at, final Random random) {
    final int begin = text.indexOf("\"", at);
    final int end = begin < 0 ? -1 : text.indexOf("\"", begin + 1);
    final int from = text.indexOf("\"", random.nextInt(text.length()));
    final int to = from < 0 ? -1 : text.indexOf("\"", from + 1);
    if (end >= 0 && to >= 0) {
      text.replace(begin + 1, end, text.substring(from + 1, to));
    }
  }

  private static void insertAtTag(final StringBuilder text, final int at, final Random random) {
    final int tag = text.indexOf(">", at);
    if (tag >= 0) {
      text.insert(
          tag + (random.nextBoolean() ? 1 : 0), ' ' + PIECES[random.nextInt(PIECES.length)]);
    }
  }

  private void play(final String source, final String text, final Random random) {
    final ByteArrayInputStream in = new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    ImportOptions options = random.nextBoolean() ? ImportOptions.byHand() : options();
    options = random.nextBoolean() ? options.allowUnsound("fuzzed") : options;
    final ImportedModel model =
        source.endsWith(".bpmn")
            ? BpmnImport.read(source, in, options)
            : YawlImport.read(source, in, options);
    taken++;
    for (final var workflow : model.workflows()) {
      final ModelRunner runner = ModelRunner.start(workflow, none -> {});
      for (int step = 0; step < STEPS && runner.outcome().isEmpty(); step++) {
        final List<RunnerItem> items = runner.items();
        if (items.isEmpty() || random.nextInt(10) == 0) {
          runner.advance(Duration.ofHours(1));
        } else {
          runner.complete(items.get(random.nextInt(items.size())));
        }
      }
      runner.marking();
    }
  }

  private static ImportOptions options() {
    return ModelsTest.options(new Story.ModelErrors());
  }
}
