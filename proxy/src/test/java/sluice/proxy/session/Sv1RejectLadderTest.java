package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.config.LimitsConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.share.ShareVerdict;

/** SV1 miners all of whose shares are refused, and those that send more of them than anybody needs to see. */
class Sv1RejectLadderTest {
    private static final int JUDGED_AT_ONCE = ShareGuard.BURST_SECONDS * LimitsConfig.DEFAULT.invalidSharesPerSecond();
    private static final String UNJUDGED = "{\"result\":null,\"error\":[20,\"Too many bad shares\",null]}";

    private final Sv1Farm farm = Sv1Farm.working(Sv1Farm.EASY);
    private Sv1Miner miner;

    @BeforeEach
    void connect() {
        miner = farm.mining();
    }

    private void submitsNonsense() {
        submitsNonsense("7fffffff");
    }

    private String submitsNonsense(String jobId) {
        int before = miner.events.size();
        String answer = miner.submits("w", jobId, "00000000", "00000000", "00000000", "");
        assertThat(miner.events.size()).isLessThanOrEqualTo(before + 1);
        return answer;
    }

    /** The answer to a bad share comes first, whatever else comes with it. */
    private void isRefused() {
        miner.says("{\"id\":9,\"method\":\"mining.submit\",\"params\":[\"w\",\"7fffffff\",\"00000000\",\"0\",\"0\"]}");
    }

    private void isRefusedFor(Duration time) {
        for (int second = 0; second <= time.toSeconds(); second += 10) {
            isRefused();
            farm.now = farm.now.plusSeconds(10);
        }
    }

    @Test
    void afterAMinuteOfRejectsItsWorkAndDifficultyAreSentAgainUnderAnotherId() {
        String before = miner.work.jobId();
        isRefusedFor(ShareGuard.RETELL_AFTER.minusSeconds(10));
        assertThat(miner.hearsMethods()).containsOnly("answer");

        isRefused();
        assertThat(miner.hearsMethods()).containsExactly("answer", "mining.set_difficulty", "mining.notify");
        assertThat(miner.work.cleanJobs()).isTrue();
        assertThat(miner.work.jobId()).isNotEqualTo(before);
        assertThat(miner.submitsShare(0)).isEqualTo("{\"result\":true,\"error\":null}");
    }

    @Test
    void afterAnotherMinuteOfRejectsItIsLetGo() {
        isRefusedFor(ShareGuard.RETELL_AFTER.plus(ShareGuard.LET_GO_AFTER).minusSeconds(10));
        assertThat(miner.disconnected).isEmpty();
        isRefused();
        assertThat(miner.disconnected).contains("only-rejects");
        assertThat(miner.offences).isEmpty();
    }

    @Test
    void oneGoodShareBeginsTheLadderAnew() {
        isRefusedFor(Duration.ofSeconds(110));
        miner.submitsShare(0);
        miner.hears();
        isRefusedFor(Duration.ofSeconds(50));
        assertThat(miner.hearsMethods()).containsOnly("answer");
        assertThat(miner.disconnected).isEmpty();
        assertThat(miner.proved).isEqualTo(1);
    }

    @Test
    void twoRejectsSayNothingHoweverFarApart() {
        isRefused();
        farm.now = farm.now.plus(Duration.ofHours(1));
        isRefused();
        assertThat(miner.hearsMethods()).containsOnly("answer");
    }

    @Test
    void aTenthIsJudgedOfTheMadeUpSharesOfAMinerThatHasHadNoneAccepted() {
        int judged = JUDGED_AT_ONCE / ShareGuard.UNPROVEN_WEIGHT;
        for (int i = 0; i < judged; i++) {
            assertThat(submitsNonsense("7fffffff")).isNotEqualTo(UNJUDGED);
        }
        assertThat(submitsNonsense("7fffffff")).isEqualTo(UNJUDGED);
        miner.reaches(MinerDeadline.UNJUDGED);
        assertThat(miner.offences).containsExactly("invalid-shares");
    }

    @Test
    void aFloodIsAnsweredAndCountedButNotJudged() {
        miner.submitsShare(0);
        miner.events.clear();
        IntStream.range(0, JUDGED_AT_ONCE).forEach(i -> submitsNonsense());
        for (int i = 0; i < 500; i++) {
            assertThat(submitsNonsense("7fffffff")).isEqualTo(UNJUDGED);
        }
        assertThat(miner.events(GatewayEvent.ShareSubmitted.class)).hasSize(JUDGED_AT_ONCE);
        miner.reaches(MinerDeadline.UNJUDGED);
        assertThat(miner.events(GatewayEvent.SharesUnjudged.class).mapToLong(GatewayEvent.SharesUnjudged::count))
                .containsExactly(500L);
        assertThat(miner.offences).containsExactly("invalid-shares");
        // A second has passed, and so many more are looked at.
        for (int i = 0; i < LimitsConfig.DEFAULT.invalidSharesPerSecond(); i++) {
            assertThat(submitsNonsense("7fffffff")).isNotEqualTo(UNJUDGED);
        }
        assertThat(submitsNonsense("7fffffff")).isEqualTo(UNJUDGED);
        miner.closes();
        assertThat(miner.events(GatewayEvent.SharesUnjudged.class).mapToLong(GatewayEvent.SharesUnjudged::count))
                .as("what was not reported yet is with the end")
                .containsExactly(500L, 1L);
    }

    @Test
    void whoeverFindsSharesThatAreTooEasyIsThrottledButOffendsNobody() {
        Sv1Miner.Attempt attempt = miner.attempt();
        for (long nonce = 0, sent = 0; sent <= JUDGED_AT_ONCE; sent++) {
            nonce = attempt.nonce(nonce, Difficulty.targetOf(miner.difficulty), false) + 1;
            miner.submits(attempt, nonce - 1, "");
        }
        assertThat(miner.events(GatewayEvent.ShareSubmitted.class).map(GatewayEvent.ShareSubmitted::verdict))
                .containsOnly(ShareVerdict.LOW_DIFFICULTY);
        miner.reaches(MinerDeadline.UNJUDGED);
        assertThat(miner.events(GatewayEvent.SharesUnjudged.class)).hasSize(1);
        assertThat(miner.offences).isEmpty();
    }

    @Test
    void aConnectionHalfOfWhoseSharesAreGoodIsNeverThrottled() {
        long nonce = 0;
        for (int i = 0; i < JUDGED_AT_ONCE + 100; i++) {
            assertThat(submitsNonsense("7fffffff")).isNotEqualTo(UNJUDGED);
            Sv1Miner.Attempt attempt = miner.attempt();
            nonce = attempt.nonce(nonce, Difficulty.targetOf(miner.difficulty), true);
            assertThat(miner.submits(attempt, nonce++, "")).isEqualTo("{\"result\":true,\"error\":null}");
        }
    }

    @Test
    void aLineThatIsNoMessageIsAnOffence() {
        miner.says("{\"id\":1,\"id\":2,\"method\":\"mining.ping\",\"params\":[]}");
        assertThat(miner.offences).containsExactly("bad-json");
        assertThat(miner.disconnected).contains("bad-json");
    }
}
