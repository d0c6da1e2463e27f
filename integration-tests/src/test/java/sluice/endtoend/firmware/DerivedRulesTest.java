package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.ProfileConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.endtoend.EdgeGateway;
import sluice.endtoend.PoolScript;
import sluice.endtoend.ScriptedSv2Pool;

/** What follows from the rows of all families, rule by rule. */
class DerivedRulesTest extends FirmwareScenario {
    private static final String PING = "{\"id\": %s, \"method\": \"mining.ping\", \"params\": []}";
    private static final List<ProfileConfig> POWERS_OF_TWO =
            WrittenProfiles.forAll("difficulty_form = \"power-of-two\"");
    private static final int LONGEST_LINE = 16 * 1024;

    @Test
    void theExtranonce2OfAMinerHasFourBytesAndItsExtranonce1AtMostEight() throws IOException {
        Firmware miner = mining(Dialect.CGMINER);
        assertThat(miner.extranonce2Size()).isEqualTo(4);
        assertThat(miner.extranonce1()).hasSizeLessThanOrEqualTo(2 * 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "7", "4294967296", "-3", "\"7\"", "\"a b\""})
    void anIdComesBackInItsOwnJsonType(String id) throws IOException {
        assertThat(connects(Dialect.CGMINER).says(PING.formatted(id)).hears().line())
                .startsWith("{\"id\":" + id + ",");
    }

    @Test
    void aRequestWithTheIdNullIsANotification() throws IOException {
        connects(Dialect.CGMINER)
                .says(PING.formatted("null"), "{\"method\": \"mining.ping\", \"params\": []}")
                .hearsNothingElse();
    }

    @Test
    void linesMayBeLongEndInCarriageReturnsBeginWithSpacesAndComeSeveralInOneSegment() throws IOException {
        String ping = PING.formatted("1");
        connects(Dialect.CGMINER)
                .writes("  " + ping + "\r\n\r\n" + ping + " ".repeat(LONGEST_LINE - ping.length()) + "\n\t" + ping
                        + "\n")
                .hears("{\"id\":1,\"result\":\"pong\",\"error\":null}")
                .hears("{\"id\":1,\"result\":\"pong\",\"error\":null}")
                .hears("{\"id\":1,\"result\":\"pong\",\"error\":null}");
    }

    @Test
    void everyAnswerHasAnIdAResultAndAnErrorAndAShareIsTrueOnlyWhereItIsAccepted() throws IOException {
        Firmware miner = mining(Dialect.CGMINER);
        Hasher.Share share = miner.finds();
        Heard accepted = miner.submits(share);
        Heard duplicate = miner.submits(share);
        pool.newTip();
        miner.hearsWorkOn(tip());
        Heard stale = miner.submits(share);
        assertThat(List.of(accepted, duplicate, stale))
                .allMatch(
                        answer -> List.copyOf(answer.json().propertyNames()).equals(List.of("id", "result", "error")));
        assertThat(accepted.line()).endsWith("\"result\":true,\"error\":null}");
        assertThat(duplicate.line()).endsWith("\"error\":[22,\"Duplicate share\",null]}");
        assertThat(stale.line()).endsWith("\"error\":[21,\"Job not found (stale)\",null]}");
    }

    @Test
    void answersComeInTheOrderOfTheirRequestsAndNothingIsPushedBeforeThatToAuthorize() throws IOException {
        gateway.awaitPool();
        Firmware miner = connects(Dialect.CGMINER)
                .says(
                        "{\"id\": 5, \"method\": \"mining.subscribe\", \"params\": []}",
                        "{\"id\": 4, \"method\": \"mining.extranonce.subscribe\", \"params\": []}",
                        "{\"id\": 3, \"method\": \"mining.dance\", \"params\": []}",
                        "{\"id\": 2, \"method\": \"mining.authorize\", \"params\": [\"" + USER + "\", \"x\"]}",
                        "{\"id\": 1, \"method\": \"mining.ping\", \"params\": []}");
        for (int id = 5; id >= 2; id--) {
            miner.hearsAnswer(id);
        }
        miner.hearsAnswerBesidePushes(1);
        miner.awaitsWork();
    }

