package io.penstock.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.net.Verification.Answer;
import io.penstock.net.Verification.Fault;
import io.penstock.net.Verification.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The verifier against a plain exploration, on nets drawn and changed at random. */
class VerifierProperties {
  private static final int CHANGES_MAX = 4;

  private static final Verifier VERIFIER = new Verifier(4_000, 50);

  /** Conditions 0 and 1 are input and output. */
  private static final List<SketchedNet> SEEDS =
      List.of(
          sketch(2, "0>1"),
          sketch(4, "0>2", "2>3", "3>1"),
          sketch(6, "0>23", "2>4", "3>5", "45>1"),
          sketch(5, "0>2?3", "2>4", "3>4", "4>1"),
          sketch(5, "0>2", "2>3", "3>2?4", "4>1"),
          sketch(7, "0>234", "2>5", "3>6", "456>1"));

  @Property(tries = 1_000)
  void shouldJudgeAsThePlainExplorationJudges(@ForAll("changedNets") final SketchedNet sketch) {
    final Net net = buildOrSkip(sketch);
    final Verification found = VERIFIER.verify(net);

    final PlainExploration plain = new PlainExploration(sketch);

    if (plain.isTooLarge()) {
      assertThat(found.answer()).isNotEqualTo(Answer.SOUND);
    } else {
      assertThat(kinds(found)).isEqualTo(plain.kinds());
      assertThat(found.answer()).isEqualTo(plain.kinds().isEmpty() ? Answer.SOUND : Answer.UNSOUND);
    }
  }

  @Property(tries = 300)
  void shouldAnswerTheSameWithoutReduction(@ForAll("changedNets") final SketchedNet sketch) {
    final Net net = buildOrSkip(sketch);
    Assume.that(Reduction.isApplicable(net));

    final Verification reduced = VERIFIER.verify(net);
    final Verification whole = VERIFIER.explore(net, new BitSet());

    assertThat(reduced.answer()).isEqualTo(whole.answer());
    assertThat(reduced.faults()).isEqualTo(whole.faults());
  }

  @Property(tries = 100)
  void shouldSayTheSameEachTime(@ForAll("changedNets") final SketchedNet sketch) {
    final Verification found = VERIFIER.verify(buildOrSkip(sketch));

    assertThat(VERIFIER.verify(sketch.build())).isEqualTo(found);
    for (final Fault fault : found.faults()) {
      assertThat(fault.witness())
          .allSatisfy(step -> assertThat(step).matches("t[0-9]+( \\(failure\\))?"));
    }
  }

  private static Set<Kind> kinds(final Verification found) {
    final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    found.faults().forEach(fault -> kinds.add(fault.kind()));
    return kinds;
  }

  private static Net buildOrSkip(final SketchedNet sketch) {
    Assume.that(sketch.isUnambiguous());
    try {
      return sketch.build();
    } catch (final InvalidNetException e) {
      Assume.that(false);
      throw e;
    }
  }

  @Provide
  Arbitrary<SketchedNet> changedNets() {
    return Arbitraries.randomValue(VerifierProperties::changed);
  }

  private static SketchedNet changed(final Random random) {
    while (true) {
      final SketchedNet sketch = copy(SEEDS.get(random.nextInt(SEEDS.size())));
      for (int i = random.nextInt(CHANGES_MAX + 1); i >= 0; i--) {
        change(sketch, random);
      }
      if (isUsable(sketch)) {
        return sketch;
      }
    }
  }

  private static boolean isUsable(final SketchedNet sketch) {
    try {
      sketch.build();
      return sketch.isUnambiguous();
    } catch (final InvalidNetException e) {
      return false;
    }
  }

  private static void change(final SketchedNet sketch, final Random random) {
    final SketchedNet.Task task = sketch.tasks.get(random.nextInt(sketch.tasks.size()));
    final int any = random.nextInt(sketch.conditions);
    switch (random.nextInt(11)) {
      case 0 -> task.join = task.join == Join.AND ? Join.XOR : Join.AND;
      case 1 -> task.split = pick(random, Split.AND, Split.XOR, Split.OR);
      case 2 ->
          task.start = pick(random, StartMode.AUTOMATIC, StartMode.ROUTING, StartMode.OFFERED);
      case 3 -> task.in.add(any);
      case 4 -> task.out.add(any);
      case 5 -> task.in.set(random.nextInt(task.in.size()), any);
      case 6 -> task.out.set(random.nextInt(task.out.size()), any);
      case 7 -> task.failure = any;
      case 8 -> task.cancelled.add(any);
      case 9 -> task.cancelledTasks.add(random.nextInt(sketch.tasks.size()));
      case 10 -> addTask(sketch, any, random.nextInt(sketch.conditions));
      default -> throw new AssertionError();
    }
  }

  @SafeVarargs
  private static <T> T pick(final Random random, final T... values) {
    return values[random.nextInt(values.length)];
  }

  private static void addTask(final SketchedNet sketch, final int from, final int to) {
    final SketchedNet.Task task = new SketchedNet.Task();
    task.start = StartMode.OFFERED;
    task.in.add(from);
    task.out.add(to);
    sketch.tasks.add(task);
  }

  private static SketchedNet copy(final SketchedNet sketch) {
    final List<SketchedNet.Task> tasks = new ArrayList<>();
    for (final SketchedNet.Task task : sketch.tasks) {
      final SketchedNet.Task copy = new SketchedNet.Task();
      copy.join = task.join;
      copy.split = task.split;
      copy.in.addAll(task.in);
      copy.out.addAll(task.out);
      tasks.add(copy);
    }
    return new SketchedNet(sketch.conditions, tasks);
  }

  /** Tasks as "inputs&gt;outputs": several inputs are an AND-join, "?" makes an XOR-split. */
  private static SketchedNet sketch(final int conditions, final String... tasks) {
    final List<SketchedNet.Task> sketched = new ArrayList<>();
    for (final String text : tasks) {
      final SketchedNet.Task task = new SketchedNet.Task();
      final int arrow = text.indexOf('>');
      text.substring(0, arrow).chars().forEach(digit -> task.in.add(digit - '0'));
      text.substring(arrow + 1)
          .chars()
          .filter(Character::isDigit)
          .forEach(digit -> task.out.add(digit - '0'));
      task.join = task.in.size() > 1 ? Join.AND : Join.XOR;
      task.split = text.contains("?") ? Split.XOR : Split.AND;
      sketched.add(task);
    }
    return new SketchedNet(conditions, sketched);
  }
}
