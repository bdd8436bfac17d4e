package io.penstock.cli;

import io.penstock.engine.CaseDecoder;
import io.penstock.engine.CaseTimeline;
import io.penstock.engine.CaseTimes;
import io.penstock.engine.EngineException;
import io.penstock.engine.HistoryEvent;
import io.penstock.interchange.ImportedModel;
import io.penstock.interchange.export.WorkflowDrawing;
import io.penstock.interchange.log.CaseProgress;
import io.penstock.storage.DirectoryReader;
import io.penstock.storage.ShardSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code penstock draw}: a picture of a model. */
@Command(
    name = "draw",
    description = {
      "Draws a model, laid out anew from left to right. To write it in another notation, BPMN 2.0",
      "among them, there is convert."
    },
    footer = {
      "  penstock draw order.bpmn --out order.svg",
      "  penstock draw order.bpmn --format mermaid",
      "  penstock draw order.yaml --data data --case order/o-17 --out o-17.svg"
    })
final class DrawCommand implements Callable<Integer> {
  @Mixin private final ModelFile file = new ModelFile();

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}; SVG without this",
      converter = PictureFormat.class,
      defaultValue = "SVG")
  private Format format = Format.SVG;

  @Option(names = "--out", paramLabel = "FILE", description = "where to write; else it is printed")
  private @Nullable Path target;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "the directory of an engine; shows how far --case has come there")
  private @Nullable Path data;

  @Option(
      names = "--case",
      paramLabel = "CASE",
      description = "id of a case in --data, or WORKFLOW/KEY with the key that it was started with")
  private @Nullable String caseName;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  /** In which language a picture is written. */
  enum Format {
    SVG,
    MERMAID,
    DOT
  }

  /** Reads the name of a format; who asks for BPMN is told which command writes it. */
  static final class PictureFormat implements ITypeConverter<Format> {
    @Override
    public Format convert(final String name) {
      if (name.equalsIgnoreCase("bpmn")) {
        throw new TypeConversionException(
            "draw makes pictures: format="
                + name
                + "; penstock convert MODEL --to bpmn writes BPMN");
      }
      for (final Format format : Format.values()) {
        if (format.name().equalsIgnoreCase(name)) {
          return format;
        }
      }
      throw new TypeConversionException(
          "format must be one of " + Arrays.toString(Format.values()) + ": format=" + name);
    }
  }

  @Override
  public Integer call() throws IOException {
    final ImportedModel model = file.read();
    WorkflowDrawing drawing = WorkflowDrawing.of(file.workflow(model)).labels(model.labels());
    if ((data == null) != (caseName == null)) {
      throw new IllegalUsageException("--data and --case must be given together");
    }
    if (data != null && caseName != null) {
      drawing = drawing.progress(progress(data, caseName));
    }
    final String text =
        switch (format) {
          case SVG -> drawing.svg();
          case MERMAID -> drawing.mermaid();
          case DOT -> drawing.dot();
        };
    if (target == null) {
      Terminal.raw(spec.commandLine().getOut()).print(text);
    } else {
      OutputFile.write(target, text);
    }
    return ExitCode.OK;
  }

  private static CaseProgress progress(final Path path, final String name) {
    final DirectoryReader reader = DirectoryReader.of(path);
    final long caseId = CaseName.id(reader, name);
    final List<HistoryEvent> events = new ArrayList<>();
    final CaseTimeline timeline = new CaseTimeline(caseId);
    try (ShardSnapshot shard = reader.snapshot(CaseDecoder.shard(caseId, reader.shardCount()))) {
      shard.forEachEvents(
          (outermost, timeNs, buffer, offset, length) -> {
            final HistoryEvent event = HistoryEvent.decode(timeNs, buffer, offset);
            if (outermost == caseId || event.caseId() == caseId) {
              events.add(event);
              timeline.add(
                  event,
                  HistoryEvent.serviceNs(buffer, offset),
                  HistoryEvent.persistNs(buffer, offset, length));
            }
          });
    }
    if (events.isEmpty()) {
      throw new EngineException(
          "history of the case must be kept: case="
              + name
              + "; open the engine with EngineOptions.history(...)");
    }
    final HistoryEvent last = events.get(events.size() - 1);
    final CaseTimes times =
        timeline.times(Duration.between(Instant.EPOCH, last.time()).toNanos(), true);
    final CaseProgress progress = CaseProgress.of(events);
    return times == null ? progress : progress.with(times);
  }
}