    @Test
    void aJobIdHasAtMostEightDigitsAndIsNeverUsedTwiceAndJobsAreCleanOnNewTipsOnly() throws IOException {
        Firmware miner = mining(Dialect.CGMINER);
        Set<String> ids = new HashSet<>(Set.of(miner.work().jobId()));
        int jobs = 1;
        for (int tip = 0; tip < 3; tip++) {
            pool.newTip();
            Hasher.Work onTip = miner.hearsWorkOn(tip());
            assertThat(onTip.cleanJobs()).isTrue();
            pool.newJob();
            Hasher.Work beside = miner.hearsWork();
            assertThat(beside.cleanJobs()).isFalse();
            ids.addAll(List.of(onTip.jobId(), beside.jobId()));
            jobs += 2;
        }
        assertThat(ids).hasSize(jobs).allMatch(id -> id.matches("[0-9a-f]{1,8}"));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1.9, 1", "1000.5, 1000", "65536, 65536", "1e9, 5000"})
    void aDifficultyOfOneOrMoreIsToldAsAnInteger(double start, long told) throws IOException {
        EdgeGateway earnest = gatewayTo(
                pool("earnest", PoolScript.GOOD.atDifficulty(65_536)),
                EdgeGateway.Plan.EASY.with(new VardiffConfig(true, 20, 1, Math.min(start, 5000.25))));
        connectsTo(earnest, Dialect.CGMINER)
                .logsIn()
                .hears("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[" + Math.min(told, 5000) + "]}");
    }

    @Test
    void sharesOfTheDifficultyBeforeAreGoodStill() throws IOException {
        EdgeGateway steering = gatewayTo(
                pool, EdgeGateway.Plan.EASY.with(new VardiffConfig(false, 60, PoolScript.EASY, 100 * PoolScript.EASY)));
        Firmware miner = connectsTo(steering, Dialect.CGMINER).logsIn();
        Hasher.Work before = miner.hearsWork();
        pool.setTarget(10 * PoolScript.EASY);
        pool.newJob();
        assertThat(miner.hearsWork().difficulty()).isGreaterThan(before.difficulty());
        assertThat(miner.submits(miner.finds(before)).result().asBoolean()).isTrue();
        miner.mines(1);
    }

    @ParameterizedTest
    @CsvSource({"x, 1", "d=3, 4", "d=100, 128", "d=1000, 1024", "d=60000, 65536", "d=1000000, 65536"})
    void aProfileMayAskForPowersOfTwo(String password, long told) throws IOException {
        EdgeGateway even = gatewayTo(
                pool("even", PoolScript.GOOD.atDifficulty(70_000)),
                EdgeGateway.Plan.EASY.with(new VardiffConfig(true, 20, 1, 1)).withProfiles(POWERS_OF_TWO));
        connectsTo(even, Dialect.CGMINER.withPassword(password))
                .logsIn()
                .hears("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[" + told + "]}");
    }

    @Test
    void aPowerOfTwoBelowOneIsMinedAndItsSharesAreGood() throws IOException {
        Firmware miner = connectsTo(gatewayTo(pool, EdgeGateway.Plan.EASY.withProfiles(POWERS_OF_TWO)), Dialect.CGMINER)
                .logsIn();
        assertThat(miner.hearsWork().difficulty()).isEqualTo(Math.scalb(1.0, -30));
        miner.mines(2);
    }

    @ParameterizedTest
    @CsvSource({"ffffffff, 1fffe000", "1fffe000, 1fffe000", "00c00000, 00c00000", "3fffe000, 1fffe000"})
    void theMaskIsWhatTheMinerAskedForAndEverybodyAllows(String asked, String granted) throws IOException {
        connects(Dialect.CGMINER_VMASK)
                .says("{\"id\": 0, \"method\": \"mining.configure\", \"params\": [[\"version-rolling\"], "
                        + "{\"version-rolling.mask\": \"" + asked + "\"}]}")
                .hears("{\"id\":0,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"" + granted
                        + "\"},\"error\":null}");
    }

    @Test
    void rollingIsRefusedOnlyWhereThePoolForbidsIt() throws IOException {
        EdgeGateway fixed = gatewayTo(pool("fixed", PoolScript.GOOD.versions(PoolScript.Versions.FIXED)));
        connectsTo(fixed, Dialect.CGMINER).logsIn().hearsWork();
        connectsTo(fixed, Dialect.CGMINER_VMASK)
                .says(Dialect.CGMINER_VMASK.login().getFirst())
                .hears("{\"id\":0,\"result\":{\"version-rolling\":false},\"error\":null}");
    }

    @Test
    void aJobIsRepeatedAfterThirtySecondsAtMostWithALaterTimeOnTheSameTipAndNotClean() throws IOException {
        assertThat(Sv1Config.DEFAULT.keepalive()).isLessThanOrEqualTo(Duration.ofSeconds(30));
        // Times are whole seconds, and a clock that is being set right may say that one has not quite passed.
        EdgeGateway lively = gatewayTo(
                pool,
                EdgeGateway.Plan.EASY.with(new Sv1Config(Sv1Config.DEFAULT.versionMask(), Duration.ofSeconds(2))));
        Firmware miner = connectsTo(lively, Dialect.CGMINER).logsIn();
        Hasher.Work first = miner.hearsWork();
        Hasher.Work again = miner.hearsWork();
        assertThat(again.cleanJobs()).isFalse();
        assertThat(again.prevHash()).isEqualTo(first.prevHash());
        assertThat(Long.parseLong(again.ntime(), 16)).isGreaterThan(Long.parseLong(first.ntime(), 16));
    }

    @Test
    void theTimeMayBeRolledForSevenThousandSecondsAndNotForThreeHours() throws IOException {
        Firmware miner = mining(Dialect.CGMINER);
        assertThat(miner.submits(miner.findsLater(7000)).result().asBoolean()).isTrue();
        assertThat(miner.submits(miner.findsLater(3 * 3600)).line()).contains("[21,\"ntime too new\",null]");
        assertThat(miner.submits(miner.findsLater(-3600)).line()).contains("[21,\"ntime too old\",null]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"difficulty|512", "difficulty|\"512\"", "difficulty|0.5", "difficulty|0", "target|\"00ff\""})
    void aSuggestionOfAnyFormAndAtAnyTimeIsAnsweredWithTrue(String suggestion) throws IOException {
        String[] parts = suggestion.split("\\|");
        String line = "{\"id\": %s, \"method\": \"mining.suggest_" + parts[0] + "\", \"params\": [" + parts[1] + "]}";
        Firmware miner = connects(Dialect.CGMINER)
                .says(line.formatted("8"))
                .hears("{\"id\":8,\"result\":true,\"error\":null}")
                .says(line.formatted("null"))
                .logsIn();
        miner.hearsWork();
        miner.says(line.formatted("9")).hears("{\"id\":9,\"result\":true,\"error\":null}");
    }

    @ParameterizedTest
    @CsvSource({"d=64, 64", "diff=64, 64", "'x,d=64', 64", "x, 1", "'', 1"})
    void thePasswordMayAskForADifficulty(String password, long told) throws IOException {
        EdgeGateway earnest = gatewayTo(
                pool("earnest", PoolScript.GOOD.atDifficulty(5000)),
                EdgeGateway.Plan.EASY.with(new VardiffConfig(true, 20, 1, 1)));
        connectsTo(
                        earnest,
                        Dialect.CGMINER.loggingIn(
                                "{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": []}",
                                "{\"id\": 2, \"method\": \"mining.authorize\", \"params\": [\"USER\", \"" + password
                                        + "\"]}"))
                .logsIn()
                .hears("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[" + told + "]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "account.worker",
                "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq.rig",
                "account%2Eworker",
                "account.w\u00f6rker"
            })
    void usersOfEveryFormMine(String user) throws IOException {
        Firmware miner = connects(Dialect.CGMINER, user).logsIn();
        miner.hearsWork();
        miner.mines(1);
    }

    @Test
    void anotherPoolIsOneCleanJobAndNeitherAReconnectNorAnotherExtranonce() throws IOException {
        ScriptedSv2Pool next = pool("B", PoolScript.GOOD.withPrefix("0102030405060708"));
        EdgeGateway two = gatewayTo(pool, next);
        Firmware miner = connectsTo(two, Dialect.CGMINER_VMASK).logsIn();
        miner.hearsWork();
        miner.mines(1);
        String extranonce1 = miner.extranonce1();
        pool.die();
        assertThat(miner.hearsWork().cleanJobs()).isTrue();
        miner.mines(2);
        next.awaitGoodShares(2);
        assertThat(miner.extranonce1()).isEqualTo(extranonce1);
        assertThat(miner.transcript())
                .noneMatch(line -> line.contains("client.reconnect") || line.contains("mining.set_extranonce"));
    }
}
