package io.penstock.storage;

/** The slab keeps the contract of views. */
final class SlabViewTest extends StateViewContract {
  @Override
  StateView create() {
    return new SlabView();
  }
}
