package io.penstock.storage;

import io.penstock.spi.Durability;
import io.penstock.spi.StoreException;

/** The durability that was asked for is not offered yet. */
public final class DurabilityUnavailableException extends StoreException {
  private static final long serialVersionUID = 1L;

  DurabilityUnavailableException(final Durability durability) {
    super(
        "durability not available yet: durability="
            + durability
            + "; use PROCESS_CRASH (the default) or MEMORY");
  }
}
