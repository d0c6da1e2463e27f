package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.route.RouteUpdate;

/** What work and which difficulty miners get, and when. */
class Sv1WorkTest {
    private static final VardiffConfig AT_8192 = new VardiffConfig(true, 6, 1, 8192);

    private Sv1Farm farm = farmAsking(1e9, AT_8192);

    private static Sv1Farm farmAsking(double upstreamDifficulty, VardiffConfig vardiff) {
        Sv1Farm farm = new Sv1Farm(vardiff);
        farm.upstream(Difficulty.targetOf(upstreamDifficulty), true);
        farm.update(new RouteUpdate.TipChanged(farm.job(1, VectorJobs.SHARE_TIP)));
        return farm;
    }

    private static Sv1Miner withPassword(Sv1Farm farm, String password) {
        Sv1Miner miner = farm.connect();
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"" + password + "\"]}");
        return miner;
    }

    private void nextJob(long id) {
        farm.update(new RouteUpdate.JobAdded(farm.job(id, VectorJobs.SHARE_TIP)));
    }

    @Test
    void onlyANewTipMakesEarlierJobsWorthless() {
        Sv1Miner miner = farm.mining();
        assertThat(miner.work.cleanJobs()).as("the first").isTrue();
        nextJob(2);
        assertThat(miner.work.jobId()).isEqualTo("2");
        assertThat(miner.work.cleanJobs()).isFalse();
        farm.update(new RouteUpdate.JobRepeated(farm.job(3, VectorJobs.SHARE_TIP)));
        assertThat(miner.work.jobId()).isEqualTo("3");
        assertThat(miner.work.cleanJobs()).isFalse();
        farm.update(new RouteUpdate.TipChanged(farm.job(4, Sv1Farm.nextTip())));
        assertThat(miner.work.jobId()).isEqualTo("4");
        assertThat(miner.work.cleanJobs()).isTrue();
        assertThat(miner.hearsMethods()).containsOnly("mining.notify").hasSize(3);
    }

    @Test
    void aFutureJobIsSilentUntilItsTipComes() {
        Sv1Miner miner = farm.mining();
        MiningJob future = MiningJob.future(
                2,
                VectorJobs.UPSTREAM,
                VectorJobs.upstreamJob(OptionalLong.empty(), true),
                VectorJobs.GRANTED,
                farm.route.generation());
        farm.update(new RouteUpdate.JobAdded(future));
        assertThat(miner.hears()).isEmpty();
        farm.update(new RouteUpdate.TipChanged(future.activate(Sv1Farm.nextTip(), farm.route.target())));
        assertThat(miner.work.jobId()).isEqualTo("2");
        assertThat(miner.work.cleanJobs()).isTrue();
    }

    @Test
    void theLossOfTheUpstreamIsSilentAndAJobOfTheNextOneStartsAfresh() {
        Sv1Miner miner = farm.mining();
        MiningJob old = farm.job(2, VectorJobs.SHARE_TIP);
        farm.update(new RouteUpdate.UpstreamLost("dns"));
        farm.upstream(Difficulty.targetOf(1e9), true);
        farm.update(new RouteUpdate.JobRepeated(old));
        assertThat(miner.hears()).as("nobody pays for the old upstream's job").isEmpty();
        Sv1Miner late = farm.mining();
        assertThat(late.work).isNull();
        farm.update(new RouteUpdate.TipChanged(farm.job(3, VectorJobs.SHARE_TIP)));
        assertThat(miner.work.jobId()).isEqualTo("3");
        assertThat(miner.work.cleanJobs()).isTrue();
        assertThat(late.work.jobId()).isEqualTo("3");
    }

    @Test
    void aMinerThatJoinsDuringAnOutageGetsTheLastJob() {
        farm.update(new RouteUpdate.UpstreamLost("dns"));
        assertThat(farm.mining().work.jobId()).isEqualTo("1");
    }

    @Test
    void aJobThatWasTheFirstPushIsNotSentTwice() {
        Sv1Miner miner = farm.connect();
        MiningJob job = farm.job(2, VectorJobs.SHARE_TIP);
        farm.route.apply(new RouteUpdate.JobAdded(job));
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        assertThat(miner.work.jobId()).isEqualTo("2");
        miner.hears();
        miner.gets(new MinerInput.RouteUpdated(new RouteUpdate.JobAdded(job)));
        assertThat(miner.hears()).isEmpty();
    }

    @Test
    void allMinersAreSentTheSameBytes() {
        Sv1Miner first = farm.mining();
        Sv1Miner second = farm.mining();
        second.says("{\"id\":5,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],"
                + "{\"version-rolling.mask\":\"00c00000\"}]}");
        assertThat(first.sent.getLast()).isSameAs(second.sent.get(second.sent.size() - 2));
        nextJob(2);
        assertThat(first.sent.getLast()).isSameAs(second.sent.getLast());
        farm.update(new RouteUpdate.TipChanged(farm.job(3, Sv1Farm.nextTip())));
        assertThat(first.sent.getLast()).isSameAs(second.sent.getLast());
    }

    @Test
    void aMinerThatNoJobOfTheUpstreamCanServeIsToldWhyItGoes() {
        Sv1Miner miner = farm.mining();
        MiningJob narrow =
                farm.job(2, VectorJobs.SHARE_TIP, VectorJobs.VERSION, true, List.of(), 7, farm.route.target());
        farm.update(new RouteUpdate.TipChanged(narrow));
        assertThat(miner.disconnected).hasValue("extranonce-too-small");
        Sv1Miner late = farm.connect();
        late.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        late.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        late.closes();
        assertThat(late.disconnected).hasValue("extranonce-too-small");
        assertThat(late.events(GatewayEvent.ChannelOpened.class))
                .hasSameSizeAs(late.events(GatewayEvent.ChannelClosed.class).toList());
    }

    @ParameterizedTest
    @CsvSource({"x, 8192", "d=1024, 1024", "'x,diff=500.7', 500", "d=0.01, 1", "d=1000000000000000000, 1000000000"})
    void startsAtTheConfiguredDifficultyOrAtWhatThePasswordAsksFor(String password, double told) {
        assertThat(withPassword(farm, password).difficulty).isEqualTo(told);
    }

    @Test
    void startsAtWhatTheMinerSuggestedBeforeItSubscribed() {
        Sv1Miner miner = farm.connect();
        miner.says("{\"id\":null,\"method\":\"mining.suggest_target\",\"params\":"
                + "[\"000000000007fff8000000000000000000000000000000000000000000000000\"]}");
        miner.says("{\"id\":1,\"method\":\"mining.suggest_difficulty\",\"params\":[\"300.9\"]}");
        miner.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        assertThat(miner.difficulty).isEqualTo(300);
    }

    @ParameterizedTest
    @CsvSource({"mining.suggest_difficulty, '0'", "mining.suggest_difficulty, '-1'", "mining.suggest_target, '\"0\"'"})
    void aSuggestionThatIsNoneIsAnsweredAndIgnored(String method, String param) {
        Sv1Miner miner = farm.connect();
        assertThat(miner.says("{\"id\":1,\"method\":\"" + method + "\",\"params\":[" + param + "]}"))
                .containsExactly("{\"id\":1,\"result\":true,\"error\":null}");
        miner.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        assertThat(miner.difficulty).isEqualTo(8192);
    }

    @Test
    void aSuggestionWhileMiningCountsFromTheNextJob() {
        Sv1Miner miner = farm.mining();
        assertThat(miner.says("{\"id\":5,\"method\":\"mining.suggest_difficulty\",\"params\":[2000]}"))
                .containsExactly("{\"id\":5,\"result\":true,\"error\":null}");
        miner.hears();
        nextJob(2);
        List<String> lines = miner.hears();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).isEqualTo("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[2000]}");
        nextJob(3);
        assertThat(miner.hearsMethods()).as("told once").containsExactly("mining.notify");
    }

    @Test
    void withDifficultyControlOffEveryoneKeepsTheConfiguredDifficulty() {
        farm = farmAsking(1e9, new VardiffConfig(false, 6, 1, 512));
        assertThat(withPassword(farm, "d=7").difficulty).isEqualTo(512);
    }

    @Test
    void minimumDifficultyIsAFloorUnderWhateverElseIsAskedFor() {
        Sv1Miner miner = farm.connect();
        miner.says("{\"id\":0,\"method\":\"mining.configure\",\"params\":[[\"minimum-difficulty\"],"
                + "{\"minimum-difficulty.value\":150000.5}]}");
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"d=100\"]}");
        assertThat(miner.difficulty).isEqualTo(150001);
    }

    @Test
    void neverAsksForMoreThanTheUpstreamDoes() {
        farm = farmAsking(1000.9, AT_8192);
        Sv1Miner miner = farm.mining();
        assertThat(miner.difficulty).isEqualTo(1000);
        farm.update(new RouteUpdate.TargetChanged(Difficulty.targetOf(50)));
        assertThat(miner.hears()).as("counts from the next job").isEmpty();
        nextJob(2);
        assertThat(miner.difficulty).isEqualTo(50);
        // The upstream asks for more, but not yet for the job that is repeated.
        farm.update(new RouteUpdate.TargetChanged(Difficulty.targetOf(4000)));
        farm.update(new RouteUpdate.JobRepeated(farm.job(3, VectorJobs.SHARE_TIP, true, Difficulty.targetOf(50))));
        assertThat(miner.difficulty).isEqualTo(50);
        farm.update(new RouteUpdate.TipChanged(farm.job(4, Sv1Farm.nextTip())));
        assertThat(miner.difficulty).isEqualTo(4000);
    }

    @Test
    void aFloorAboveTheUpstreamsTargetGivesWay() {
        farm = farmAsking(1000, AT_8192);
        Sv1Miner miner = farm.connect();
        miner.says("{\"id\":0,\"method\":\"mining.configure\",\"params\":[[\"minimum-difficulty\"],"
                + "{\"minimum-difficulty.value\":150000}]}");
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        assertThat(miner.difficulty).isEqualTo(1000);
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(Difficulty.targetOf(150000));
    }

    @Test
    void tellsFractionsBelowOne() {
        farm = farmAsking(0.00123456789123, new VardiffConfig(true, 6, 1e-9, 1));
        Sv1Miner miner = farm.mining();
        assertThat(miner.difficulty).isEqualTo(0.00123456789);
    }

    @Test
    void aRaiseLeavesTheTargetOfEarlierJobsAlone() {
        VardiffConfig easy = new VardiffConfig(true, 6, 1e-9, 1e-9);
        farm = farmAsking(1, easy);
        Sv1Miner miner = farm.mining();
        Target before = Difficulty.targetOf(miner.difficulty);
        Sv1Miner.Attempt old = miner.attempt();
        miner.says("{\"id\":5,\"method\":\"mining.suggest_difficulty\",\"params\":[0.0001]}");
        nextJob(2);
        assertThat(miner.difficulty).isEqualTo(0.0001);
        Target after = Difficulty.targetOf(miner.difficulty);
        long betweenOfOld = between(old, before, after);
        assertThat(miner.submits(old, betweenOfOld, "")).contains("\"result\":true");
        Sv1Miner.Attempt current = new Sv1Miner.Attempt(
                miner.work, miner.extranonce1, Bytes.fromHex("00000001"), miner.work.ntime(), miner.work.version());
        assertThat(miner.submits(current, between(current, before, after), "")).contains("[23,");
    }

    /** A nonce whose hash meets {@code easy} and not {@code hard}. */
    private static long between(Sv1Miner.Attempt attempt, Target easy, Target hard) {
        for (long nonce = 0; ; nonce++) {
            nonce = attempt.nonce(nonce, easy, true);
            if (attempt.nonce(nonce, hard, false) == nonce) {
                return nonce;
            }
        }
    }

    @Test
    void aFloodOfSharesRaisesTheDifficultyAtOnce() {
        farm = farmAsking(1, new VardiffConfig(true, 6, 1e-9, 1e-9));
        Sv1Miner miner = farm.mining();
        double before = miner.session.nominalHashrate();
        int demands = miner.demandChanges;
        flood(miner, 24);
        assertThat(miner.demandChanges).isGreaterThan(demands);
        assertThat(miner.session.nominalHashrate()).isGreaterThan(before * 8);
        assertThat(miner.hearsMethods())
                .containsSubsequence("answer", "mining.set_difficulty", "mining.notify", "answer");
        assertThat(miner.difficulty).isGreaterThan(1e-9 * 8);
        assertThat(miner.work.cleanJobs()).as("nothing in hand is thrown away").isFalse();
        nextJob(2);
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(Difficulty.targetOf(miner.difficulty));
    }

    private void flood(Sv1Miner miner, int shares) {
        long nonce = 0;
        for (int i = 0; i < shares; i++) {
            farm.now = farm.now.plusMillis(10);
            Sv1Miner.Attempt attempt = miner.attempt();
            nonce = attempt.nonce(nonce, Difficulty.targetOf(miner.difficulty), true);
            assertThat(miner.submits(attempt, nonce, "")).contains("\"result\":true");
            nonce++;
        }
    }

    @Test
    void silenceLowersADifficultyThatIsFarOffAtOnceAndIsLookedAtAgain() {
        Sv1Miner miner = farm.mining();
        int demands = miner.demandChanges;
        for (int look = 0; look < 4; look++) {
            assertThat(miner.deadlines.get(MinerDeadline.VARDIFF))
                    .isBetween(farm.now.plusSeconds(1), farm.now.plusSeconds(61));
            miner.reaches(MinerDeadline.VARDIFF);
        }
        assertThat(miner.demandChanges).isGreaterThan(demands);
        assertThat(miner.hearsMethods()).startsWith("mining.set_difficulty", "mining.notify");
        assertThat(miner.difficulty).isLessThan(8192 / 2);
        assertThat(miner.difficulty).isEqualTo(Math.floor(miner.difficulty));
    }

    @Test
    void silenceUnderTheUpstreamsCapIsJudgedByTheDifficultyThatIsMined() {
        farm = farmAsking(1024, AT_8192);
        Sv1Miner miner = farm.mining();
        assertThat(miner.difficulty).isEqualTo(1024);
        assertThat(miner.deadlines.get(MinerDeadline.VARDIFF))
                .as("a miner for 8192 sends eight times as many shares at 1024")
                .isBefore(farm.now.plusSeconds(3));
        assertThat(farmAsking(1e9, AT_8192).mining().deadlines.get(MinerDeadline.VARDIFF))
                .isAfter(farm.now.plusSeconds(19));
    }

    @Test
    void waitingForTheFirstJobIsNotSilence() {
        farm = new Sv1Farm(AT_8192);
        Sv1Miner miner = farm.mining();
        assertThat(miner.deadlines).doesNotContainKey(MinerDeadline.VARDIFF);
        farm.now = farm.now.plus(Duration.ofMinutes(10));
        farm.upstream(Difficulty.targetOf(1e9), true);
        farm.update(new RouteUpdate.TipChanged(farm.job(1, VectorJobs.SHARE_TIP)));
        assertThat(miner.difficulty).isEqualTo(8192);
        assertThat(miner.deadlines.get(MinerDeadline.VARDIFF)).isAfter(farm.now);
    }

    @Test
    void standsForNothingUntilItMinesAndThenForTheRateItsDifficultyImplies() {
        Sv1Miner miner = farm.connect();
        assertThat(miner.session.nominalHashrate()).isZero();
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(Target.MAX);
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        assertThat(miner.session.nominalHashrate()).isZero();
        assertThat(miner.demandChanges).isZero();
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        assertThat(miner.demandChanges).isEqualTo(1);
        // Six shares a minute of 8192 * 2^32 hashes each.
        assertThat(miner.session.nominalHashrate()).isCloseTo(8192 * 0x1p32 / 10, within(1e9));
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(Difficulty.targetOf(8192));
    }

    @Test
    void operatorsHearOfEveryTargetThatIsTold() {
        Sv1Miner miner = farm.mining();
        miner.says("{\"id\":5,\"method\":\"mining.suggest_difficulty\",\"params\":[1000]}");
        nextJob(2);
        nextJob(3);
        assertThat(miner.events(GatewayEvent.MinerTargetChanged.class).map(GatewayEvent.MinerTargetChanged::target))
                .containsExactly(Difficulty.targetOf(8192), Difficulty.targetOf(1000));
    }
}
