package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;

/** Chronicle Map keeps the contract of views, in a JVM without any option. */
final class ChronicleViewTest extends StateViewContract {
  @Override
  StateView create() {
    assertThat(ChronicleRuntime.isAvailable(true)).isTrue();
    return new ChronicleView();
  }
}
