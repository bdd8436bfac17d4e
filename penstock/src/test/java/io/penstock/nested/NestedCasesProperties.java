package io.penstock.nested;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whole engines against the model of nested cases, on trees and moves made from a seed. */
class NestedCasesProperties {
  private static Engine engine;

  @BeforeContainer
  static void open() {
    engine = Engine.inMemory(EngineOptions.defaults().shards(1));
  }

  @AfterContainer
  static void close() {
    engine.close();
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void shouldDoAsTheModel(@ForAll final int seed) {
    NestedDuel.play(engine, seed);
  }

  @Property(tries = 50_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  @Tag("slow")
  void shouldDoAsTheModelInManyCases(@ForAll final int seed) {
    NestedDuel.play(engine, seed);
  }

  @Example
  void shouldMakeEveryKindOfMove() {
    final Set<String> moves = new TreeSet<>();
    LongStream.range(1_000_000, 1_000_100)
        .mapToObj(seed -> NestedDuel.play(engine, seed))
        .forEach(made -> made.forEach(move -> moves.add(move.replaceAll(" [a-z]+[0-9].*", ""))));

    assertThat(moves).contains("complete", "late", "add", "close", "complete early", "cancel");
  }
}
