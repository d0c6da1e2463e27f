package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.Sv1PoolConversation.EXTRANONCE1;
import static sluice.upstream.session.Sv1PoolConversation.PREV_HASH;
import static sluice.upstream.session.Sv1PoolConversation.share;
import static sluice.upstream.session.Sv1PoolConversation.subscribed;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

class Sv1PoolSessionOpeningTest {
    private final Sv1PoolConversation pool = new Sv1PoolConversation();

    @Test
    void asksForVersionRollingBeforeAnythingElse() {
        pool.connect();

        assertThat(pool.takeLines())
                .containsExactly(
                        "{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],{\"version-rolling.mask\":\"1fffe000\"}]}");
    }

    @Test
    void subscribesUnderItsOwnNameOnceConfigureIsAnswered() {
        pool.configure();

        assertThat(pool.takeLines())
                .last()
                .isEqualTo("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[\"Sluice/0.1.0\"]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nicehash",
                "whatsminer",
                "bitaxe",
                "powerplay",
                "xminer",
                "antminer",
                "bosminer",
                "cgminer",
                "bfgminer",
                "cpuminer"
            })
    void isTakenForNoFirmwareThatPoolsTreatSpecially(String firmware) {
        assertThat(Sv1PoolConversation.SETTINGS.userAgent().toLowerCase(Locale.ROOT))
                .doesNotContain(firmware);
    }

    @Test
    void authorizesOnceItIsSubscribed() {
        pool.subscribe();

        assertThat(pool.takeLines())
                .last()
                .isEqualTo("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"farm\",\"x\"]}");
    }

    @Test
    void asksToBeToldOfExtranoncesOnlyWhenItIsAuthorized() {
        pool.subscribe();
        pool.takeAll();

        pool.answer(3, "true");

        assertThat(pool.takeLines())
                .containsExactly("{\"id\":4,\"method\":\"mining.extranonce.subscribe\",\"params\":[]}");
    }

    @Test
    void neverShowsThePassword() {
        pool.subscribe();

        assertThat(pool.takeAll().toString()).contains("password=***").doesNotContain("password=x");
        assertThat(Sv1PoolConversation.SETTINGS.toString()).contains("password=***");
    }

    @Test
    void opensItsChannelWithTheFirstJob() {
        pool.authorize();
        assertThat(pool.takeEvents()).isEmpty();

        pool.call("mining.set_difficulty", "[1024]").notify("j1", PREV_HASH, true);

        assertThat(pool.takeEvents())
                .hasSize(3)
                .startsWith(new UpstreamEvent.ChannelOpened(new UpstreamChannel(
                        "eu.pool.example:3333", Bytes.fromHex(EXTRANONCE1), 8, Difficulty.targetOf(1024), true)));
    }

    @Test
    void takesJobAndDifficultyThatComeBeforeTheAnswers() {
        pool.connect()
                .call("mining.set_difficulty", "[512]")
                .notify("early", PREV_HASH, true)
                .answer(1, "{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"}")
                .call("mining.set_difficulty", "[1024]")
                .answer(2, subscribed(EXTRANONCE1, 8))
                .notify("newer", PREV_HASH, true)
                .call("client.show_message", "[\"welcome\"]");
        assertThat(pool.takeEvents()).isEmpty();

        pool.answer(3, "true");

        List<UpstreamEvent> events = pool.takeEvents();
        assertThat(events).hasSize(3);
        assertThat(((UpstreamEvent.ChannelOpened) events.getFirst()).channel().target())
                .isEqualTo(Difficulty.targetOf(1024));
        assertThat(pool.command(share(1)).takeLines())
                .singleElement()
                .asString()
                .contains("\"newer\"");
    }

