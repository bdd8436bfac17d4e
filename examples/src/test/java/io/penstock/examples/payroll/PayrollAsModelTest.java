package io.penstock.examples.payroll;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Outcome;
import io.penstock.examples.Twins;
import io.penstock.examples.Twins.People;
import io.penstock.examples.Twins.Story;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class PayrollAsModelTest {
  private static final String MODEL = "example-payroll";
  private static final int EMPLOYEES = 12;

  @TempDir private Path work;

  private Path roster() throws IOException {
    final List<String> lines = Files.readAllLines(Path.of("data/payroll/employees.csv"));
    return Files.write(work.resolve("employees.csv"), lines.subList(0, EMPLOYEES + 1));
  }

  private Story pay(
      final String directory, final UnaryOperator<Workflow> form, final People manager)
      throws IOException {
    final Path roster = roster();
    final Path register = work.resolve("register.csv");
    final Path ach = work.resolve("payroll.ach");
    Files.deleteIfExists(register);
    Files.deleteIfExists(ach);
    final Payroll payroll = new Payroll(Employee.readAll(roster), Duration.ZERO);
    final Map<String, Story> stories =
        Twins.run(
            work.resolve(directory),
            form.apply(payroll.workflow()),
            Map.of(
                "2026-01",
                in ->
                    in.set(Payroll.ROSTER_FILE, roster.toString())
                        .set(Payroll.REGISTER_FILE, register.toString())
                        .set(Payroll.ACH_FILE, ach.toString())),
            manager,
            Set.of());
    assertThat(payroll.calculated()).isEqualTo(EMPLOYEES);
    return stories.get("2026-01");
  }

  private static People manager(final boolean approves) {
    return (handle, clock) -> {
      if (Twins.isOpen(handle, Payroll.APPROVAL)) {
        handle.complete(
            Payroll.APPROVAL,
            "manager",
            in -> in.set(Payroll.APPROVED, approves).set(Payroll.APPROVED_BY, "manager"));
      }
    };
  }

  private static People nobody() {
    return (handle, clock) -> {
      if (Twins.isOpen(handle, Payroll.APPROVAL)) {
        clock.advance(Duration.ofDays(4));
      }
    };
  }

  private void compare(final People manager, final Outcome outcome) throws IOException {
    final Story code = pay("code", workflow -> workflow, manager);
    final Story model = pay("model", workflow -> Twins.model(MODEL, workflow), manager);

    assertThat(model).isEqualTo(code);
    assertThat(model.outcome()).isEqualTo(outcome);
    assertThat(model.happened()).hasSize(EMPLOYEES + 1);
    assertThat(model.variables()).containsKeys("total-gross", "total-net", "total-tax");
  }

  @Test
  void shouldPayAsTheCodeDoesWhenDrawnAsBpmn() throws IOException {
    compare(manager(true), Outcome.COMPLETED);
  }

  @Test
  void shouldCancelAsTheCodeDoesWhenTheManagerDoesNotApprove() throws IOException {
    compare(manager(false), Outcome.CANCELLED);
  }

  @Test
  void shouldTimeOutAsTheCodeDoesWhenNobodyApproves() throws IOException {
    compare(nobody(), Outcome.TIMED_OUT);
  }

  @Test
  void shouldStandInTheDocumentationAsItIs() {
    Twins.assertWritten(MODEL, new Payroll(Map.of(), Duration.ZERO).workflow());
  }
}
