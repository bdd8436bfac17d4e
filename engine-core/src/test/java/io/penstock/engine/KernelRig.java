package io.penstock.engine;

import io.penstock.engine.CommandEncoder.CommandType;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.ShardStore;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Workflow;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A kernel alone, on a map in the place of a store: commands go in, answers and records come out.
 */
final class KernelRig {
  static final long REPLY = 77;

  final Effects effects = new Effects();
  final StatusTable statuses = new StatusTable();
  final MapStore store = new MapStore();
  private final CommandDecoder decoder = new CommandDecoder();
  private final Workflow workflow;
  private final Kernel kernel;
  private final Definitions definitions = new Definitions();

  KernelRig(final Workflow workflow) {
    this.workflow = workflow;
    final UserCode userCode = new UserCode();
    kernel =
        new Kernel(
            store,
            definitions,
            statuses,
            new TimerQueue(),
            effects,
            ShardObserver.NONE,
            new Notes(),
            new CasePlayer.InlineRunner() {
              @Override
              public boolean yields(final int runs) {
                return false;
              }

              @Override
              public @Nullable Throwable run(
                  final HandlerWork work,
                  final io.penstock.workflow.TaskDefinition task,
                  final CaseRecord record,
                  final int taskIndex) {
                return userCode.run(task.handler(), work);
              }
            },
            1,
            new Retention(100, TimerQueue.NEVER),
            new RememberedKeys(100, TimerQueue.NEVER),
            10,
            History.NONE,
            new Mailbox(10, Long.MAX_VALUE),
            userCode);
    execute(new CommandEncoder().begin(CommandType.DEPLOY, 0, 0).workflow(0));
  }

  /** Runs a command and gives its one answer, or null when it has none or it is null. */
  @Nullable Object execute(final CommandEncoder command) {
    command.replyTo(REPLY);
    decoder.wrap(command.buffer(), 0);
    effects.answered.clear();
    effects.answers.clear();
    try {
      kernel.execute(decoder, workflow, 1_000);
    } catch (final CommandRejectedException refused) {
      kernel.abandon();
      effects.answer(REPLY, refused);
    }
    for (int i = 0; i < effects.statuses.size(); i += 2) {
      statuses.publish(
          effects.statuses.getLong(i), CaseStatus.ofCode((int) effects.statuses.getLong(i + 1)));
    }
    effects.clear();
    return effects.answers.isEmpty() ? null : effects.answers.get(0);
  }

  CommandEncoder command(final CommandType type, final long caseId) {
    return new CommandEncoder().begin(type, caseId, 0);
  }

  /** Starts a case and gives its id. */
  long start(final Consumer<Inputs> inputs) {
    final Changes changes = new Changes(workflow);
    inputs.accept(changes);
    final Object started =
        execute(command(CommandType.START, 0).workflow(0).text(null).changes(changes));
    return ((Started) started).caseId();
  }

  CaseRecord record(final long caseId) {
    final CaseRecord record = new CaseRecord(NoLargeReferences.NONE);
    store.read(caseId, record.buffer(), 0);
    return record.wrap(definitions.layout(record));
  }

  /** Images by id, in order. */
  static final class MapStore implements ShardStore {
    final Map<Long, byte[]> records = new TreeMap<>();

    @Override
    public void forEach(final RecordVisitor visitor) {
      records.forEach(
          (id, image) -> visitor.onRecord(id, new UnsafeBuffer(image), 0, image.length));
    }

    @Override
    public void append(final RecordBatch batch) {
      batch.forEach(
          (kind, recordId, payload, offset, length) -> {
            if (kind == RecordBatch.IMAGE) {
              final byte[] image = new byte[length];
              payload.getBytes(offset, image);
              records.put(recordId, image);
            } else if (kind == RecordBatch.REMOVAL) {
              records.remove(recordId);
            }
          });
    }

    @Override
    public void sync() {}

    @Override
    public int read(final long recordId, final MutableDirectBuffer target, final int targetOffset) {
      final byte[] image = records.get(recordId);
      if (image == null) {
        return -1;
      }
      target.putBytes(targetOffset, image);
      return image.length;
    }

    @Override
    public void close() {}
  }
}
