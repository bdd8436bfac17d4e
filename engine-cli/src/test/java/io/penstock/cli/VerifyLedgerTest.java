package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Engine;
import io.penstock.storage.Ledger;
import io.penstock.storage.LedgerHead;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A ledger is verified with the rest, and against heads that were kept elsewhere. */
@Timeout(60)
class VerifyLedgerTest {
  private static final int HEADER_LENGTH = 112;

  @TempDir private Path root;
  private Path data;

  @BeforeEach
  void make() {
    data = root.resolve("data");
    try (Engine engine =
        Engine.open(
            data,
            Sample.options()
                .store(new StorageProvider(StorageOptions.defaults().withLedger(true))))) {
      Sample.run(engine);
    }
  }

  private Path file() {
    return data.resolve("shard-0/ledger/ledger-0000000000000000000.led");
  }

  private Path write(final String name, final String text) throws IOException {
    return Files.writeString(root.resolve(name), text);
  }

  private static String pem(final KeyPair pair) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  @Test
  void shouldCountReceiptsAlsoInABackup() {
    assertThat(Cli.run("verify", data).out()).contains("is sound", "receipts=28");
    assertThat(Cli.run("stats", data).out()).contains("receipts      28");

    assertThat(Cli.run("backup", data, root.resolve("backup")).code()).isZero();
    assertThat(Cli.run("verify", root.resolve("backup")).out()).contains("receipts=28");
  }

  @Test
  void shouldNameTheReceiptThatWasAltered() throws IOException {
    final byte[] bytes = Files.readAllBytes(file());
    bytes[HEADER_LENGTH + 60] ^= 1;
    Files.write(file(), bytes);

    final Cli cli = Cli.run("verify", data);

    assertThat(cli.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(cli.out())
        .contains("file=" + file() + ", position=" + HEADER_LENGTH, "receipt=1", "1 damage in");
  }

  @Test
  void shouldNoticeByAKeptHeadThatTheEndWasCut() throws IOException, GeneralSecurityException {
    final KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    final Path key = write("key.pem", pem(pair));
    final Path heads;
    try (Ledger ledger = Ledger.open(data)) {
      heads =
          write(
              "heads.txt",
              ledger.head(0).sign(pair.getPrivate())
                  + "\n"
                  + ledger.head(1).sign(pair.getPrivate()));
    }
    final Object[] verify = {"verify", data, "--ledger-heads", heads, "--ledger-key", key};
    assertThat(Cli.run(verify).code()).isZero();

    final byte[] bytes = Files.readAllBytes(file());
    Arrays.fill(bytes, HEADER_LENGTH, bytes.length, (byte) 0);
    Arrays.fill(bytes, 56, 80, (byte) 0); // nor does the header tell of them any more
    Files.write(file(), bytes);

    assertThat(Cli.run(verify).code()).isEqualTo(ExitCode.DAMAGED);
    final Cli without = Cli.run("verify", data); // but the events are still there
    assertThat(without.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(without.out()).contains("an event must have its receipt");
  }

  @Test
  void shouldNoticeWithoutHeadsThatTheLastReceiptWasCut() throws IOException {
    final byte[] bytes = Files.readAllBytes(file());
    int last = HEADER_LENGTH;
    final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = last; buffer.getInt(at) > 0; at += buffer.getInt(at)) {
      last = at;
    }
    Arrays.fill(bytes, last, bytes.length, (byte) 0);
    Arrays.fill(bytes, 56, 80, (byte) 0);
    Files.write(file(), bytes);

    final Cli cli = Cli.run("verify", data);

    assertThat(cli.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(cli.out()).contains("an event must have its receipt", "none behind receipt");
  }

  @Test
  void shouldNoticeAnEventThatWasRewrittenWithARightChecksum() throws IOException {
    final Path segment = data.resolve("shard-0/journal-0000000000000000000.seg");
    final byte[] bytes = Files.readAllBytes(segment);
    final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    final long engineId = buffer.getLong(16);
    boolean rewritten = false;
    for (int frame = 64; !rewritten && buffer.getInt(frame) > 0; frame += buffer.getInt(frame)) {
      final int end = frame + buffer.getInt(frame);
      for (int at = frame + 24; at < end; at += 16 + (buffer.getInt(at + 8) + 7 & -8)) {
        if (buffer.getInt(at + 12) == 3) {
          bytes[at + 16 + 28] ^= 1; // how long the handler ran
          rewritten = true;
        }
      }
      final CRC32C crc = new CRC32C();
      crc.update(bytes, frame + 8, end - frame - 8);
      buffer.putInt(frame + 4, (int) crc.getValue() ^ (int) (engineId ^ engineId >>> 32));
    }
    assertThat(rewritten).isTrue();
    Files.write(segment, bytes);

    final Cli cli = Cli.run("verify", data);

    assertThat(cli.code()).as(cli.out()).isEqualTo(ExitCode.DAMAGED);
    assertThat(cli.out()).contains("an event must be as its receipt says", "1 damage in");
  }

  @Test
  void shouldNotSucceedWhenHeadsCoverNotEveryShard() throws IOException, GeneralSecurityException {
    final KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    final Path key = write("key.pem", pem(pair));
    final String first;
    try (Ledger ledger = Ledger.open(data)) {
      first = ledger.head(0).sign(pair.getPrivate()).toString();
    }

    final Cli one =
        Cli.run("verify", data, "--ledger-heads", write("one", first), "--ledger-key", key);
    assertThat(one.code()).isEqualTo(ExitCode.NOT_COVERED);
    assertThat(one.out())
        .contains("heads:  shard=0, receipts up to", "shardsWithout=[1]", "variables");

    final Cli none =
        Cli.run("verify", data, "--ledger-heads", write("none", "\n"), "--ledger-key", key);
    assertThat(none.code()).isEqualTo(ExitCode.NOT_COVERED);
    assertThat(none.out()).contains("heads=0, shardsWithout=[0, 1]");
  }

  @Test
  void shouldTrustNoHeadThatTheKeyDidNotSign() throws IOException, GeneralSecurityException {
    final KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    final Path key = write("key.pem", pem(generator.generateKeyPair()));
    final Path heads;
    try (Ledger ledger = Ledger.open(data)) {
      heads =
          write(
              "heads.txt",
              ledger.head(0).sign(generator.generateKeyPair().getPrivate()).toString());
    }

    assertFails(
        "must be one that was signed with the key", "--ledger-heads", heads, "--ledger-key", key);
    assertFails("go together", "--ledger-heads", heads);
    assertFails("must be a public key", "--ledger-heads", heads, "--ledger-key", heads);
    assertFails("must be readable", "--ledger-heads", root.resolve("none"), "--ledger-key", key);
  }

  @Test
  void shouldRefuseHeadsOfAnotherDirectory() throws IOException, GeneralSecurityException {
    final KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    final Path key = write("key.pem", pem(pair));
    final LedgerHead foreign = new LedgerHead(1, 0, 1, Instant.EPOCH, "0".repeat(64));
    final Path heads = write("heads.txt", foreign.sign(pair.getPrivate()).toString());

    assertFails("must be of this engine", "--ledger-heads", heads, "--ledger-key", key);
  }

  private void assertFails(final String rule, final Object... options) {
    final Object[] args = new Object[options.length + 2];
    args[0] = "verify";
    args[1] = data;
    System.arraycopy(options, 0, args, 2, options.length);
    final Cli cli = Cli.run(args);
    assertThat(cli.code()).as(cli.out() + cli.err()).isEqualTo(ExitCode.FAILED);
    assertThat(cli.err()).contains(rule);
  }
}
