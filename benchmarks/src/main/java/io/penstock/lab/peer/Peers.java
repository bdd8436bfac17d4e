package io.penstock.lab.peer;

import io.penstock.lab.process.JavaProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The peers on the class path, and how one is measured. */
public final class Peers {
  private Peers() {}

  /**
   * All of them.
   *
   * @return Penstock first
   */
  public static List<Peer> all() {
    final List<Peer> peers = new ArrayList<>(new PenstockPeers().peers());
    for (final Peer.Source each : ServiceLoader.load(Peer.Source.class)) {
      if (!(each instanceof PenstockPeers)) {
        peers.addAll(each.peers());
      }
    }
    return peers;
  }

  /**
   * Measures one in a JVM of its own, so that none runs on what another left: code compiled for it,
   * caches, garbage.
   *
   * @param peer which
   * @param seconds for each measurement; it takes about four and a half times as long
   * @return what it measured
   * @throws IOException when it failed
   * @throws InterruptedException when interrupted
   */
  public static PeerFigures measure(final Peer peer, final double seconds)
      throws IOException, InterruptedException {
    final List<String> output =
        JavaProcess.run("-Xmx2g", PeerProcess.class, peer.name(), Double.toString(seconds));
    return output.stream()
        .filter(PeerFigures::isOne)
        .findFirst()
        .map(PeerFigures::of)
        .orElseThrow(
            () -> new IOException("peer must measure: peer=" + peer.name() + ", output=" + output));
  }
}
