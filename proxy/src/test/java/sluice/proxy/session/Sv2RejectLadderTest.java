package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.ShareSubmitted;
import sluice.proxy.event.GatewayEvent.SharesUnjudged;

/** SV2 connections all of whose shares are refused, and those that send more of them than anybody needs to see. */
class Sv2RejectLadderTest {
    private static final int JUDGED_AT_ONCE = ShareGuard.BURST_SECONDS * Sv2Farm.LIMITS.invalidSharesPerSecond();
    private static final long NO_JOB = 0x7fff_ffffL;

    private final Sv2Farm farm = Sv2Farm.mining();
    private final Sv2Client miner = farm.connect(4);
    private long sequence;

    private void isRefused(Sv2ClientChannel channel) {
        sequence++;
        if (channel.isStandard()) {
            miner.send(new SubmitSharesStandard(channel.id(), sequence, NO_JOB, 0, 0, 0));
        } else {
            miner.send(new SubmitSharesExtended(channel.id(), sequence, NO_JOB, 0, 0, 0, Bytes.zeros(4)));
        }
    }

    private Sv2ClientChannel open(boolean standard) {
        Sv2ClientChannel channel = standard ? miner.openStandard() : miner.openExtended(4);
        miner.clear();
        return channel;
    }

    private void isRefusedFor(Sv2ClientChannel channel, Duration time) {
        for (int second = 0; second <= time.toSeconds(); second += 10) {
            isRefused(channel);
            farm.pass(Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterAMinuteOfRejectsItsWorkIsSentAgainAndAfterTwoItIsLetGo(boolean standard) {
        Sv2ClientChannel channel = open(standard);
        isRefusedFor(channel, ShareGuard.RETELL_AFTER.minusSeconds(10));
        assertThat(miner.all(SetNewPrevHash.class)).isEmpty();
        isRefused(channel);
        assertThat(miner.all(SetNewPrevHash.class)).hasSize(1);
        miner.clear();
        farm.pass(Duration.ofSeconds(10));
        isRefusedFor(channel, ShareGuard.LET_GO_AFTER.minusSeconds(20));
        assertThat(miner.disconnect).isNull();
        isRefused(channel);
        assertThat(miner.disconnect.reason()).isEqualTo("only-rejects");
        assertThat(miner.offences).isEmpty();
    }

    @Test
    void whatIsSentAgainCanBeMined() {
        Sv2ClientChannel channel = open(false);
        isRefusedFor(channel, ShareGuard.RETELL_AFTER);
        miner.clear();
        miner.send(channel.mine());
        miner.reach(MinerDeadline.ACKNOWLEDGE);
        assertThat(miner.only(SubmitSharesSuccess.class).newSubmitsAcceptedCount())
                .isEqualTo(1);
        assertThat(miner.proved).isEqualTo(1);
    }

    @Test
    void oneBrokenMachineBehindAProxyCostsNobodyTheConnection() {
        Sv2ClientChannel broken = open(false);
        Sv2ClientChannel good = open(true);
        for (int second = 0; second < 600; second += 10) {
            isRefused(broken);
            miner.send(good.mine());
            farm.pass(Duration.ofSeconds(10));
        }
        assertThat(miner.disconnect).isNull();
        assertThat(miner.all(SetNewPrevHash.class)).isEmpty();
    }

    @Test
    void aTenthIsJudgedOfTheMadeUpSharesOfAConnectionThatHasHadNoneAccepted() {
        Sv2ClientChannel channel = open(false);
        for (int i = 0; i <= JUDGED_AT_ONCE / ShareGuard.UNPROVEN_WEIGHT; i++) {
            isRefused(channel);
        }
        assertThat(miner.events(ShareSubmitted.class)).hasSize(JUDGED_AT_ONCE / ShareGuard.UNPROVEN_WEIGHT);
        farm.pass(ShareGuard.REPORT_AFTER);
        miner.reach(MinerDeadline.UNJUDGED);
        assertThat(miner.offences).containsExactly("invalid-shares");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFloodIsAnsweredAndCountedButNotJudged(boolean standard) {
        Sv2ClientChannel channel = open(standard);
        miner.send(channel.mine());
        miner.clear();
        for (int i = 0; i < JUDGED_AT_ONCE + 500; i++) {
            isRefused(channel);
        }
        assertThat(miner.all(SubmitSharesError.class)).hasSize(JUDGED_AT_ONCE + 500);
        assertThat(miner.all(SubmitSharesError.class).subList(JUDGED_AT_ONCE, JUDGED_AT_ONCE + 500))
                .allMatch(error -> error.errorCode().equals("too-many-bad-shares"));
        assertThat(miner.events(ShareSubmitted.class)).hasSize(JUDGED_AT_ONCE);
        farm.pass(ShareGuard.REPORT_AFTER);
        miner.reach(MinerDeadline.UNJUDGED);
        assertThat(miner.events(SharesUnjudged.class)).singleElement().satisfies(report -> {
            assertThat(report.count()).isEqualTo(500);
            assertThat(report.protocol()).isEqualTo(standard ? MinerProtocol.SV2_STANDARD : MinerProtocol.SV2_EXTENDED);
        });
        assertThat(miner.offences).containsExactly("invalid-shares");
    }
}
