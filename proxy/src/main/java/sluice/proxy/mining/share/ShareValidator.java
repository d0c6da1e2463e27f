package sluice.proxy.mining.share;

import java.time.Instant;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;

/**
 * Judges shares: rebuilds the header a miner claims to have hashed and holds it against the targets of the share's own
 * job (SV2 5.3.11-5.3.14). One per event loop, with its own scratch memory, so that judging allocates nothing.
 */
public final class ShareValidator {
    /** A share may run this far ahead of our clock, as nodes allow a block to. */
    public static final int MAX_NTIME_AHEAD_SECONDS = 7_200;

    private static final int MERKLE_ROOT = BlockHeader.merkleRootOffset(0);

    private final Sha256d sha = new Sha256d();
    private final byte[] header = new byte[BlockHeader.LENGTH];
    private final byte[] hash = new byte[Hash256.LENGTH];
    private final AcceptedShares listening;

    private boolean meetsNetworkTarget;

    /** Where nobody wants to hear of good shares. */
    public ShareValidator() {
        this(AcceptedShares.UNHEARD);
    }

    /** @param listening hears of each share that {@link #tell} is called for */
    public ShareValidator(AcceptedShares listening) {
        this.listening = listening;
    }

    /**
     * Judges one share of {@code job}, which must be active. Sees to everything but whether the channel has the job.
     *
     * @param window the miner's index and the bytes it rolled, exactly the shape's window
     * @param target what the channel was told for this job
     * @param versionMask bits that may differ from the job's version
     * @param seen the channel's shares on this tip; takes the share up if it is good
     */
    public ShareVerdict judge(
            MiningJob job,
            ExtranonceShape shape,
            Bytes window,
            long nonce,
            long ntime,
            long version,
            long versionMask,
            Target target,
            SeenShares seen,
            Instant now) {
        meetsNetworkTarget = false;
        if (window.length() != shape.windowSize()) {
            return ShareVerdict.BAD_EXTRANONCE_SIZE;
        }
        merkleRoot(job, shape, window, header, MERKLE_ROOT);
        return judgeHeader(job, nonce, ntime, version, versionMask, target, seen, now);
    }

    /** As {@link #judge} for a standard channel, whose merkle root is fixed per job (SV2 5.1.1). */
    public ShareVerdict judgeWithRoot(
            MiningJob job,
            Hash256 merkleRoot,
            long nonce,
            long ntime,
            long version,
            long versionMask,
            Target target,
            SeenShares seen,
            Instant now) {
        meetsNetworkTarget = false;
        merkleRoot.copyTo(header, MERKLE_ROOT);
        return judgeHeader(job, nonce, ntime, version, versionMask, target, seen, now);
    }

    private ShareVerdict judgeHeader(
            MiningJob job,
            long nonce,
            long ntime,
            long version,
            long versionMask,
            Target target,
            SeenShares seen,
            Instant now) {
        if (ntime < job.leastNtime()) {
            return ShareVerdict.NTIME_TOO_OLD;
        }
        if (ntime > now.getEpochSecond() + MAX_NTIME_AHEAD_SECONDS) {
            return ShareVerdict.NTIME_TOO_NEW;
        }
        long changedBits = version ^ job.version();
        if (changedBits != 0) {
            if (versionMask == 0) {
                return ShareVerdict.VERSION_ROLLING_NOT_ALLOWED;
            }
            if ((changedBits & ~versionMask) != 0) {
                return ShareVerdict.BAD_VERSION_BITS;
            }
        }
        BlockHeader.write(
                header, 0, version, job.tip().prevHash(), ntime, job.tip().nbits(), nonce);
        sha.hash(header, 0, BlockHeader.LENGTH, hash, 0);
        meetsNetworkTarget = job.networkTarget().isMetBy(hash, 0);
        if (!meetsNetworkTarget && !target.isMetBy(hash, 0)) {
            return ShareVerdict.LOW_DIFFICULTY;
        }
        return switch (seen.add(hash, 0)) {
            case NEW -> ShareVerdict.ACCEPTED;
            case DUPLICATE -> ShareVerdict.DUPLICATE;
            // A block is worth more than our memory limit: at worst it is credited twice.
            case FULL -> meetsNetworkTarget ? ShareVerdict.ACCEPTED : ShareVerdict.TOO_MANY_SHARES;
        };
    }

    /** Whether the share judged last meets {@code target}; only after an accepting verdict. */
    public boolean lastMeets(Target target) {
        return target.isMetBy(hash, 0);
    }

    /** Whether the share judged last is a block; only after an accepting verdict. */
    public boolean lastIsBlock() {
        return meetsNetworkTarget;
    }

    /** The header hash of the share judged last. */
    public Hash256 lastHash() {
        return Hash256.of(hash, 0);
    }

    /** Tells whoever listens of the share judged last; only after an accepting verdict. */
    public void tell(
            Instant at,
            long connectionId,
            long channelId,
            String userIdentity,
            MiningJob job,
            ExtranonceShape shape,
            Bytes window,
            long nonce,
            long ntime,
            long version,
            double difficulty) {
        listening.accepted(
                at,
                connectionId,
                channelId,
                userIdentity,
                job,
                shape,
                window,
                nonce,
                ntime,
                version,
                difficulty,
                hash,
                meetsNetworkTarget);
    }

    /** The merkle root of {@code job} for a miner with this window. */
    public Hash256 merkleRoot(MiningJob job, ExtranonceShape shape, Bytes window) {
        byte[] root = new byte[Hash256.LENGTH];
        merkleRoot(job, shape, window, root, 0);
        return Hash256.of(root, 0);
    }

    private void merkleRoot(MiningJob job, ExtranonceShape shape, Bytes window, byte[] out, int offset) {
        sha.update(job.coinbase1(shape)).update(window).update(job.coinbase2()).finish(out, offset);
        job.merklePath().fold(sha, out, offset);
    }
}
