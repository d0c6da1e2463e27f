package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.extension.RequestExtensionsError;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;

/** A judge that finds no fault proves nothing: the scripted pool, with a miner that has no gateway between. */
class ScriptedSv2PoolTest {
    private static final int OTHER_EXTENSION = 0x0001;

    private final ScriptedSv2Pool pool = new ScriptedSv2Pool("A");
    private WatchedSv2Miner miner;

    @AfterEach
    void stop() {
        if (miner != null) {
            miner.close();
        }
        pool.close();
    }

    private WatchedSv2Miner login() throws IOException {
        miner = WatchedSv2Miner.login(
                pool.socketAddress(), pool.address().authorityKey().orElseThrow(), "direct");
        miner.awaitJob();
        return miner;
    }

    private SubmitSharesExtended share(long channel, MinerWork work, int size, long ntime, long version, long nonce) {
        return new SubmitSharesExtended(
                channel, 1000, Long.parseLong(work.jobId()), nonce, ntime, version, Bytes.zeros(size));
    }

    private void assertRejected(SubmitSharesExtended share, String code) throws IOException {
        int before = miner.heard(SubmitSharesError.class).size();
        miner.say(share);
        assertThat(miner.awaitHeard(SubmitSharesError.class, before + 1)
                        .getLast()
                        .errorCode())
                .isEqualTo(code);
        assertThat(pool.shares().getLast().fault()).isEqualTo(code);
    }

    @Test
    void goodSharesAreAcceptedAndEveryFaultIsSeen() throws IOException {
        login().mine(3);
        assertThat(pool.goodShares()).isEqualTo(3);
        MinerWork work = miner.awaitJob();
        long channel = miner.channelId();
        int size = work.rolledSize();
        long now = work.ntime();

        SubmitSharesExtended last = pool.shares().getLast().share();
        assertRejected(last, MiningErrorCode.DUPLICATE_SHARE);
        assertRejected(share(channel + 1, work, size, now, work.version(), 0), MiningErrorCode.INVALID_CHANNEL_ID);
        assertRejected(share(channel, work, size + 1, now, work.version(), 0), MiningErrorCode.BAD_EXTRANONCE_SIZE);
        assertRejected(share(channel, work, size, now - 1, work.version(), 0), MiningErrorCode.INVALID_SHARE);
        assertRejected(share(channel, work, size, now + 9000, work.version(), 0), MiningErrorCode.INVALID_SHARE);
        assertRejected(
                share(channel, work, size, now, work.version() ^ 1, 0), MiningErrorCode.VERSION_ROLLING_NOT_ALLOWED);
        pool.setTarget(1);
        pool.newJob();
        MinerWork hard = miner.awaitJobs(2);
        assertRejected(share(channel, hard, size, hard.ntime(), hard.version(), 0), MiningErrorCode.DIFFICULTY_TOO_LOW);
        pool.announceFuture();
        assertRejected(
                new SubmitSharesExtended(channel, 1001, 3, 0, now, work.version(), Bytes.zeros(size)),
                MiningErrorCode.INVALID_JOB_ID);
        pool.newTip();
        assertRejected(share(channel, work, size, now, work.version(), 0), MiningErrorCode.STALE_SHARE);

        assertThat(pool.faults()).doesNotContainKey(MiningErrorCode.STALE_SHARE).hasSize(7);
        assertThat(pool.goodShares()).isEqualTo(3);
    }

    @Test
    void aPoolThatRequiresAnExtensionOpensNoChannelBeforeItIsAgreedOn() throws IOException {
        pool.play(PoolScript.GOOD.requiring(Set.of(WorkerIdentity.EXTENSION_TYPE)));
        miner = WatchedSv2Miner.setUp(
                pool.socketAddress(), pool.address().authorityKey().orElseThrow(), "direct");

        miner.askForChannel();
        miner.awaitHeard(OpenMiningChannelError.class, 1);
        miner.say(new RequestExtensions(1, List.of(OTHER_EXTENSION)));
        assertThat(miner.awaitHeard(RequestExtensionsError.class, 1))
                .containsExactly(new RequestExtensionsError(
                        1, List.of(OTHER_EXTENSION), List.of(WorkerIdentity.EXTENSION_TYPE)));
        miner.say(new RequestExtensions(2, List.of(WorkerIdentity.EXTENSION_TYPE)));
        miner.awaitHeard(RequestExtensionsSuccess.class, 1);
        miner.askForChannel();
        miner.mine(1);

        assertThat(pool.goodShares()).isEqualTo(1);
    }

    @Test
    void itDiesAndComesBackAtTheSamePlaceWithAnotherTip() throws IOException {
        String before = login().awaitJob().prevHashHex();
        pool.die();
        await("the end of the connection").until(miner::isOver);

        long job = pool.comeBack();
        login().mine(1);

        assertThat(pool.goodSharesOf(job)).isEqualTo(1);
        assertThat(miner.awaitJob().prevHashHex()).isNotEqualTo(before);
    }

    @Test
    void poolsHaveChainsOfTheirOwn() throws IOException {
        try (ScriptedSv2Pool other = pool.sibling("B")) {
            assertThat(other.tipHash()).isNotEqualTo(pool.tipHash());
            assertThat(other.port()).isNotEqualTo(pool.port());
            assertThat(other.address().authorityKey()).isEqualTo(pool.address().authorityKey());
        }
    }
}
