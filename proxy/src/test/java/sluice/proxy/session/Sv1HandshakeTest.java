package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.route.RouteUpdate;

/** How miners set up, each in its firmware's own words. */
class Sv1HandshakeTest {
    private static final String SUBSCRIBED = "\"result\":[[[\"mining.set_difficulty\",\"01000000\"],"
            + "[\"mining.notify\",\"01000000\"]],\"01000000\",4],\"error\":null}";
    private static final String DIFFICULTY =
            "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[0.000000001]}";

    private final Sv1Farm farm = Sv1Farm.working(Sv1Farm.EASY);
    private final Sv1Miner miner = farm.connect();

    @Test
    void cgminerWithVersionMaskHearsItsConfigureAnsweredOnTheVeryNextLine() {
        assertThat(miner.says("{\"id\": 0, \"method\": \"mining.configure\", \"params\": [[\"version-rolling\"], "
                        + "{\"version-rolling.mask\": \"ffffffff\"}]}"))
                .containsExactly("{\"id\":0,\"result\":{\"version-rolling\":true,"
                        + "\"version-rolling.mask\":\"1fffe000\"},\"error\":null}");
        assertThat(miner.says("{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": [\"cgminer/4.11.1\"]}"))
                .containsExactly("{\"id\":1," + SUBSCRIBED);
        List<String> afterAuthorize =
                miner.says("{\"id\": 2, \"method\": \"mining.authorize\", \"params\": [\"w\", \"x\"]}");
        assertThat(afterAuthorize).hasSize(3);
        assertThat(afterAuthorize.get(0)).isEqualTo("{\"id\":2,\"result\":true,\"error\":null}");
        assertThat(afterAuthorize.get(1)).isEqualTo(DIFFICULTY);
        assertThat(afterAuthorize.get(2)).contains("mining.notify").endsWith(",true]}");
    }

    @Test
    void espMinerPipelinesItsWholeSetupAndHearsTheAnswersInOrder() {
        miner.says("{\"id\": 1, \"method\": \"mining.configure\", \"params\": [[\"version-rolling\"], "
                + "{\"version-rolling.mask\": \"ffffffff\"}]}");
        miner.says("{\"id\": 2, \"method\": \"mining.subscribe\", \"params\": [\"bitaxe/BM1370/v2.5.0\"]}");
        miner.says("{\"id\": 3, \"method\": \"mining.authorize\", \"params\": [\"w\", \"x\"]}");
        miner.says("{\"id\": 4, \"method\": \"mining.suggest_difficulty\", \"params\": [1000]}");
        List<String> lines = miner.hears();
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).startsWith("{\"id\":1,").contains("\"error\":null");
        assertThat(lines.get(1)).startsWith("{\"id\":2,").contains("\"error\":null");
        assertThat(lines.get(2)).startsWith("{\"id\":3,").contains("\"error\":null");
        assertThat(lines.get(3)).isEqualTo(DIFFICULTY);
        assertThat(lines.get(4)).contains("mining.notify");
        assertThat(lines.get(5)).isEqualTo("{\"id\":4,\"result\":true,\"error\":null}");
    }

