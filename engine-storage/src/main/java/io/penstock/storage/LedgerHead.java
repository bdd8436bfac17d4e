package io.penstock.storage;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The end of a shard's chain at some moment. Its hash stands for every receipt up to it: who keeps
 * a head where nobody can change it can tell later whether any of them was.
 *
 * @param engineId id of the engine's directory
 * @param shard index of the shard
 * @param sequence sequence of its last receipt; 0 when there was none
 * @param time time of that receipt; the epoch when there was none
 * @param hash hash of that receipt: 64 lower-case hexadecimal digits
 */
public record LedgerHead(long engineId, int shard, long sequence, Instant time, String hash) {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /**
   * Checks the head.
   *
   * @throws IllegalArgumentException when a number is negative or the hash is not one
   * @param engineId the engine's id
   * @param shard index of the shard
   * @param sequence sequence of the last receipt
   * @param time when it was written
   * @param hash its hash
   */
  public LedgerHead {
    Objects.requireNonNull(time, "time");
    if (shard < 0 || sequence < 0 || !HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException(
          "head must have a shard, a sequence and a SHA-256 hash: shard="
              + shard
              + ", sequence="
              + sequence
              + ", hash="
              + hash);
    }
  }

  /**
   * Signs this head, to be kept elsewhere.
   *
   * @param key an Ed25519 key
   * @return the head with its signature
   * @throws IllegalArgumentException when the key cannot sign by Ed25519
   */
  public SignedHead sign(final PrivateKey key) {
    try {
      final Signature signature = Signature.getInstance(SignedHead.ALGORITHM);
      signature.initSign(key);
      signature.update(SignedHead.signedBytes(this));
      return new SignedHead(this, signature.sign());
    } catch (final GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "key must sign by Ed25519: algorithm=" + key.getAlgorithm(), e);
    }
  }
}
