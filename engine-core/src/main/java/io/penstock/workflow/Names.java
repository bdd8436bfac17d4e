package io.penstock.workflow;

/** The rule for names of workflows, tasks, conditions, messages and variables. */
final class Names {
  static final int LENGTH_MAX = 200;

  private Names() {}

  static String check(final String what, final String name) {
    if (name.isBlank()
        || name.length() > LENGTH_MAX
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          what
              + " name must have 1 to "
              + LENGTH_MAX
              + " visible characters: name="
              + name
              + ", length="
              + name.length());
    }
    return name;
  }
}
