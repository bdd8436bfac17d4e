package io.penstock.storage;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A head with an Ed25519 signature, as one line of text: kept away from the ledger, it shows later
 * that the ledger was not rewritten.
 *
 * <pre>{@code
 * penstock-ledger-head-1 engine=5ca1ab1e shard=0 sequence=42 time=2026-01-05T08:00:00Z hash=9f86... signature=MEUC...
 * }</pre>
 *
 * <p>What is signed is the line before {@code " signature="} in UTF-8; the signature is in base64.
 * Immutable.
 */
public final class SignedHead {
  static final String ALGORITHM = "Ed25519";

  private static final Pattern LINE =
      Pattern.compile(
          "penstock-ledger-head-1 engine=([0-9a-f]{1,16}) shard=(\\d{1,9}) sequence=(\\d{1,18})"
              + " time=(\\S{1,40}) hash=([0-9a-f]{64}) signature=([0-9A-Za-z+/=]{1,200})");

  private final LedgerHead head;
  private final byte[] signature;

  SignedHead(final LedgerHead head, final byte[] signature) {
    this.head = head;
    this.signature = signature.clone();
  }

  /**
   * Reads a line that {@link #toString} wrote; a line feed at its end does no harm.
   *
   * @param line the line
   * @return the head, whose signature is yet to be checked
   * @throws IllegalArgumentException when it is not such a line
   */
  public static SignedHead parse(final String line) {
    final Matcher matcher = LINE.matcher(line.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "signed head must be a line as SignedHead writes it: length=" + line.length());
    }
    try {
      return new SignedHead(
          new LedgerHead(
              Long.parseUnsignedLong(matcher.group(1), 16),
              Integer.parseInt(matcher.group(2)),
              Long.parseLong(matcher.group(3)),
              Instant.parse(matcher.group(4)),
              matcher.group(5)),
          Base64.getDecoder().decode(matcher.group(6)));
    } catch (final DateTimeException e) {
      throw new IllegalArgumentException(
          "signed head must have a time in ISO-8601: time=" + matcher.group(4), e);
    }
  }

  /**
   * The head, once its signature is checked.
   *
   * @param key the public part of the key that signed it
   * @return the head, to be given to {@link Ledger#verify(java.util.Collection)}
   * @throws IllegalArgumentException when it was not signed with that key, or was changed since
   */
  public LedgerHead verifiedBy(final PublicKey key) {
    boolean valid;
    try {
      final Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      verifier.update(signedBytes(head));
      valid = verifier.verify(signature);
    } catch (final GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "signature must be checked by Ed25519: algorithm=" + key.getAlgorithm(), e);
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "signature must be that of the head: "
              + signedText(head)
              + "; it was signed with another key, or changed");
    }
    return head;
  }

  /**
   * The head as one line, which {@link #parse} reads.
   *
   * @return the line, without a line feed
   */
  @Override
  public String toString() {
    return signedText(head) + " signature=" + Base64.getEncoder().encodeToString(signature);
  }

  static byte[] signedBytes(final LedgerHead head) {
    return signedText(head).getBytes(StandardCharsets.UTF_8);
  }

  private static String signedText(final LedgerHead head) {
    return "penstock-ledger-head-1 engine="
        + Long.toHexString(head.engineId())
        + " shard="
        + head.shard()
        + " sequence="
        + head.sequence()
        + " time="
        + head.time()
        + " hash="
        + head.hash();
  }
}
