package sluice.proxy.mining.share;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.profile.MinerOrigin;

/**
 * An accepted share that also meets what the upstream asks of its job, on its way to the route.
 *
 * @param window the miner's index and the bytes it rolled
 * @param hash the header hash
 * @param blockFound it meets the network's target
 */
public record ForwardedShare(
        long connectionId,
        long channelId,
        MinerOrigin origin,
        String userIdentity,
        MiningJob job,
        ExtranonceShape shape,
        Bytes window,
        long nonce,
        long ntime,
        long version,
        Hash256 hash,
        boolean blockFound) {

    /** The bytes for the upstream: its whole grant, padding first. */
    public Bytes upstreamExtranonce() {
        Bytes padding = shape.padding(job.grantedSize());
        return padding.isEmpty() ? window : Bytes.concat(padding, window);
    }
}
