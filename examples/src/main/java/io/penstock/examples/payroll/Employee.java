package io.penstock.examples.payroll;

import io.penstock.examples.CsvFile;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One employee of the roster, and the monthly sums that follow from it. */
record Employee(
    String id,
    String name,
    BigDecimal annualSalary,
    BigDecimal taxRate,
    String benefitPlan,
    String routing,
    String account) {
  private static final BigDecimal MONTHS = BigDecimal.valueOf(12);
  private static final int CENTS = 2;
  private static final int ROUTING_LENGTH = 9;

  Employee {
    if (routing.length() != ROUTING_LENGTH || !routing.chars().allMatch(Character::isDigit)) {
      throw new IllegalArgumentException(
          "routing number must have nine digits: employee=" + id + ", routing=" + routing);
    }
  }

  /** The roster by employee id, in the order of the file. */
  static Map<String, Employee> readAll(final Path csv) {
    final Map<String, Employee> roster = new LinkedHashMap<>();
    CsvFile.read(
        csv,
        Set.of(
            "employee", "name", "annual_salary", "tax_rate", "benefit_plan", "routing", "account"),
        line -> {
          final Employee employee =
              new Employee(
                  line.get("employee"),
                  line.get("name"),
                  new BigDecimal(line.get("annual_salary")),
                  new BigDecimal(line.get("tax_rate")),
                  line.get("benefit_plan"),
                  line.get("routing"),
                  line.get("account"));
          if (roster.put(employee.id, employee) != null) {
            throw new IllegalArgumentException(
                "employee must be listed once: employee=" + employee.id);
          }
          return employee;
        });
    return roster;
  }

  BigDecimal monthlyGross() {
    return annualSalary.divide(MONTHS, CENTS, RoundingMode.HALF_EVEN);
  }

  BigDecimal tax(final BigDecimal gross) {
    return gross.multiply(taxRate).setScale(CENTS, RoundingMode.HALF_EVEN);
  }

  BigDecimal benefits() {
    return switch (benefitPlan) {
      case "none" -> new BigDecimal("0.00");
      case "basic" -> new BigDecimal("120.00");
      case "family" -> new BigDecimal("310.50");
      default ->
          throw new IllegalArgumentException(
              "benefit plan must be known: employee=" + id + ", plan=" + benefitPlan);
    };
  }
}
