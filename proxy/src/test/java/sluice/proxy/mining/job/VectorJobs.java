package sluice.proxy.mining.job;

import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.upstream.UpstreamJob;

/**
 * The job of the published share vectors (reference implementation, server/extended.rs), cut to our layout: 24 bytes of
 * upstream prefix, 8 granted bytes, of which the vectors' extranonce 0100000000000000 is index 0x01000000 and four zeros.
 */
public final class VectorJobs {
    public static final JobOrigin UPSTREAM = new JobOrigin("pool", 1);
    public static final int INDEX = 0x0100_0000;
    public static final Bytes ROLLED = Bytes.zeros(4);
    public static final int GRANTED = 8;
    public static final long VERSION = 0x2000_0000L;
    public static final Bytes UPSTREAM_PREFIX = Bytes.fromHex("00".repeat(23) + "01");
    public static final Bytes COINBASE_PREFIX =
            Bytes.fromHex("0200000001" + "00".repeat(32) + "ffffffff2a5200065376322f2f2f20");
    public static final Bytes COINBASE_SUFFIX = Bytes.fromHex(
            "ffffffff0200f2052a01000000160014ebe1b7dcc293ccaa0ee743a86f89df8258c208fc0000000000000000266a24aa21a9ed"
                    + "e2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf900000000");

    /** Vector A: nonce 0 at ntime 1745596971 is a block. */
    public static final ChainTip BLOCK_TIP = new ChainTip(
            Hash256.fromHex("fbaf6a2823577a5a3a334e20caece4249aaece9093c315e0c367d6bd33be1862"),
            0x207fffffL,
            0x680bb22bL);

    /** Vector B: nonce 0x4107 at ntime 0x680be961 meets {@link #SHARE_TARGET}. */
    public static final ChainTip SHARE_TIP = new ChainTip(
            Hash256.fromHex("17cd48869956dc99e01cd892e478e39dd563a0a3803b8bbe9e3e000000000000"),
            0x1b00d7c0L,
            0x680be961L);

    public static final long SHARE_NONCE = 0x4107;
    public static final Target SHARE_TARGET =
            Target.fromHex("0001179d9861a761ffdadd11c307c4fc04eea3a418f7d687584e4434af158205");

    private VectorJobs() {}

    public static UpstreamJob upstreamJob(OptionalLong minNtime, boolean rolling) {
        return new UpstreamJob(
                7, minNtime, VERSION, rolling, List.of(), COINBASE_PREFIX, COINBASE_SUFFIX, UPSTREAM_PREFIX);
    }

    public static MiningJob active(long id, ChainTip tip, Target routeTarget) {
        return MiningJob.active(
                id, UPSTREAM, upstreamJob(OptionalLong.of(tip.minNtime()), true), GRANTED, 1, tip, routeTarget);
    }
}