    @Test
    void waitsForTheDifficultyWhereItComesBehindTheFirstJob() {
        pool.authorize().notify("j1", PREV_HASH, true);
        assertThat(pool.takeAll())
                .contains(new PoolAction.SetDeadline(
                        PoolDeadline.DIFFICULTY, pool.now.plus(PoolDeadline.DIFFICULTY.patience())))
                .noneMatch(PoolAction.Emit.class::isInstance);

        pool.call("mining.set_difficulty", "[65536]");

        List<UpstreamEvent> events = pool.takeEvents();
        assertThat(((UpstreamEvent.ChannelOpened) events.getFirst()).channel().target())
                .isEqualTo(Difficulty.targetOf(65536));
        assertThat(pool.reach(PoolDeadline.DIFFICULTY).takeAll()).isEmpty();
    }

    @Test
    void waitsForTheDifficultyNoLongerWhenJobsFollowEachOther() {
        pool.authorize().notify("j1", PREV_HASH, true).notify("j2", PREV_HASH, false);

        assertThat(pool.takeAll())
                .filteredOn(action ->
                        action instanceof PoolAction.SetDeadline set && set.deadline() == PoolDeadline.DIFFICULTY)
                .hasSize(1);
        pool.reach(PoolDeadline.DIFFICULTY);
        assertThat(pool.command(share(1)).takeLines())
                .singleElement()
                .asString()
                .contains("\"j2\"");
    }

    @Test
    void minesForDifficultyOneWhereThePoolNamesNone() {
        pool.authorize().notify("j1", PREV_HASH, true).reach(PoolDeadline.DIFFICULTY);

        assertThat(((UpstreamEvent.ChannelOpened) pool.takeEvents().getFirst())
                        .channel()
                        .target())
                .isEqualTo(Target.DIFFICULTY_1);
    }

