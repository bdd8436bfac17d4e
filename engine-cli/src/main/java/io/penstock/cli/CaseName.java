package io.penstock.cli;

import io.penstock.engine.CaseDecoder;
import io.penstock.engine.EngineException;
import io.penstock.storage.DirectoryReader;

/** A case as it is named on the command line: by its id, or by workflow and start key. */
final class CaseName {
  private CaseName() {}

  /**
   * Finds the id.
   *
   * @param name an id, or {@code WORKFLOW/KEY}
   * @throws EngineException when it can be no id, or no such case is kept
   */
  static long id(final DirectoryReader reader, final String name) {
    return name.matches("\\d{1,19}") ? parse(name) : byKey(reader, name);
  }

  private static long parse(final String name) {
    try {
      final long id = Long.parseLong(name);
      if (CaseDecoder.isCase(id)) {
        return id;
      }
    } catch (final NumberFormatException e) {
      // as below
    }
    throw new EngineException(
        "case id must be one that an engine gave: case=" + name + "; or give WORKFLOW/KEY");
  }

  private static long byKey(final DirectoryReader reader, final String name) {
    final long[] found = new long[1];
    Shards.forEach(
        reader,
        (shard, decoder) ->
            Shards.forEachCase(
                shard,
                decoder,
                stored -> {
                  if (stored.parent().isEmpty()
                      && stored.key().isPresent()
                      && name.equals(stored.workflow() + "/" + stored.key().get())) {
                    found[0] = stored.id();
                  }
                }));
    if (found[0] == 0) {
      throw new EngineException(
          "case must be there: case="
              + name
              + "; check WORKFLOW/KEY, or give its id if it has ended and is no longer kept");
    }
    return found[0];
  }
}
