package io.penstock.lab.load;

import java.util.PriorityQueue;

/** Time that passes when it is told to, and things that happen at some time. One thread. */
final class VirtualPace implements Pace {
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowNs = 1_000;

  private record Event(long timeNs, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(final Event other) {
      final int byTime = Long.compare(timeNs, other.timeNs);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /** Something that happens by itself. */
  void at(final long timeNs, final Runnable action) {
    events.add(new Event(timeNs, events.size(), action));
  }

  @Override
  public long nanoTime() {
    return nowNs;
  }

  @Override
  public void awaitTime(final long timeNs) {
    while (!events.isEmpty() && events.element().timeNs <= timeNs) {
      final Event next = events.remove();
      nowNs = Math.max(nowNs, next.timeNs);
      next.action.run();
    }
    nowNs = Math.max(nowNs, timeNs);
  }
}
