package sluice.proxy.mining.job;

import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.upstream.UpstreamJob;

/**
 * All of a job that a header is made of, apart from what a miner chooses: enough to hash its shares again when the job itself
 * is gone. Without transactions, so that many can be kept. One object for all ids under which the job is handed out.
 *
 * @param jobId the first of these ids, U32
 * @param grantedSize bytes of extranonce behind the upstream's prefix
 */
public record HeaderParts(long jobId, JobOrigin origin, ChainTip tip, int grantedSize, UpstreamJob source) {

    /** The whole extranonce as it stands in the coinbase, between its prefix and its suffix. */
    public Bytes extranonce(ExtranonceShape shape, Bytes window) {
        return Bytes.concat(source.extranoncePrefix(), shape.padding(grantedSize), window);
    }

    /**
     * The smallest ntime a share may have, U32: that of the tip, or of the upstream's own job where it began later, because
     * that is what an upstream holds shares against.
     */
    public long leastNtime() {
        return Math.max(tip.minNtime(), source.minNtime().orElse(0));
    }

    /** Of the block that is mined, where the coinbase says it (BIP34). */
    public OptionalLong height() {
        return Coinbase.heightOf(source.coinbasePrefix());
    }
}
