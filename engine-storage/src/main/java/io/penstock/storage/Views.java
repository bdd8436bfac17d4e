package io.penstock.storage;

/** Makes the view that the options ask for. */
final class Views {
  private Views() {}

  static StateView create(final StorageOptions options) {
    return new SlabView();
  }
}
