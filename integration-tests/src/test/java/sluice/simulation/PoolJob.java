package sluice.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;

/** One job of a simulated pool: made here byte by byte, so that nothing of the gateway's own arithmetic is in it. */
final class PoolJob {
    private static final Bytes MARKER_AND_FLAG = Bytes.fromHex("0001");
    private static final int TAG_LENGTH = 8;

    private final Content content;
    private final UpstreamJobs.Source source;
    private ChainTip tip;
    private byte[] bound;

    /** What miners hash; the same content may be sent as several jobs. */
    record Content(
            Bytes coinbasePrefix,
            Bytes coinbaseSuffix,
            Bytes extranoncePrefix,
            int granted,
            List<Hash256> path,
            long version,
            boolean rolling,
            boolean withWitness) {

        static Content drawn(Chance chance, PoolNature nature, long height, Bytes extranoncePrefix, int granted) {
            int full = extranoncePrefix.length() + granted;
            Bytes head = Bytes.concat(
                    Bytes.fromHex("02000000" + "01" + "00".repeat(32) + "ffffffff"),
                    Bytes.of((byte) (4 + 1 + TAG_LENGTH + 1 + full)),
                    Bytes.of((byte) 3, (byte) height, (byte) (height >>> 8), (byte) (height >>> 16)),
                    Bytes.of((byte) TAG_LENGTH),
                    chance.bytes(TAG_LENGTH),
                    Bytes.of((byte) full));
            // A value that no other job has makes the tail its name.
            Bytes tail = Bytes.concat(
                    Bytes.fromHex("ffffffff" + "01"), chance.bytes(8), Bytes.fromHex("0151"), Bytes.zeros(4));
            List<Hash256> path = new ArrayList<>();
            for (int depth = chance.between(0, nature.deepestPath()); depth > 0; depth--) {
                path.add(Hash256.of(chance.bytes(32).toArray(), 0));
            }
            long version = 0x2000_0000L | (chance.happens(0.3) ? chance.u32() & 0x1fff_ffffL : 0);
            return new Content(
                    head,
                    tail,
                    extranoncePrefix,
                    granted,
                    List.copyOf(path),
                    version,
                    !nature.fixedVersion() && chance.happens(nature.rollingJobs()),
                    chance.happens(nature.withWitness()));
        }
    }

    /** @param link the connection it goes over */
    PoolJob(int link, Content content) {
        this.content = content;
        this.source = new UpstreamJobs.Source(
                link,
                Bytes.concat(content.coinbasePrefix, content.extranoncePrefix),
                content.granted,
                content.coinbaseSuffix,
                content.path,
                content.version,
                content.rolling);
    }

    Content content() {
        return content;
    }

    /** It is mined on {@code onTip} from now on, for shares below {@code newBound}. */
    void start(UpstreamJobs jobs, ChainTip onTip, byte[] newBound) {
        tip = onTip;
        bound = newBound;
        jobs.started(source, onTip.prevHash(), onTip.nbits(), newBound);
    }

    NewExtendedMiningJob message(long channelId, long jobId, OptionalLong minNtime) {
        Bytes prefix = content.coinbasePrefix;
        Bytes suffix = content.coinbaseSuffix;
        if (content.withWitness) {
            int lockTime = suffix.length() - 4;
            prefix = Bytes.concat(prefix.slice(0, 4), MARKER_AND_FLAG, prefix.slice(4, prefix.length()));
            suffix = Bytes.concat(
                    suffix.slice(0, lockTime),
                    Bytes.fromHex("0120"),
                    Bytes.zeros(32),
                    suffix.slice(lockTime, suffix.length()));
        }
        return new NewExtendedMiningJob(
                channelId, jobId, minNtime, content.version, content.rolling, content.path, prefix, suffix);
    }

    UpstreamJobs.Source source() {
        return source;
    }

    boolean isStarted() {
        return tip != null;
    }

    ChainTip tip() {
        return tip;
    }

    byte[] bound() {
        return bound;
    }

    /** The header hash of a share, whole. */
    Hash256 hash(Hashing hashing, long version, Bytes extranonce, long ntime, long nonce) {
        byte[] root = hashing.root(
                content.path, content.coinbasePrefix, content.extranoncePrefix, extranonce, content.coinbaseSuffix);
        hashing.header(version, tip.prevHash(), root, ntime, tip.nbits());
        return Hash256.of(hashing.tryNonce(nonce), 0);
    }
}
