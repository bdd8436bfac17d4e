package io.penstock.examples.swift;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A single customer credit transfer: the fields of a SWIFT MT103 that the example needs.
 *
 * @param reference field 20, the sender's reference
 * @param operation field 23B, the bank operation code
 * @param valueDate field 32A, the value date
 * @param currency field 32A, the currency
 * @param amount field 32A, the interbank settled amount
 * @param ordering field 50K, the ordering customer: account, name and address
 * @param beneficiary field 59, the beneficiary customer: account, name and address
 * @param charges field 71A, who pays the charges
 */
record Mt103(
    String reference,
    String operation,
    LocalDate valueDate,
    String currency,
    BigDecimal amount,
    List<String> ordering,
    List<String> beneficiary,
    String charges) {
  private static final Pattern TEXT_BLOCK = Pattern.compile("\\{4:\\R(.*?)\\R-}", Pattern.DOTALL);
  private static final Pattern FIELD =
      Pattern.compile(
          "^:(\\d{2}[A-Z]?):(.*?)(?=\\R:\\d{2}[A-Z]?:|\\z)", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern SETTLEMENT =
      Pattern.compile("(\\d{6})([A-Z]{3})(\\d{1,12},\\d{0,2})");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuMMdd").withResolverStyle(ResolverStyle.STRICT);

  /**
   * Reads a message.
   *
   * @param text the whole message
   * @return its fields
   * @throws MalformedMessageException when a field is missing or breaks its rule
   */
  static Mt103 parse(final String text) {
    final Matcher block = TEXT_BLOCK.matcher(text);
    if (!block.find()) {
      throw new MalformedMessageException(
          "4", "must be a text block", text.isEmpty() ? "" : text.lines().findFirst().orElse(""));
    }
    final Map<String, String> fields = new LinkedHashMap<>();
    final Matcher field = FIELD.matcher(block.group(1));
    while (field.find()) {
      fields.put(field.group(1), field.group(2).strip());
    }
    final String settlement = required(fields, "32A");
    final Matcher parts = SETTLEMENT.matcher(settlement);
    if (!parts.matches()) {
      throw new MalformedMessageException(
          "32A", "must be date, currency and amount with a comma", settlement);
    }
    return new Mt103(
        matching(fields, "20", "[A-Z0-9/]{1,16}"),
        oneOf(fields, "23B", Set.of("CRED", "CRTS", "SPAY", "SPRI", "SSTD")),
        date(parts.group(1), settlement),
        parts.group(2),
        new BigDecimal(parts.group(3).replace(',', '.').replaceAll("\\.$", "")),
        party(fields, "50K"),
        party(fields, "59"),
        oneOf(fields, "71A", Set.of("BEN", "OUR", "SHA")));
  }

  /** The last line of the beneficiary's address. */
  String beneficiaryCountry() {
    return beneficiary.get(beneficiary.size() - 1);
  }

  String orderingName() {
    return ordering.get(1);
  }

  /** The cover payment between the banks that goes with this transfer. */
  String toMt202() {
    return String.join(
        "\n",
        ":20:COV" + reference.substring(Math.max(0, reference.length() - 9)),
        ":21:" + reference,
        ":32A:" + DATE.format(valueDate) + currency + amount.toPlainString().replace('.', ','),
        ":58A:" + beneficiary.get(0));
  }

  private static LocalDate date(final String text, final String settlement) {
    try {
      return LocalDate.parse(text, DATE);
    } catch (final DateTimeParseException e) {
      throw new MalformedMessageException("32A", "must begin with a date YYMMDD", settlement);
    }
  }

  private static List<String> party(final Map<String, String> fields, final String field) {
    final List<String> lines = required(fields, field).lines().toList();
    if (lines.size() < 3 || !lines.get(0).startsWith("/")) {
      throw new MalformedMessageException(
          field, "must be an account, a name and an address", String.join(" | ", lines));
    }
    return lines;
  }

  private static String oneOf(
      final Map<String, String> fields, final String field, final Set<String> codes) {
    final String value = required(fields, field);
    if (!codes.contains(value)) {
      throw new MalformedMessageException(
          field, "must be one of " + codes.stream().sorted().toList(), value);
    }
    return value;
  }

  private static String matching(
      final Map<String, String> fields, final String field, final String pattern) {
    final String value = required(fields, field);
    if (!value.matches(pattern)) {
      throw new MalformedMessageException(field, "must match " + pattern, value);
    }
    return value;
  }

  private static String required(final Map<String, String> fields, final String field) {
    final String value = fields.get(field);
    if (value == null || value.isEmpty()) {
      throw new MalformedMessageException(field, "must be there", "");
    }
    return value;
  }
}
