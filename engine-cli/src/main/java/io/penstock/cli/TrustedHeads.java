package io.penstock.cli;

import io.penstock.engine.EngineException;
import io.penstock.storage.LedgerHead;
import io.penstock.storage.SignedHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Heads of ledgers that were signed and kept elsewhere, from a file. */
final class TrustedHeads {
  private TrustedHeads() {}

  /**
   * Reads heads and checks their signatures.
   *
   * @param heads a line for each; null for none
   * @param key the public key, in PEM; null when there are no heads
   * @return the heads
   * @throws EngineException when one of the files is missing or not what it should be, or a
   *     signature is not of that key
   * @throws IOException when a file cannot be read
   */
  static List<LedgerHead> read(final @Nullable Path heads, final @Nullable Path key)
      throws IOException {
    final List<LedgerHead> trusted = new ArrayList<>();
    if (heads == null && key == null) {
      return trusted;
    }
    if (heads == null || key == null) {
      throw new EngineException(
          "signed heads and the key that tells them go together; give --ledger-heads and --ledger-key");
    }
    final PublicKey publicKey = publicKey(key);
    for (final String line : Files.readAllLines(heads)) {
      if (!line.isBlank()) {
        trusted.add(head(heads, line, publicKey));
      }
    }
    return trusted;
  }

  private static LedgerHead head(final Path heads, final String line, final PublicKey key) {
    try {
      return SignedHead.parse(line).verifiedBy(key);
    } catch (final IllegalArgumentException e) {
      throw new EngineException(
          "head must be one that was signed with the key: file="
              + heads
              + ", reason="
              + e.getMessage(),
          e);
    }
  }

  private static PublicKey publicKey(final Path file) throws IOException {
    final String base64 = Files.readString(file).replaceAll("-----[A-Z ]+-----|\\s", "");
    try {
      return KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
    } catch (final GeneralSecurityException | IllegalArgumentException e) {
      throw new EngineException(
          "key must be a public key of Ed25519 in PEM: file="
              + file
              + "; make it with: openssl pkey -in private.pem -pubout",
          e);
    }
  }
}
