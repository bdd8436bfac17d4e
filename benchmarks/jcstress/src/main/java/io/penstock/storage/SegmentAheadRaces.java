package io.penstock.storage;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The writer comes for a segment that the flusher may be making. */
public class SegmentAheadRaces {
  private static final FileLayer FILES = new SystemFiles();

  /** Stands for any that is made. */
  private static final MappedFile SEGMENT = segment();

  private static MappedFile segment() {
    try {
      final Path file = Files.createTempFile("segment", ".jcstress");
      Files.write(file, new byte[64]);
      final MappedFile mapped = MappedFile.readOnly(file);
      Files.delete(file);
      return mapped;
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Taken, made, and whether anything is left. */
  @JCStressTest
  @Outcome(
      id = {"0, 0, 0", "1, 1, 0"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a segment was made and not taken, or is there twice")
  @State
  public static class TakeAgainstMake {
    private int made;
    private final SegmentAhead ahead =
        new SegmentAhead(
            FILES,
            (number, length) -> {
              made++;
              return SEGMENT;
            });

    public TakeAgainstMake() {
      ahead.want(2, 64);
    }

    @Actor
    public void flusher() {
      ahead.make();
    }

    @Actor
    public void writer(final III_Result r) {
      r.r1 = ahead.take() == null ? 0 : 1;
    }

    @Arbiter
    public void look(final III_Result r) {
      r.r2 = made;
      r.r3 = ahead.take() == null ? 0 : 1;
    }
  }
}
