package io.penstock.engine;

import org.agrona.DirectBuffer;

/** For records that have no large values. */
enum NoLargeReferences implements LargeReferences {
  NONE;

  @Override
  public DirectBuffer read(final long id, final int valueLength) {
    throw new AssertionError("record must have no large value: id=" + id);
  }

  @Override
  public void retain(final long id) {
    read(id, 0);
  }

  @Override
  public void release(final long id) {
    read(id, 0);
  }
}
