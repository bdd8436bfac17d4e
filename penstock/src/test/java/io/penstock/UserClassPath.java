package io.penstock;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The class path of a user who declared the one dependency: no test library, no logging back end.
 */
final class UserClassPath {
  static final String SEPARATOR = System.getProperty("path.separator");

  private static final List<String> NOT_THE_USERS =
      List.of(
          "test-classes",
          "/junit",
          "/jqwik",
          "/assertj",
          "/opentest4j",
          "/apiguardian",
          "/byte-buddy",
          "/slf4j-nop",
          "/surefire");

  private UserClassPath() {}

  static String[] entries() {
    return Arrays.stream(System.getProperty("java.class.path").split(SEPARATOR, -1))
        .filter(entry -> NOT_THE_USERS.stream().noneMatch(entry::contains))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .toArray(String[]::new);
  }

  static String text() {
    return String.join(SEPARATOR, entries());
  }
}