    @Test
    void doesNotEaseAJobThatWasAnnouncedForAHarderDifficulty() {
        pool.subscribe()
                .call("mining.set_difficulty", "[1024]")
                .notify("j1", PREV_HASH, true)
                .call("mining.set_difficulty", "[16]")
                .answer(3, "true");

        assertThat(((UpstreamEvent.ChannelOpened) pool.takeEvents().getFirst())
                        .channel()
                        .target())
                .isEqualTo(Difficulty.targetOf(1024));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1,\"result\":null,\"error\":[-3,\"Method not found\",null]}",
                "{\"id\":1,\"result\":false,\"error\":null}",
                "{\"id\":1,\"result\":{\"version-rolling\":false},\"error\":null}",
                "{\"id\":1,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"00000000\"},\"error\":null}",
                "{\"id\":1,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"00000fff\"},\"error\":null}",
                "{\"id\":1,\"error\":{\"code\":-32601,\"message\":\"unknown\"}}"
            })
    void goesOnWithoutVersionRollingWhereThePoolDoesNotGrantIt(String answer) {
        pool.connect().receive(answer);

        assertThat(pool.takeLines()).last().asString().contains("mining.subscribe");
        pool.answer(2, subscribed(EXTRANONCE1, 8))
                .answer(3, "true")
                .call("mining.set_difficulty", "[1]")
                .notify("j1", PREV_HASH, true);
        List<UpstreamEvent> events = pool.takeEvents();
        assertThat(((UpstreamEvent.ChannelOpened) events.get(0)).channel().versionRollingAllowed())
                .isFalse();
        assertThat(((UpstreamEvent.JobAnnounced) events.get(1)).job().versionRollingAllowed())
                .isFalse();
    }

    @Test
    void goesOnWithoutVersionRollingWhereThePoolSaysNothing() {
        pool.connect().later(PoolDeadline.CONFIGURE.patience()).reach(PoolDeadline.CONFIGURE);

        assertThat(pool.takeLines()).last().asString().contains("mining.subscribe");
    }

    @Test
    void doesWithoutConfigureAfterThePoolHungUpOnItTwice() {
        PoolInput.Disconnected hungUp = new PoolInput.Disconnected("the pool closed the connection");
        pool.connect().input(hungUp).connect().input(hungUp);
        assertThat(pool.takeLines()).hasSize(2).allMatch(line -> line.contains("mining.configure"));

        pool.connect();

        assertThat(pool.takeLines())
                .containsExactly("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"Sluice/0.1.0\"]}");
        pool.input(hungUp).takeAll();
        assertThat(pool.connect().takeLines()).singleElement().asString().contains("mining.configure");
    }

    /** DATUM Gateway drops everybody, again and again, while it has no pool itself. */
    @Test
    void keepsConfiguringAPoolThatAnsweredItOnce() {
        PoolInput.Disconnected hungUp = new PoolInput.Disconnected("the pool closed the connection");
        pool.configure().input(hungUp);
        for (int drop = 0; drop <= Sv1PoolSession.MAX_CONFIGURE_FAILURES; drop++) {
            pool.takeAll();
            assertThat(pool.connect().takeLines()).singleElement().asString().contains("mining.configure");
            pool.input(hungUp);
        }
    }

    @Test
    void asksForItsEarlierSessionWhenItComesBack() {
        pool.mine().input(new PoolInput.Disconnected("the pool closed the connection"));
        pool.takeAll();

        pool.configure();

        assertThat(pool.takeLines())
                .last()
                .isEqualTo("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[\"Sluice/0.1.0\",\"session-7\"]}");
    }

    @Test
    void asksForItsEarlierExtranonceWhereTheSessionHadNoName() {
        pool.configure().answer(2, "[[],\"" + EXTRANONCE1 + "\",8]").input(new PoolInput.Disconnected("gone"));
        pool.takeAll();

        pool.configure();

        assertThat(pool.takeLines())
                .last()
                .isEqualTo("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[\"Sluice/0.1.0\",\"08000002\"]}");
    }

    @ParameterizedTest
    @CsvSource({"256, true", "257, false"})
    void keepsTheNameOfASessionUpToItsLimit(int length, boolean kept) {
        String name = "s".repeat(length);
        pool.configure()
                .answer(2, "[[[\"mining.notify\",\"" + name + "\"]],\"" + EXTRANONCE1 + "\",8]")
                .input(new PoolInput.Disconnected("gone"));
        pool.takeAll();

        pool.configure();

        assertThat(pool.takeLines()).last().asString().contains(kept ? name : "\"08000002\"");
    }

    @Test
    void takesWhatThePoolGivesInsteadOfTheEarlierSession() {
        pool.mine().input(new PoolInput.Disconnected("gone"));
        pool.takeAll();

        pool.configure()
                .answer(2, subscribed("0a0b", 10))
                .answer(3, "true")
                .call("mining.set_difficulty", "[1]")
                .notify("j1", PREV_HASH, true);

        UpstreamChannel channel =
                ((UpstreamEvent.ChannelOpened) pool.takeEvents().getFirst()).channel();
        assertThat(channel.extranoncePrefix()).isEqualTo(Bytes.fromHex("0a0b"));
        assertThat(channel.extranonceSize()).isEqualTo(10);
    }

    @Test
    void subscribesWithFewerParamsEachTimeThePoolRefuses() {
        pool.mine().input(new PoolInput.Disconnected("gone"));
        pool.takeAll();

        pool.configure().refuse(2, "[20,\"too many params\",null]").refuse(3, "[20,\"still\",null]");

        assertThat(pool.takeLines())
                .endsWith(
                        "{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[\"Sluice/0.1.0\",\"session-7\"]}",
                        "{\"id\":3,\"method\":\"mining.subscribe\",\"params\":[\"Sluice/0.1.0\"]}",
                        "{\"id\":4,\"method\":\"mining.subscribe\",\"params\":[]}");
        pool.refuse(4, "[20,\"go away\",null]");
        assertLost(Step.OPEN_CHANNEL, "the pool refused mining.subscribe: go away");
    }

    @Test
    void saysWhatAnAnswerLooksLikeThatIsNoSubscription() {
        pool.configure().answer(2, "[[],\"" + "ab".repeat(33) + "\",4]");

        assertLost(
                Step.OPEN_CHANNEL,
                "the pool's answer to mining.subscribe makes no sense: [[],\"" + "ab".repeat(33) + "\",4]");
    }

    @Test
    void reportsAUserThatThePoolRefuses() {
        pool.subscribe().receive("{\"id\":3,\"result\":false,\"error\":[24,\"Unauthorized worker\",null]}");

        assertLost(Step.OPEN_CHANNEL, "the pool refused the user farm: Unauthorized worker");
    }

    @Test
    void reportsAUserThatThePoolRefusesWithoutAReason() {
        pool.subscribe().answer(3, "false");

        assertLost(Step.OPEN_CHANNEL, "the pool refused the user farm: no reason given");
    }

    @ParameterizedTest
    @CsvSource({"4, 8", "4, 12", "0, 8", "24, 8", "0, 32"})
    void takesEveryExtranonceThatServesAFarm(int prefix, int size) {
        pool.configure().answer(2, subscribed("ab".repeat(prefix), size));

        assertThat(pool.takeLines()).last().asString().contains("mining.authorize");
    }

    @Test
    void givesUpAPoolThatLeavesTooLittleExtranonce() {
        pool.configure().answer(2, subscribed(EXTRANONCE1, 7));

        assertLost(
                Step.OPEN_CHANNEL,
                "the pool's extranonce2 has 7 bytes, and sv1.pool_extranonce2_size says that it has at least 8;"
                        + " set it to 7 and start anew");
    }

    @Test
    void givesUpAPoolThatLeavesLessThanCanBeShared() {
        pool.configure().answer(2, subscribed(EXTRANONCE1, 3));

        assertLost(Step.OPEN_CHANNEL, "the pool's extranonce2 has 3 bytes, and a farm cannot share less than 4");
    }

    @Test
    void takesAPoolThatLeavesAsLittleAsTheOperatorSaid() {
        Sv1PoolConversation small = new Sv1PoolConversation(new Sv1PoolSettings(
                "eu.pool.example:3333", "farm", "x", false, false, 4, "0.1.0", PoolConversation.PATIENCE));
        small.connect().configure().answer(2, subscribed(EXTRANONCE1, 4));

        assertThat(small.takeLines()).last().asString().contains("mining.authorize");
    }

    @Test
    void givesUpAPoolWhoseExtranonceIsTooLong() {
        pool.configure().answer(2, subscribed("ab".repeat(25), 8));

        assertLost(
                Step.OPEN_CHANNEL,
                "the pool's extranonce of 33 bytes is longer than 32, the most that miners can take");
    }

    @Test
    void givesUpAPoolThatDoesNotAnswerSubscribe() {
        pool.configure().reach(PoolDeadline.SUBSCRIBE);

        assertLost(Step.OPEN_CHANNEL, "no answer to mining.subscribe from the pool within 10 s");
    }

    @Test
    void givesUpAPoolThatDoesNotAnswerAuthorize() {
        pool.subscribe().reach(PoolDeadline.AUTHORIZE);

        assertLost(Step.OPEN_CHANNEL, "no answer to mining.authorize from the pool within 15 s");
    }

    @Test
    void givesUpAPoolThatHasNoJob() {
        pool.authorize().reach(PoolDeadline.FIRST_JOB);

        assertLost(Step.FIRST_JOB, "no mining.notify from the pool within 60 s");
    }

    @Test
    void setsADeadlineForEachAnswer() {
        pool.mine();

        assertThat(pool.takeAll())
                .filteredOn(PoolAction.SetDeadline.class::isInstance)
                .extracting(action -> ((PoolAction.SetDeadline) action).deadline())
                .containsExactly(
                        PoolDeadline.SILENCE,
                        PoolDeadline.CONFIGURE,
                        PoolDeadline.SUBSCRIBE,
                        PoolDeadline.AUTHORIZE,
                        PoolDeadline.FIRST_JOB,
                        PoolDeadline.NO_JOB);
    }

    @Test
    void isNotDisturbedByDeadlinesOfStepsThatAreOver() {
        pool.mine();
        pool.takeAll();

        pool.reach(PoolDeadline.CONFIGURE)
                .reach(PoolDeadline.SUBSCRIBE)
                .reach(PoolDeadline.AUTHORIZE)
                .reach(PoolDeadline.DIFFICULTY)
                .reach(PoolDeadline.FIRST_JOB);

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void givesUpAPoolThatFallsSilent() {
        pool.mine().later(Duration.ofSeconds(100)).call("mining.ping", "[]");
        pool.takeAll();

        pool.later(Duration.ofSeconds(20)).reach(PoolDeadline.SILENCE);
        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.SetDeadline(PoolDeadline.SILENCE, pool.now.plusSeconds(100)));

        pool.later(Duration.ofSeconds(100)).reach(PoolDeadline.SILENCE);
        assertLost(Step.MINING, "no line from the pool within 120 s");
    }

    @Test
    void reportsHowFarItHadComeWhenTheConnectionBroke() {
        PoolInput.Disconnected broken = new PoolInput.Disconnected("connection reset");
        assertThat(pool.connect().input(broken).takeEvents())
                .containsExactly(new UpstreamEvent.Lost(Step.SETUP, "connection reset"));
        assertThat(pool.configure().input(broken).takeEvents())
                .containsExactly(new UpstreamEvent.Lost(Step.OPEN_CHANNEL, "connection reset"));
        assertThat(pool.mine().input(broken).takeEvents())
                .last()
                .isEqualTo(new UpstreamEvent.Lost(Step.MINING, "connection reset"));
        assertThat(pool.input(broken).takeEvents()).isEmpty();
        assertThat(pool.session.isConversing()).isFalse();
    }

    @Test
    void closesWhenTheRouteSaysSo() {
        pool.mine().command(new UpstreamCommand.Close("switching pools"));

        assertLost(Step.MINING, "closed by us: switching pools");
    }

    @Test
    void hearsNothingMoreOnceTheConversationIsOver() {
        pool.mine().command(new UpstreamCommand.Close("switching pools"));
        pool.takeAll();

        pool.notify("j2", PREV_HASH, true).reach(PoolDeadline.SILENCE).command(new UpstreamCommand.Close("again"));

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void suggestsTheDifficultyThatMinersWantWhereItIsToldTo() {
        Sv1PoolConversation suggesting = new Sv1PoolConversation(Sv1PoolConversation.settings(false, true));
        suggesting.command(demand(5000)).authorize();

        assertThat(suggesting.takeLines())
                .last()
                .isEqualTo("{\"id\":5,\"method\":\"mining.suggest_difficulty\",\"params\":[4096]}");
        assertThat(suggesting.command(demand(8000)).takeLines()).isEmpty();
        assertThat(suggesting.command(demand(9000)).takeLines())
                .containsExactly("{\"id\":6,\"method\":\"mining.suggest_difficulty\",\"params\":[8192]}");
        assertThat(suggesting.command(demand(0.5)).takeLines()).isEmpty();
    }

    @Test
    void suggestsNothingByDefault() {
        pool.command(demand(5000)).authorize().command(demand(100_000));

        assertThat(pool.takeLines()).noneMatch(line -> line.contains("suggest"));
    }

    private static UpstreamCommand.UpdateDemand demand(double difficulty) {
        return new UpstreamCommand.UpdateDemand(1e15, Difficulty.targetOf(difficulty));
    }

    private void assertLost(Step step, String reason) {
        assertThat(pool.takeAll())
                .endsWith(new PoolAction.Emit(new UpstreamEvent.Lost(step, reason)), new PoolAction.Disconnect(reason));
        assertThat(pool.session.isConversing()).isFalse();
    }
}
