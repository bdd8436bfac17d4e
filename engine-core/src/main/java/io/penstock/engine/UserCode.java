package io.penstock.engine;

import io.penstock.workflow.Guard;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Values;
import io.penstock.workflow.Work;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The one door to what users wrote, for the thread of a shard and for workers: guards, handlers,
 * reductions, conditions of {@code until}, and the texts of what they throw.
 *
 * <p>Whatever user code throws, an {@link Error} too, is caught here and belongs to its task or
 * case. An interrupt that it leaves set is cleared, as the thread goes on with the work of others.
 *
 * <p>One a shard, used by the shard's thread alone; the static methods are safe for any thread.
 * {@link #passages()} may be read by any thread.
 */
final class UserCode {
  /** Longest text that is kept of what user code threw. */
  static final int TEXT_LENGTH_MAX = 500;

  private static final VarHandle PASSAGES;

  static {
    try {
      PASSAGES = MethodHandles.lookup().findVarHandle(UserCode.class, "passages", long.class);
    } catch (final ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // by its handle
  private long passages;

  private @Nullable Throwable thrown;

  /**
   * How often the shard's thread has gone into user code or come out of it; odd while it is inside.
   * Two equal odd answers a while apart mean that one call has taken all that time.
   */
  long passages() {
    return (long) PASSAGES.getOpaque(this);
  }

  /** What the last call threw, once; null when it returned. */
  @Nullable Throwable takeThrown() {
    final Throwable taken = thrown;
    thrown = null;
    return taken;
  }

  /** Judges a guard; false, with {@link #takeThrown()}, when it throws. */
  boolean test(final Guard guard, final Values values) {
    enter();
    try {
      return guard.test(values);
    } catch (final Throwable failure) {
      thrown = failure;
      return false;
    } finally {
      leave();
    }
  }

  /** Runs a handler on the shard's thread; null when it returned, else what it threw. */
  @Nullable Throwable run(final @Nullable TaskHandler handler, final Work work) {
    enter();
    try {
      if (handler != null) {
        handler.run(work);
      }
      return null;
    } catch (final Throwable failure) {
      return failure;
    } finally {
      leave();
    }
  }

  /** Whether a step has enough of its instances; false, with {@link #takeThrown()}, on a throw. */
  boolean isEnough(final MultipleInstance instances, final int completed, final Values values) {
    enter();
    try {
      return instances.isEnough(completed, values);
    } catch (final Throwable failure) {
      thrown = failure;
      return false;
    } finally {
      leave();
    }
  }

  /**
   * Applies an operator of a reduction and writes what it gives, whose methods may be a user's too;
   * false, with {@link #takeThrown()}, when one of them throws.
   */
  <V> boolean reduce(
      final MultipleInstance.Reduction<V> reduction,
      final V soFar,
      final V value,
      final Changes changes) {
    enter();
    try {
      final V folded = reduction.operator().apply(soFar, value);
      if (folded != null) {
        changes.set(reduction.into(), folded);
      }
      return folded != null;
    } catch (final Throwable failure) {
      thrown = failure;
      return false;
    } finally {
      leave();
    }
  }

  /** The type and message of what user code threw, whose {@code getMessage} is user code too. */
  String text(final Throwable failure) {
    enter();
    try {
      return describe(failure);
    } finally {
      leave();
    }
  }

  private void enter() {
    PASSAGES.setOpaque(this, (long) PASSAGES.get(this) + 1);
  }

  private void leave() {
    PASSAGES.setOpaque(this, (long) PASSAGES.get(this) + 1);
    Thread.interrupted();
  }

  /**
   * The type and message of what user code threw, of bounded length; a {@code getMessage} that
   * throws in its turn costs the message alone. The thread of a shard asks {@link #text}.
   */
  static String describe(final Throwable failure) {
    final String type = failure.getClass().getName();
    String message;
    try {
      message = failure.getMessage();
    } catch (final Throwable broken) {
      message = "its message could not be read: " + broken.getClass().getName();
    }
    return abbreviate(message == null ? type : type + ": " + message);
  }

  /** The beginning of a text, never half a character. */
  static String abbreviate(final String text) {
    if (text.length() <= TEXT_LENGTH_MAX) {
      return text;
    }
    final boolean splits = Character.isHighSurrogate(text.charAt(TEXT_LENGTH_MAX - 1));
    return text.substring(0, splits ? TEXT_LENGTH_MAX - 1 : TEXT_LENGTH_MAX);
  }
}
