package io.penstock.net.reference;

import io.penstock.net.Exit;
import io.penstock.net.reference.ReferenceNet.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A schedule of moves from a seed, illegal ones among them. */
final class Play {
  static final int MOVES = 40;

  /** Ends the log of a play that stopped where an OR-join was too hard to decide. */
  static final String TOO_HARD = "too hard";

  private final Duel duel;
  private final Random random;
  private final boolean safe;
  private boolean fresh = true;

  private Play(final Duel duel, final boolean safe, final long seed) {
    this.duel = duel;
    this.safe = safe;
    random = new Random(seed);
  }

  /**
   * Plays a net at random.
   *
   * @param net what is played
   * @param safe whether it is 1-safe: then no case begins twice
   * @param seed of the schedule
   * @return what happened
   */
  static List<String> out(final ReferenceNet net, final boolean safe, final long seed) {
    final Duel duel = new Duel(net, safe, seed);
    try {
      new Play(duel, safe, seed).moves();
    } catch (final Prospect.TooHard tooHard) {
      duel.log().add(TOO_HARD);
    } catch (final AssertionError | RuntimeException failed) {
      throw new AssertionError("seed " + seed + " " + failed.getMessage() + "\n" + net, failed);
    }
    return duel.log();
  }

  private void moves() {
    for (int i = 0; i < MOVES; i++) {
      if (fresh) {
        duel.begin();
        fresh = false;
      } else {
        move();
      }
    }
    duel.cancelAll();
  }

  private void move() {
    final int chance = random.nextInt(20);
    if (chance < 3) {
      illegal();
    } else if (duel.reference.isAtRest() || chance == 3) {
      again();
    } else {
      legal();
    }
  }

  private void again() {
    if (!safe && random.nextInt(4) > 0) {
      duel.begin();
      return;
    }
    duel.cancelAll();
    fresh = true;
  }

  private void legal() {
    final List<Runnable> moves = new ArrayList<>();
    for (final String task : duel.reference.offered()) {
      moves.add(() -> duel.start(task));
    }
    for (final String task : duel.reference.busy()) {
      moves.add(() -> duel.complete(task, exitOf(duel.net.task(task))));
    }
    moves.get(random.nextInt(moves.size())).run();
  }

  private Exit exitOf(final Task task) {
    final List<Exit> exits = Arrays.stream(Exit.values()).filter(task::handles).toList();
    return random.nextBoolean() ? Exit.NORMAL : exits.get(random.nextInt(exits.size()));
  }

  private void illegal() {
    final List<String> tasks = List.copyOf(duel.net.tasks.keySet());
    final String task = tasks.get(random.nextInt(tasks.size()));
    if (!duel.reference.isOffered(task)) {
      duel.start(task);
    }
    if (!duel.reference.isBusy(task)) {
      duel.complete(task);
    }
  }
}
