package io.penstock.format;

import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Reads a directory as docs/format.md says, with the JDK alone and none of Penstock's classes. */
final class StrangersReader {
  private static final String[] STATUSES = {
    "UNKNOWN", "RUNNING", "COMPLETED", "CANCELLED", "FAILED", "DEADLOCKED", "TIMED_OUT"
  };

  final Map<Long, Case> cases = new TreeMap<>();
  final List<String> events = new ArrayList<>();
  final Map<String, long[]> objectives = new TreeMap<>(); // good and bad events of all shards
  final Map<String, String> gates = new TreeMap<>();
  int frames;

  private final long engineId;

  /** A case as far as a stranger can tell. */
  record Case(
      String workflow,
      String status,
      long parentId,
      int instance,
      String key,
      Map<String, Object> variables,
      Map<String, Integer> workItems) {}

  private record Workflow(String name, List<Net> nets, List<String[]> variables) {}

  private record Net(int stateLength, List<String> tasks) {}

  StrangersReader(final Path directory) throws IOException {
    final Properties manifest = new Properties();
    try (Reader reader = Files.newBufferedReader(directory.resolve("engine.properties"))) {
      manifest.load(reader);
    }
    require(manifest.getProperty("formatVersion").equals("1"), "manifest version");
    engineId = Long.parseUnsignedLong(manifest.getProperty("engineId"), 16);
    for (int shard = 0; shard < Integer.parseInt(manifest.getProperty("shardCount")); shard++) {
      readShard(directory.resolve("shard-" + shard), shard);
    }
  }

