package sluice.proxy.route;

import java.time.Instant;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareValidator;

/**
 * All that is known of a block at the moment a share turns out to be one: enough to prove it and to build it, given its
 * transactions.
 *
 * @param coinbase serialised without BIP141 witness
 * @param merklePath siblings of the coinbase, deepest first
 */
public record FoundBlock(
        Instant at,
        Hash256 hash,
        BlockHeader header,
        Bytes coinbase,
        List<Hash256> merklePath,
        String userIdentity,
        String upstream) {
    public FoundBlock {
        merklePath = List.copyOf(merklePath);
    }

    public static FoundBlock of(ForwardedShare share, String upstream, Instant at) {
        MiningJob job = share.job();
        BlockHeader header = new BlockHeader(
                share.version(),
                job.tip().prevHash(),
                new ShareValidator().merkleRoot(job, share.shape(), share.window()),
                share.ntime(),
                job.tip().nbits(),
                share.nonce());
        return new FoundBlock(
                at,
                share.hash(),
                header,
                Bytes.concat(job.coinbase1(share.shape()), share.window(), job.coinbase2()),
                job.source().merklePath(),
                share.userIdentity(),
                upstream);
    }
}
