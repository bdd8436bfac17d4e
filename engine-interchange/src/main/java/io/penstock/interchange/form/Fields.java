package io.penstock.interchange.form;

import io.penstock.interchange.Findings;
import io.penstock.interchange.form.Node.Kind;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of an object, taken one after the other: what is missing, of another kind or out of
 * range becomes a problem, and so does, at {@link #end}, what nobody took. Not thread safe.
 */
final class Fields {
  private static final Duration DURATION_MAX = Duration.ofDays(36_500);

  private final Node object;
  private final String what;
  private final Findings findings;
  private final Set<String> taken = new HashSet<>();

  /**
   * Looks at an object.
   *
   * @param what what it is, with its name if it has one; for messages
   */
  Fields(final Node object, final String what, final Findings findings) {
    this.object = object;
    this.what = what;
    this.findings = findings;
    if (object.kind != Kind.OBJECT) {
      problem(object.line, "must be an object: found=" + object.kind);
    }
  }

  int line() {
    return object.line;
  }

  void problem(final int line, final String message) {
    findings.problem(what, line, what + " " + message);
  }

  boolean has(final String member) {
    return object.members.containsKey(member);
  }

  @Nullable Node any(final String member) {
    taken.add(member);
    return object.members.get(member);
  }

  private @Nullable Node of(final String member, final Kind kind) {
    final Node node = any(member);
    if (node != null && node.kind != kind) {
      problem(node.line, "must have " + kind + ": member=" + member + ", found=" + node.kind);
      return null;
    }
    return node;
  }

  /** Says that a member is missing. */
  private void demand(final String member) {
    if (!has(member)) {
      problem(object.line, "must have a member: member=" + member);
    }
  }

  @Nullable String text(final String member) {
    final Node node = of(member, Kind.TEXT);
    return node == null ? null : node.text;
  }

  /** A text that must be there; empty when it is not. */
  String neededText(final String member) {
    demand(member);
    final String text = text(member);
    return text == null ? "" : text;
  }

  boolean truth(final String member) {
    final Node node = of(member, Kind.TRUTH);
    return node != null && node.text.equals("true");
  }

  /** A whole number in a range, or what stands for a missing one. */
  int number(final String member, final int minimum, final int missing) {
    final Node node = of(member, Kind.NUMBER);
    if (node == null) {
      return missing;
    }
    try {
      final int number = new BigDecimal(node.text).intValueExact();
      if (number >= minimum) {
        return number;
      }
    } catch (final ArithmeticException | NumberFormatException e) {
      // As below.
    }
    problem(
        node.line,
        "must have a whole number of at least "
            + minimum
            + ", of 32 bits: member="
            + member
            + ", value="
            + node.text);
    return missing;
  }

  /** A whole number that must be there. */
  int neededNumber(final String member, final int minimum) {
    demand(member);
    return number(member, minimum, minimum);
  }

  /** A number that must be there; NaN when it is not. */
  double neededFraction(final String member) {
    demand(member);
    final Node node = of(member, Kind.NUMBER);
    return node == null ? Double.NaN : Double.parseDouble(node.text);
  }

  @Nullable Duration duration(final String member) {
    final Node node = of(member, Kind.TEXT);
    if (node == null) {
      return null;
    }
    try {
      final Duration duration = Duration.parse(node.text);
      if (duration.compareTo(DURATION_MAX) <= 0 && !duration.isNegative()) {
        return duration;
      }
    } catch (final DateTimeException | ArithmeticException e) {
      // As below.
    }
    problem(
        node.line,
        "must have a duration such as PT30S, of at most 100 years: member="
            + member
            + ", value="
            + node.text);
    return null;
  }

  /** A duration that must be there; zero when it is not. */
  Duration neededDuration(final String member) {
    demand(member);
    final Duration duration = duration(member);
    return duration == null ? Duration.ZERO : duration;
  }

  <E extends Enum<E>> @Nullable E word(final String member, final Class<E> type) {
    final Node node = of(member, Kind.TEXT);
    if (node == null) {
      return null;
    }
    for (final E constant : type.getEnumConstants()) {
      if (Words.of(constant).equals(node.text)) {
        return constant;
      }
    }
    problem(
        node.line,
        "must have one of " + Words.all(type) + ": member=" + member + ", value=" + node.text);
    return null;
  }

  List<Node> list(final String member) {
    final Node node = of(member, Kind.LIST);
    return node == null ? List.of() : node.items;
  }

  List<Node> neededList(final String member) {
    demand(member);
    return list(member);
  }

  /** The texts of a list, each with its line. */
  List<Node> texts(final String member) {
    final List<Node> texts = new ArrayList<>();
    for (final Node item : list(member)) {
      if (item.kind == Kind.TEXT) {
        texts.add(item);
      } else {
        problem(item.line, "must have a list of texts: member=" + member + ", found=" + item.kind);
      }
    }
    return texts;
  }

  @Nullable Fields object(final String member, final String name) {
    final Node node = of(member, Kind.OBJECT);
    return node == null ? null : new Fields(node, name, findings);
  }

  Map<String, Node> members(final String member) {
    final Node node = of(member, Kind.OBJECT);
    return node == null ? Map.of() : node.members;
  }

  /** Refuses what nobody has taken. */
  void end() {
    object.members.forEach(
        (member, value) -> {
          if (!taken.contains(member)) {
            problem(value.line, "has an unknown member: member=" + member);
          }
        });
  }
}