    @Test
    void bfgminerSuggestsATargetWithoutIdBeforeItSubscribesAndHearsNothingOfIt() {
        assertThat(miner.says("{\"id\":null,\"method\":\"mining.suggest_target\",\"params\":"
                        + "[\"00000fffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"]}"))
                .isEmpty();
        assertThat(miner.says("{\"id\":null,\"method\":\"mining.capabilities\",\"params\":[{\"notify\":[]}]}"))
                .isEmpty();
        assertThat(miner.says("{\"method\":\"mining.suggest_difficulty\",\"params\":[2]}"))
                .isEmpty();
        assertThat(miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"bfgminer/5.5.0\"]}"))
                .containsExactly("{\"id\":1," + SUBSCRIBED);
        assertThat(miner.disconnected).isEmpty();
    }

    @Test
    void cpuminerReadsOneLineBehindSubscribeAndItIsTheAnswer() {
        assertThat(miner.says("{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": [\"cpuminer/2.5.1\"]}"))
                .hasSize(1)
                .first()
                .isEqualTo("{\"id\":1," + SUBSCRIBED);
        assertThat(miner.says("{\"id\": 2, \"method\": \"mining.authorize\", \"params\": [\"w\", \"x\"]}")
                        .getFirst())
                .startsWith("{\"id\":2,\"result\":true");
        assertThat(miner.says("{\"id\": 3, \"method\": \"mining.extranonce.subscribe\", \"params\": []}"))
                .containsExactly("{\"id\":3,\"result\":true,\"error\":null}");
    }

    @Test
    void cpuminerSubscribesOnceMoreWithoutParamsAndKeepsItsExtranonce() {
        miner.says("{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": [\"cpuminer/2.5.1\", \"old-session\"]}");
        assertThat(miner.says("{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": []}"))
                .containsExactly("{\"id\":1," + SUBSCRIBED);
        assertThat(farm.indexes.inUse()).isEqualTo(1);
    }

    @Test
    void vnishConfiguresThreeExtensionsAtOnceAndHearsOfEach() {
        assertThat(miner.says("{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\","
                        + "\"minimum-difficulty\",\"subscribe-extranonce\"],{\"version-rolling.mask\":\"1fffe000\","
                        + "\"version-rolling.min-bit-count\":16,\"minimum-difficulty.value\":150000}]}"))
                .containsExactly("{\"id\":1,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\","
                        + "\"minimum-difficulty\":true,\"subscribe-extranonce\":true},\"error\":null}");
    }

    @Test
    void hearsFalseOfAnExtensionNobodyKnows() {
        assertThat(miner.says("{\"id\":\"c1\",\"method\":\"mining.configure\",\"params\":[[\"info\",\"warp-drive\","
                        + "\"minimum-difficulty\"],{\"info.hw-version\":\"7\"}]}"))
                .containsExactly("{\"id\":\"c1\",\"result\":{\"info\":true,\"warp-drive\":false,"
                        + "\"minimum-difficulty\":false},\"error\":null}");
    }

    @Test
    void luxOsAuthorizesFirstAndGetsWorkRightBehindItsSubscription() {
        assertThat(miner.says("{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"w\",null]}"))
                .containsExactly("{\"id\":1,\"result\":true,\"error\":null}");
        List<String> lines = miner.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[\"LUXminer\",null]}");
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).isEqualTo("{\"id\":2," + SUBSCRIBED);
        assertThat(lines.get(1)).isEqualTo(DIFFICULTY);
        assertThat(lines.get(2)).contains("mining.notify").endsWith(",true]}");
    }

    @Test
    void oldBitmainAsksForMultiVersionAndNiceHashSubscribesWithItsSignature() {
        assertThat(miner.says("{\"id\":1,\"method\":\"mining.multi_version\",\"params\":[4]}"))
                .containsExactly("{\"id\":1,\"result\":true,\"error\":null}");
        assertThat(miner.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":"
                        + "[\"NiceHash/1.0.0\",1700000000,\"c0ffee\"]}"))
                .containsExactly("{\"id\":2," + SUBSCRIBED);
    }

    @Test
    void everythingIsAnsweredWhileNoUpstreamIsConnectedAndWorkFollowsWhenItComes() {
        Sv1Farm idle = new Sv1Farm(Sv1Farm.EASY);
        Sv1Miner early = idle.connect();
        assertThat(early.says("{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],"
                        + "{\"version-rolling.mask\":\"00c00000\"}]}"))
                .first()
                .asString()
                .contains("\"version-rolling.mask\":\"00c00000\"");
        assertThat(early.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[]}"))
                .hasSize(1);
        assertThat(early.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"w\",\"\"]}"))
                .containsExactly("{\"id\":3,\"result\":true,\"error\":null}");
        early.hears();
        idle.upstream(Sv1Farm.EASIEST, true);
        assertThat(early.hears()).isEmpty();
        idle.update(new RouteUpdate.TipChanged(idle.job(1, VectorJobs.SHARE_TIP)));
        List<String> lines = early.hears();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).isEqualTo(DIFFICULTY);
        assertThat(lines.get(1)).contains("mining.notify").endsWith(",true]}");
    }

    @Test
    void nothingIsPushedToAMinerThatHasNotDoneBoth() {
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.hears();
        farm.update(new RouteUpdate.TipChanged(farm.job(2, Sv1Farm.nextTip())));
        farm.update(new RouteUpdate.JobRepeated(farm.job(3, Sv1Farm.nextTip())));
        farm.upstream(Sv1Farm.EASIEST, true);
        assertThat(miner.hears()).isEmpty();
    }

    @Test
    void idsComeBackAsTheyWereWritten() {
        assertThat(miner.says("{\"id\":\"a\\u0062\",\"method\":\"mining.ping\",\"params\":[]}"))
                .first()
                .asString()
                .endsWith("\"result\":\"pong\",\"error\":null}");
        assertThat(miner.says("{\"id\":4294967296123,\"method\":\"mining.ping\"}"))
                .containsExactly("{\"id\":4294967296123,\"result\":\"pong\",\"error\":null}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":9,\"method\":\"mining.get_transactions\",\"params\":[\"1\"]}",
                "{\"id\":9,\"method\":\"mining.capabilities\",\"params\":[]}",
                "{\"id\":9,\"method\":\"mining.dance\",\"params\":[1]}"
            })
    void whatIsNotSupportedIsRefusedAndTheMinerStays(String request) {
        assertThat(miner.says(request))
                .containsExactly("{\"id\":9,\"result\":null,\"error\":[20,\"Not supported.\",null]}");
        assertThat(miner.disconnected).isEmpty();
    }

    @Test
    void paramsThatMakeNoSenseAreRefusedAndTheMinerStays() {
        assertThat(miner.says("{\"id\":9,\"method\":\"mining.suggest_difficulty\",\"params\":[\"hard\"]}"))
                .first()
                .asString()
                .contains("\"result\":null,\"error\":[27,");
        assertThat(miner.says("{\"id\":null,\"method\":\"mining.authorize\",\"params\":[{}]}"))
                .isEmpty();
        assertThat(miner.disconnected).isEmpty();
    }

    @Test
    void anAnswerToNobodysQuestionIsIgnored() {
        assertThat(miner.says("{\"id\":1,\"result\":\"cgminer/4.12\",\"error\":null}"))
                .isEmpty();
        assertThat(miner.disconnected).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1",
                "{\"id\":1,\"method\":\"mining.subscribe\"",
                "[1,2]",
                "{\"id\":1}",
                "\u0003\u0000"
            })
    void aLineThatIsNoStratumMessageEndsTheConnectionWithAReason(String line) {
        assertThat(miner.says(line)).isEmpty();
        assertThat(miner.disconnected).isPresent().get().asString().matches("[a-z-]+");
        miner.gets(new MinerInput.DeadlineReached(MinerDeadline.SETUP));
        assertThat(miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}"))
                .isEmpty();
    }

    @Test
    void aMinerThatDoesNotSetUpInTimeIsDisconnected() {
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        assertThat(miner.deadlines.get(MinerDeadline.SETUP)).isEqualTo(farm.now.plus(Sv1Farm.HANDSHAKE));
        miner.reaches(MinerDeadline.SETUP);
        assertThat(miner.disconnected).hasValue("setup-timeout");
    }

    @Test
    void aMinerThatIsSetUpMayStayAlsoWithoutWork() {
        Sv1Farm idle = new Sv1Farm(Sv1Farm.EASY);
        Sv1Miner early = idle.mining();
        early.reaches(MinerDeadline.SETUP);
        assertThat(early.disconnected).isEmpty();
    }

    @Test
    void aSilentMinerIsDisconnectedAfterTheIdleTimeoutAndATalkingOneIsNot() {
        Sv1Miner talking = farm.mining();
        farm.now = farm.now.plusSeconds(600);
        talking.says("{\"id\":5,\"method\":\"mining.ping\",\"params\":[]}");
        var heard = farm.now;
        talking.reaches(MinerDeadline.IDLE);
        assertThat(talking.disconnected).isEmpty();
        assertThat(talking.deadlines.get(MinerDeadline.IDLE)).isEqualTo(heard.plus(Sv1Farm.IDLE));
        talking.reaches(MinerDeadline.IDLE);
        assertThat(talking.disconnected).hasValue("idle-timeout");
    }

    @Test
    void aMinerForWhomNoExtranonceIsLeftHearsSoAndIsDisconnected() {
        Sv1Farm small = new Sv1Farm(Sv1Farm.EASY, Sv1Farm.MASK, new ExtranonceIndexes(0, 1, 0xffffffffL, 1));
        small.mining();
        Sv1Miner second = small.connect();
        assertThat(second.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}"))
                .containsExactly("{\"id\":1,\"result\":null,\"error\":[20,\"No extranonce is free\",null]}");
        assertThat(second.disconnected).hasValue("extranonce-exhausted");
        second.closes();
        assertThat(small.indexes.inUse()).isEqualTo(1);
    }

    @Test
    void manyWorkersMayBeAuthorisedOnOneConnectionUpToTheLimit() {
        for (int i = 1; i <= Sv1MinerSession.MAX_WORKERS; i++) {
            assertThat(miner.says(
                            "{\"id\":%d,\"method\":\"mining.authorize\",\"params\":[\"w%d\",\"x\"]}".formatted(i, i)))
                    .containsExactly("{\"id\":%d,\"result\":true,\"error\":null}".formatted(i));
        }
        assertThat(miner.says("{\"id\":900,\"method\":\"mining.authorize\",\"params\":[\"w1\",\"x\"]}"))
                .containsExactly("{\"id\":900,\"result\":true,\"error\":null}");
        assertThat(miner.says("{\"id\":901,\"method\":\"mining.authorize\",\"params\":[\"one-more\",\"x\"]}"))
                .first()
                .asString()
                .contains("\"result\":null,\"error\":[24,");
        assertThat(miner.disconnected).isEmpty();
    }

    @Test
    void operatorsHearOfTheChannelOnceWithAPresentableName() {
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"acct\\u001b[31m.w1\\n\",\"x\"]}");
        miner.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"other\",\"x\"]}");
        assertThat(miner.events(GatewayEvent.ChannelOpened.class))
                .singleElement()
                .satisfies(opened -> assertThat(opened.userIdentity()).isEqualTo("acct[31m.w1"));
    }

    @Test
    void theIndexGoesBackAndTheChannelIsReportedClosedWhenTheMinerLeaves() {
        Sv1Miner other = farm.mining();
        assertThat(farm.indexes.inUse()).isEqualTo(1);
        other.closes();
        assertThat(farm.indexes.inUse()).isZero();
        assertThat(other.events(GatewayEvent.ChannelClosed.class))
                .singleElement()
                .satisfies(closed -> assertThat(closed.reason()).isEqualTo("closed-by-miner"));
        assertThat(other.session.nominalHashrate()).isZero();
        miner.closes();
        assertThat(miner.events(GatewayEvent.ChannelClosed.class)).isEmpty();
        assertThat(farm.indexes.inUse()).isZero();
    }
}