  private void readShard(final Path directory, final int shard) throws IOException {
    final Map<Long, ByteBuffer> records = new TreeMap<>();
    long begin = 0;
    final List<ByteBuffer> segments = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (final Path file :
          files.filter(path -> path.toString().endsWith(".seg")).sorted().toList()) {
        final ByteBuffer segment = readSegment(file, shard);
        begin = Math.max(begin, segment.getInt(56));
        segments.add(segment);
      }
    }
    long position = 0;
    for (final ByteBuffer segment : segments) {
      if (segment.getLong(24) >= begin) {
        position = readFrames(segment, position, records);
      }
    }
    final Map<Integer, Workflow> workflows = new TreeMap<>();
    records.forEach(
        (id, record) -> {
          if (id < 0 && id > Integer.MIN_VALUE) {
            workflows.put((int) -id, workflow(record));
          }
        });
    records.forEach(
        (id, record) -> {
          if (id >= -(1L << 41) && id < -(1L << 40)) {
            readNote(record);
          }
          if (id > 0) {
            require(record.getLong(8) == id, "case id");
            cases.put(id, caseOf(record, workflows.get(record.getInt(24)), records));
          }
        });
  }

  private void readNote(final ByteBuffer record) {
    require(record.getInt(0) == 0x4E4F5445, "note");
    final String name = text(record, 8, record.getInt(4));
    final int begin = 8 + record.getInt(4);
    if (name.startsWith("gate ")) {
      gates.put(name.substring(5), text(record, begin, record.capacity() - begin));
    } else {
      require(name.equals("objectives"), "name of a note: " + name);
      for (int at = begin; at < record.capacity(); ) {
        at = readObjectives(record, at);
      }
    }
  }

  private int readObjectives(final ByteBuffer record, final int begin) {
    int at = begin + 4;
    for (int i = 0; i < record.getInt(begin); i++) {
      final int nameLength = record.getInt(at + 8);
      final int counts = at + 16 + nameLength;
      final long good = record.getLong(counts + 24);
      final long bad = record.getLong(counts + 32);
      final long[] sum =
          objectives.computeIfAbsent(text(record, at + 16, nameLength), none -> new long[2]);
      sum[0] += good;
      sum[1] += bad;
      int list = counts + 40;
      for (int lists = 0; lists < 2; lists++) {
        for (int entry = 0; entry < record.getInt(list); entry++) {
          final int slot = list + 4 + 24 * entry;
          require(record.getLong(slot) <= 0, "slot");
          require(record.getLong(slot + 8) <= good, "good events of a slot");
          require(record.getLong(slot + 16) <= bad, "bad events of a slot");
        }
        list += 4 + 24 * record.getInt(list);
      }
      at = counts + record.getInt(at + 12);
      require(list == at, "length of counts");
    }
    return at;
  }

  private ByteBuffer readSegment(final Path file, final int shard) throws IOException {
    final ByteBuffer segment = little(ByteBuffer.wrap(Files.readAllBytes(file)));
    require(text(segment, 0, 8).equals("PENSTOCK"), "magic");
    require(segment.getInt(8) == 1, "segment version");
    require(segment.getInt(12) == shard, "shard");
    require(segment.getLong(16) == engineId, "engine id");
    require(segment.getInt(32) == segment.capacity(), "segment length");
    require(segment.getInt(36) == crc(segment, 0, 36), "header checksum");
    final ByteBuffer begin = little(ByteBuffer.allocate(16));
    begin.putLong(0, engineId).putLong(8, segment.getInt(56));
    require(
        (segment.getInt(56) == 0 && segment.getInt(60) == 0)
            || segment.getInt(60) == crc(begin, 0, 16),
        "checksum of begin");
    return segment;
  }

  private long readFrames(
      final ByteBuffer segment, final long before, final Map<Long, ByteBuffer> records) {
    long position = before;
    int frame = 64;
    while (frame + 24 <= segment.capacity() && segment.getInt(frame) != 0) {
      final int length = segment.getInt(frame);
      final int folded = (int) (engineId ^ engineId >>> 32);
      require(
          segment.getInt(frame + 4) == (crc(segment, frame + 8, frame + length) ^ folded),
          "frame checksum");
      require(position == 0 || segment.getLong(frame + 8) == position + 1, "position");
      position = segment.getLong(frame + 8);
      frames++;
      for (int at = frame + 24; at < frame + length; at += 16 + padded(segment.getInt(at + 8))) {
        final long id = segment.getLong(at);
        final ByteBuffer payload = slice(segment, at + 16, segment.getInt(at + 8));
        switch (segment.getInt(at + 12)) {
          case 1 -> records.put(id, payload);
          case 2 -> records.remove(id);
          case 3 -> events.add(event(id, segment.getLong(frame + 16), payload));
          default -> throw new IllegalStateException("kind of entry");
        }
      }
      frame += length;
    }
    return position;
  }

  private static String event(final long id, final long time, final ByteBuffer event) {
    final int task = event.getInt(16);
    final int who = event.getInt(20);
    return Instant.EPOCH.plusNanos(time)
        + " "
        + id
        + " "
        + event.getLong(8)
        + " "
        + event.getInt(4)
        + " "
        + event.getInt(0)
        + " "
        + text(event, 32, task)
        + "/"
        + text(event, 32 + task, who)
        + "/"
        + text(event, 32 + task + who, event.getInt(24));
  }

  private static Workflow workflow(final ByteBuffer record) {
    require(record.getInt(0) == 2, "workflow version");
    final int nameLength = record.getInt(16);
    final Workflow workflow =
        new Workflow(text(record, 20, nameLength), new ArrayList<>(), new ArrayList<>());
    final int at = 20 + nameLength;
    for (final String line : text(record, at, record.capacity() - at).split("\n", -1)) {
      final String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "net" -> workflow.nets.add(new Net(Integer.parseInt(words[1]), new ArrayList<>()));
        case "task" -> workflow.nets.get(workflow.nets.size() - 1).tasks.add(words[2]);
        case "variable" -> workflow.variables.add(words);
        default -> require(line.isEmpty(), "line of a workflow");
      }
    }
    return workflow;
  }

  private static Case caseOf(
      final ByteBuffer record, final Workflow workflow, final Map<Long, ByteBuffer> records) {
    require(record.getInt(0) == record.capacity(), "record length");
    require(record.getShort(4) == 3 || record.getShort(4) == 4, "case version");
    final Net net = workflow.nets.get(record.getInt(28));
    final int variables = workflow.variables.size();
    final int presence = 120 + net.stateLength + padded(2 * net.tasks.size());
    final int slots = presence + 2 * ((variables + 63) / 64 * 8);
    final int heap = slots + 8 * (4 + variables);
    final Map<String, Object> values = new TreeMap<>();
    for (int i = 0; i < variables; i++) {
      if ((record.getLong(presence + i / 64 * 8) & 1L << i) != 0) {
        values.put(
            workflow.variables.get(i)[2],
            value(workflow.variables.get(i)[1], record, slots + 8 * (4 + i), heap, records));
      }
    }
    final Map<String, Integer> items = new TreeMap<>();
    final int table = heap + record.getInt(slots + 24);
    for (int entry = 0;
        record.getInt(slots + 28) > 0 && entry < record.getInt(table + 4);
        entry++) {
      final int at = table + 8 + 56 * entry;
      if (record.getShort(at + 4) != 0) {
        items.put(net.tasks.get(record.getInt(at + 48)), (int) record.getShort(at + 4));
      }
    }
    return new Case(
        workflow.name,
        STATUSES[record.get(6)],
        record.getLong(32),
        record.getInt(44),
        text(record, heap + record.getInt(slots), record.getInt(slots + 4)),
        values,
        items);
  }

  private static Object value(
      final String type,
      final ByteBuffer record,
      final int slot,
      final int heap,
      final Map<Long, ByteBuffer> records) {
    final int at = heap + record.getInt(slot);
    final int length = record.getInt(slot + 4);
    if (length < 0 && List.of("STRING", "BYTES", "DECIMAL").contains(type)) {
      final ByteBuffer large = records.get(record.getLong(at));
      require(large.getInt(0) == 1, "version of a large value");
      require(large.capacity() == 16 - length, "length of a large value");
      return valueAt(type, large, slot, 16, -length);
    }
    return valueAt(type, record, slot, at, length);
  }

  private static Object valueAt(
      final String type, final ByteBuffer record, final int slot, final int at, final int length) {
    return switch (type) {
      case "LONG" -> record.getLong(slot);
      case "DOUBLE" -> Double.longBitsToDouble(record.getLong(slot));
      case "BOOLEAN" -> record.getLong(slot) == 1;
      case "INSTANT" -> Instant.EPOCH.plusNanos(record.getLong(slot));
      case "DURATION" -> Duration.ofNanos(record.getLong(slot));
      case "STRING" -> text(record, at, length);
      case "BYTES" -> bytes(record, at, length);
      case "DECIMAL" ->
          length == 12
              ? BigDecimal.valueOf(record.getLong(at + 4), record.getInt(at))
              : new BigDecimal(
                  new BigInteger(bytes(record, at + 4, length - 4)), record.getInt(at));
      default -> throw new IllegalStateException("type of a variable: " + type);
    };
  }

  private static int padded(final int length) {
    return (length + 7) / 8 * 8;
  }

  private static ByteBuffer slice(final ByteBuffer from, final int at, final int length) {
    return little(ByteBuffer.wrap(bytes(from, at, length)));
  }

  private static ByteBuffer little(final ByteBuffer buffer) {
    return buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(final ByteBuffer from, final int at, final int length) {
    final byte[] bytes = new byte[length];
    from.get(at, bytes);
    return bytes;
  }

  private static String text(final ByteBuffer from, final int at, final int length) {
    return new String(bytes(from, at, length), StandardCharsets.UTF_8);
  }

  private static int crc(final ByteBuffer bytes, final int begin, final int end) {
    final CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().limit(end).position(begin));
    return (int) crc.getValue();
  }

  private static void require(final boolean holds, final String what) {
    if (!holds) {
      throw new IllegalStateException(what + " must be as docs/format.md says");
    }
  }
}
