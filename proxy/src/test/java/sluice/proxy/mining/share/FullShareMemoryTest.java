package sluice.proxy.mining.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;

/** What becomes of a share that a channel has no memory left for. */
class FullShareMemoryTest {
    private static final Bytes WINDOW = Bytes.fromHex("0100000000000000");

    private final SeenShares seen = new SeenShares();
    private final ShareValidator validator = new ShareValidator();

    @BeforeEach
    void fill() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] hash = new byte[32];
        while (seen.size() < SeenShares.LIMIT) {
            random.nextBytes(hash);
            seen.add(hash, 0);
        }
    }

    @Test
    void refusesAShareThatCouldBeADuplicate() {
        assertThat(judge(VectorJobs.SHARE_TIP, VectorJobs.SHARE_NONCE)).isEqualTo(ShareVerdict.TOO_MANY_SHARES);
    }

    @Test
    void neverRefusesABlock() {
        assertThat(judge(VectorJobs.BLOCK_TIP, 0)).isEqualTo(ShareVerdict.ACCEPTED);
        assertThat(validator.lastIsBlock()).isTrue();
    }

    private ShareVerdict judge(ChainTip tip, long nonce) {
        MiningJob job = VectorJobs.active(1, tip, Target.MAX);
        return validator.judge(
                job,
                ExtranonceShape.ROLL_4,
                WINDOW,
                nonce,
                tip.minNtime(),
                VectorJobs.VERSION,
                VersionRolling.BIP323_MASK,
                VectorJobs.SHARE_TARGET,
                seen,
                Instant.ofEpochSecond(tip.minNtime()));
    }
}
