package io.penstock.storage;

/** Makes the view that the options ask for, or the one that can be had. */
final class Views {
  private Views() {}

  /**
   * Creates an empty view.
   *
   * @param options ask for one
   * @return the view
   */
  static StateView create(final StorageOptions options) {
    return switch (options.view()) {
      case SLAB -> new SlabView();
      case CHRONICLE ->
          ChronicleRuntime.isAvailable(options.openModules())
              ? new ChronicleView()
              : new SlabView();
    };
  }
}
