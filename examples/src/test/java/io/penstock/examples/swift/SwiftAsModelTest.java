package io.penstock.examples.swift;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Outcome;
import io.penstock.examples.Twins;
import io.penstock.examples.Twins.Story;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SwiftAsModelTest {
  private static final String MODEL = "example-swift";
  private static final Set<String> CONCURRENT =
      Set.of("sanctions", "aml", "fraud", "debit", "credit", "mt202");

  @TempDir private Path work;

  /** A transfer that is settled, one for each check that stops one, and one that is no message. */
  private static final List<String> MESSAGES =
      List.of("PEN260105001", "PEN260105003", "PEN260105005", "PEN260105012", "PEN260105013");

  private Map<String, Story> transfer(
      final String directory, final UnaryOperator<Workflow> form, final Nostro nostro)
      throws IOException {
    final Map<String, Consumer<Inputs>> cases = new LinkedHashMap<>();
    for (final String message : MESSAGES) {
      final String text = Files.readString(Path.of("data/swift", message + ".txt"));
      cases.put(message, in -> in.set(Transfer.MESSAGE, text));
    }
    return Twins.run(
        work.resolve(directory),
        form.apply(Transfer.through(nostro)),
        cases,
        (handle, clock) -> {},
        CONCURRENT);
  }

  @Test
  void shouldSettleAndRejectAsTheCodeDoesWhenDrawnAsBpmn() throws IOException {
    final Nostro bookedByCode = new Nostro();
    final Nostro bookedByModel = new Nostro();
    final Map<String, Story> code = transfer("code", workflow -> workflow, bookedByCode);
    final Map<String, Story> model =
        transfer("model", workflow -> Twins.model(MODEL, workflow), bookedByModel);

    assertThat(model).isEqualTo(code);
    assertThat(bookedByModel.credited()).isEqualByComparingTo(bookedByCode.credited()).isPositive();
    assertThat(code.get("PEN260105001").outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(code.get("PEN260105013").variables()).containsEntry("decision", "RETURNED");
    assertThat(code.get("PEN260105003").variables())
        .containsEntry("decision", "REJECTED: sanctions");
  }

  @Test
  void shouldStandInTheDocumentationAsItIs() {
    Twins.assertWritten(MODEL, Transfer.through(new Nostro()));
  }
}
