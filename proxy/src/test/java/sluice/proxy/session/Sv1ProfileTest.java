package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.profile.ProfileTables;
import sluice.proxy.route.RouteUpdate;

/** What an SV1 miner with a profile of its own gets. */
class Sv1ProfileTest {
    private final Sv1Farm farm = farmAsking(1e9);

    private static Sv1Farm farmAsking(double upstreamDifficulty) {
        Sv1Farm farm = new Sv1Farm(VardiffConfig.DEFAULT);
        farm.upstream(Difficulty.targetOf(upstreamDifficulty), true);
        farm.update(new RouteUpdate.TipChanged(farm.job(1, VectorJobs.SHARE_TIP)));
        return farm;
    }

    private static Sv1Farm with(Sv1Farm farm, String tables) {
        farm.context.miner().profiles(ProfileTables.book(tables));
        return farm;
    }

    private static String forAll(String settings) {
        return "[[profile]]\nname = \"all\"\nusers = [\"*\"]\n" + settings + "\n";
    }

    private static Sv1Miner login(Sv1Farm farm, String userAgent, String user, String password) {
        Sv1Miner miner = farm.connect();
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"" + userAgent + "\"]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"" + user + "\",\"" + password + "\"]}");
        miner.hears();
        return miner;
    }

    private void nextJob(long id) {
        farm.update(new RouteUpdate.JobAdded(farm.job(id, VectorJobs.SHARE_TIP)));
    }

    private void profiles(String tables) {
        with(farm, tables);
        farm.miners.forEach(miner -> miner.gets(new MinerInput.ProfilesChanged()));
    }

    @Test
    void aMinerStartsAsTheProfileOfItsUserAndUserAgentSays() {
        with(farm, """
                [[profile]]
                name = "big"
                users = ["big.*"]
                start_difficulty = 100000
                [[profile]]
                name = "old"
                user_agents = ["old/*"]
                start_difficulty = 16
                """);
        assertThat(login(farm, "old/1", "big.1", "x").difficulty).isEqualTo(100_000);
        assertThat(login(farm, "OLD/1", "small.1", "x").difficulty).isEqualTo(16);
        assertThat(login(farm, "new/1", "small.1", "x").difficulty).isEqualTo(8192);
    }

    @Test
    void theLogIsToldOfProfilesAndOfNobodyWithoutOne() {
        with(farm, forAll("min_difficulty = 8"));
        Sv1Miner miner = login(farm, "bitaxe/BM1366/v2", "w", "x");

        assertThat(miner.events(GatewayEvent.MinerProfiled.class))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.profile().names()).containsExactly("all", "builtin.esp-miner");
                    assertThat(event.profile().settings())
                            .hasToString("min_difficulty=8 difficulty_form=integer coinbase_budget=6500");
                    assertThat(event.userAgent()).isEqualTo("bitaxe/BM1366/v2");
                });
        with(farm, "");
        assertThat(login(farm, "cgminer/4", "w", "x").events(GatewayEvent.MinerProfiled.class))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"d=5,        64", "d=100,      100", "diff=1e9,   8192", "diff=99999, 1024", "x,          1024"})
    void whatAPasswordAsksForStaysWithinTheBounds(String password, double told) {
        with(farm, forAll("min_difficulty = 64\nmax_difficulty = 1024"));
        // An exponent is no number of a password, so that one asks for nothing.
        assertThat(login(farm, "x", "w", password).difficulty).isEqualTo(Math.min(told, 1024));
    }

    @Test
    void whatAMinerSuggestsStaysWithinTheBoundsOfItsProfileAlsoWhereItSuggestsFirst() {
        with(farm, "[[profile]]\nname = \"a\"\nusers = [\"a\"]\nmin_difficulty = 64\nmax_difficulty = 1024\n");
        Sv1Miner early = farm.connect();
        early.says("{\"id\":1,\"method\":\"mining.suggest_difficulty\",\"params\":[500000]}");
        early.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[\"x\"]}");
        early.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"a\",\"x\"]}");
        assertThat(early.difficulty).isEqualTo(1024);

        early.says("{\"id\":4,\"method\":\"mining.suggest_difficulty\",\"params\":[0.0001]}");
        assertThat(early.difficulty).isEqualTo(64);
        Sv1Miner other = farm.connect();
        other.says("{\"id\":1,\"method\":\"mining.suggest_difficulty\",\"params\":[500000]}");
        other.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[\"x\"]}");
        other.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"b\",\"x\"]}");
        assertThat(other.difficulty).isEqualTo(500_000);
    }

    @Test
    void aFloorOfTheMinersOwnEndsAtTheUpperBound() {
        with(farm, forAll("max_difficulty = 1024"));
        Sv1Miner miner = farm.connect();
        assertThat(miner.says("{\"id\":0,\"method\":\"mining.configure\",\"params\":[[\"minimum-difficulty\"],"
                        + "{\"minimum-difficulty.value\":150000}]}"))
                .singleElement()
                .asString()
                .contains("\"minimum-difficulty\":false");
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        assertThat(miner.difficulty).isEqualTo(1024);
    }

    @Test
    void aProfileNeverLeadsAboveTheUpstreamsOwnDifficulty() {
        Sv1Farm easy = with(farmAsking(1000.9), forAll("min_difficulty = 5000\ndifficulty_form = \"power-of-two\""));
        assertThat(login(easy, "x", "w", "d=9999").difficulty).isEqualTo(512);
        assertThat(login(with(farmAsking(0.5), ""), "bitaxe/x", "w", "x").difficulty)
                .isEqualTo(0.5);
    }

    @Test
    void firmwareThatReadsAFractionAsZeroIsToldWholeNumbersFromOneOn() {
        with(farm, "[vardiff]\nmin_difficulty = 1e-6\nstart_difficulty = 0.25\n");
        assertThat(login(farm, "bitaxe/BM1366", "w", "x").difficulty).isEqualTo(1);
        assertThat(login(farm, "bitaxe/BM1366", "w", "d=0.3").difficulty).isEqualTo(1);
        assertThat(login(farm, "bitaxe/BM1366", "w", "d=1.9").difficulty).isEqualTo(1);
        assertThat(login(farm, "cpuminer/2.5", "w", "x").difficulty).isEqualTo(0.25);
    }

    @Test
    void powersOfTwoAreTheNearestOnesWithinTheBounds() {
        with(farm, forAll("difficulty_form = \"power-of-two\"\nmin_difficulty = 5\nmax_difficulty = 1000"));
        assertThat(login(farm, "x", "w", "d=5").difficulty).isEqualTo(8);
        assertThat(login(farm, "x", "w", "d=100").difficulty).isEqualTo(128);
        assertThat(login(farm, "x", "w", "d=1000").difficulty).isEqualTo(512);
    }

    @Test
    void aMinerWithItsOwnKeepaliveGetsItsJobAgainWhenThatHasPassedAndNotBefore() {
        with(farm, forAll("keepalive = \"20s\""));
        Sv1Miner miner = login(farm, "x", "w", "x");
        assertThat(miner.deadlines.get(MinerDeadline.JOB)).isEqualTo(farm.now.plusSeconds(20));

        farm.now = farm.now.plusSeconds(5);
        farm.update(new RouteUpdate.JobRepeated(farm.job(2, VectorJobs.SHARE_TIP)));
        assertThat(miner.hears()).as("what all others need").isEmpty();
        miner.reaches(MinerDeadline.JOB);
        assertThat(miner.hearsMethods()).containsExactly("mining.notify");
        assertThat(miner.work.cleanJobs()).isFalse();
        assertThat(miner.deadlines.get(MinerDeadline.JOB)).isEqualTo(farm.now.plusSeconds(20));
        miner.reaches(MinerDeadline.JOB);
        assertThat(miner.hearsMethods()).containsExactly("mining.notify");
    }

    @Test
    void aMinerThatMayNotGetJobsTooFastGetsTheNewestWhenItMay() {
        with(farm, forAll("job_interval = \"10s\""));
        Sv1Miner miner = login(farm, "x", "w", "x");
        farm.now = farm.now.plusSeconds(4);
        nextJob(2);
        nextJob(3);
        assertThat(miner.hears()).isEmpty();
        assertThat(miner.deadlines.get(MinerDeadline.JOB)).isEqualTo(farm.now.plusSeconds(6));

        miner.reaches(MinerDeadline.JOB);
        assertThat(miner.hearsMethods()).containsExactly("mining.notify");
        assertThat(miner.work.jobId()).isEqualTo("3");
        farm.now = farm.now.plusSeconds(10);
        nextJob(4);
        assertThat(miner.hearsMethods()).containsExactly("mining.notify");
    }

    @Test
    void aNewTipNeverWaitsAndNothingIsSentBehindIt() {
        with(farm, forAll("job_interval = \"10s\""));
        Sv1Miner miner = login(farm, "x", "w", "x");
        farm.now = farm.now.plusSeconds(4);
        nextJob(2);
        farm.update(new RouteUpdate.TipChanged(farm.job(3, Sv1Farm.nextTip())));
        assertThat(miner.hearsMethods()).containsExactly("mining.notify");
        assertThat(miner.work.cleanJobs()).isTrue();

        miner.reaches(MinerDeadline.JOB);
        assertThat(miner.hears()).isEmpty();
    }

    @Test
    void aCoinbaseBeyondTheBudgetIsSentAndReportedOnce() {
        int bytes = farm.route
                .currentJob()
                .orElseThrow()
                .coinbaseSize(farm.context.miner().shape());
        with(farm, forAll("coinbase_budget = " + (bytes - 1)));
        Sv1Miner miner = login(farm, "x", "w", "x");
        nextJob(2);
        assertThat(miner.hearsMethods()).containsExactly("mining.notify");
        assertThat(miner.events(GatewayEvent.CoinbaseBeyondBudget.class))
                .extracting(GatewayEvent.CoinbaseBeyondBudget::coinbaseBytes)
                .containsExactly(bytes);

        with(farm, forAll("coinbase_budget = " + bytes));
        assertThat(login(farm, "x", "w", "x").events(GatewayEvent.CoinbaseBeyondBudget.class))
                .isEmpty();
    }

    @Test
    void aFarOffDifficultyComesWithTheSameWorkOnceMoreAndNothingInHandIsLost() {
        Sv1Miner miner = login(farm, "x", "w", "x");
        Sv1Miner.Attempt old = miner.attempt();
        String first = miner.work.jobId();
        miner.says("{\"id\":5,\"method\":\"mining.suggest_difficulty\",\"params\":[1024]}");

        assertThat(miner.hearsMethods()).containsExactly("answer", "mining.set_difficulty", "mining.notify");
        assertThat(miner.difficulty).isEqualTo(1024);
        assertThat(miner.work.jobId()).isNotEqualTo(first);
        assertThat(miner.work.cleanJobs()).isFalse();
        assertThat(miner.work.coinbase1()).isEqualTo(old.work().coinbase1());
        assertThat(miner.submits(old, 1, ""))
                .as("still held to its own difficulty")
                .contains("[23,");
    }

    @Test
    void aChangeBelowEightTimesWaitsForTheNextJob() {
        Sv1Miner miner = login(farm, "x", "w", "x");
        miner.says("{\"id\":5,\"method\":\"mining.suggest_difficulty\",\"params\":[1025]}");
        assertThat(miner.hearsMethods()).containsExactly("answer");
        nextJob(2);
        assertThat(miner.difficulty).isEqualTo(1025);
    }

    @Test
    void aFarOffDifficultyWaitsWhereTheMinerMayNotGetJobsTooFast() {
        with(farm, forAll("job_interval = \"10s\""));
        Sv1Miner miner = login(farm, "x", "w", "x");
        miner.says("{\"id\":5,\"method\":\"mining.suggest_difficulty\",\"params\":[16]}");
        assertThat(miner.hearsMethods()).containsExactly("answer");
        miner.reaches(MinerDeadline.JOB);
        assertThat(miner.hearsMethods()).containsExactly("mining.set_difficulty", "mining.notify");
    }

    @Test
    void changedProfilesHoldForMinersThatAreConnected() {
        Sv1Miner miner = login(farm, "x", "w", "x");
        profiles(forAll("max_difficulty = 500\nkeepalive = \"10s\""));
        assertThat(miner.hearsMethods()).containsExactly("mining.set_difficulty", "mining.notify");
        assertThat(miner.difficulty).isEqualTo(500);
        assertThat(miner.deadlines.get(MinerDeadline.JOB)).isEqualTo(farm.now.plusSeconds(10));
        assertThat(miner.events(GatewayEvent.MinerProfiled.class)).hasSize(1);

        profiles(forAll("max_difficulty = 500\nkeepalive = \"10s\""));
        assertThat(miner.hears()).as("nothing changed").isEmpty();
    }

    @Test
    void aChangedShareRateMovesWhatMinersAreAskedFor() {
        Sv1Miner miner = login(farm, "x", "w", "x");
        double hashrate = miner.session.nominalHashrate();
        farm.context.miner().profiles(new ProfileBook(new VardiffConfig(true, 24, 1, 8192)));
        miner.gets(new MinerInput.ProfilesChanged());
        nextJob(2);
        assertThat(miner.difficulty).isEqualTo(2048);
        assertThat(miner.session.nominalHashrate()).as("what is known of it").isEqualTo(hashrate);
        assertThat(miner.deadlines.get(MinerDeadline.VARDIFF)).isBefore(farm.now.plus(Duration.ofSeconds(61)));
    }

    @Test
    void aMinerThatHasNotLoggedInYetHearsNothingOfChangedProfiles() {
        Sv1Miner miner = farm.connect();
        profiles(forAll("start_difficulty = 77"));
        assertThat(miner.hears()).isEmpty();
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        assertThat(miner.difficulty).isEqualTo(77);
    }
}
