package sluice.upstream.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.node.NodeAnswer.Cause;
import sluice.upstream.node.NodeCall.GetBestBlockHash;
import sluice.upstream.node.NodeCall.GetBlockTemplate;
import sluice.upstream.node.NodeCall.GetBlockchainInfo;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent.NewTip;
import sluice.upstream.template.TemplateEvent.Refreshed;
import sluice.upstream.template.TemplateEvent.Unavailable;

class NodeSessionTest {
    private static final NodeAnswer NO_SUCH_METHOD = new NodeAnswer.Refused(-32601, "Method not found");

    private final NodeConversation node = new NodeConversation();

    @Test
    void asksForTheChainThenForATemplateThenForTheNext() {
        node.start();
        assertThat(node.made).containsExactly(new GetBlockchainInfo());
        node.answer(GetBlockchainInfo.class, RecordedAnswer.of("bitcoind/getblockchaininfo"));
        assertThat(node.made.getLast()).isEqualTo(new GetBlockTemplate(1, List.of("segwit"), Optional.empty()));
        node.answer(GetBlockTemplate.class, "gbt_0tx");
        assertThat(node.events).singleElement().isInstanceOf(NewTip.class);
        assertThat(node.template().height()).isEqualTo(111);
        assertThat(node.made.getLast())
                .isEqualTo(new GetBlockTemplate(
                        2,
                        List.of("segwit"),
                        Optional.of("2350a5cf3f91ff23aef9dc1db17dd50c26ea6e6c9e733e592886d243b61c5ead111")));
    }

    @Test
    void whoNeedsMoreRoomThanIsLeftAnywayHasTheNodesTemplatesReadAnew() {
        node.startWith("gbt_20tx");
        long longPoll = node.longPoll();
        int asked = node.made.size();
        node.feed(new NodeInput.Requested(new TemplateCommand.ReserveCoinbase(new CoinbaseReserve(750, 400))));
        assertThat(node.made).hasSize(asked);

        CoinbaseReserve large = new CoinbaseReserve(751, 400);
        node.feed(new NodeInput.Requested(new TemplateCommand.ReserveCoinbase(large)));
        assertThat(node.cancelled).containsExactly(longPoll);
        assertThat(node.made.getLast()).isEqualTo(new GetBlockTemplate(3, List.of("segwit"), Optional.empty(), large));
        node.answer(GetBlockTemplate.class, "gbt_20tx");
        assertThat(node.events).as("it left as much before").hasSize(1);
        assertThat(((GetBlockTemplate) node.open.get(node.longPoll())).room()).isEqualTo(large);
    }

    @Test
    void onSignetTheSignetRuleIsNamedAsWell() {
        node.start().answer(GetBlockchainInfo.class, NodeConversation.chain("signet"));
        assertThat(node.made.getLast())
                .isEqualTo(new GetBlockTemplate(1, List.of("segwit", "signet"), Optional.empty()));
    }

    @Test
    void aNodeThatDemandsTheSignetRuleGetsItThoughItDoesNotNameItsChain() {
        node.start().answer(GetBlockchainInfo.class, NO_SUCH_METHOD);
        node.answer(GetBlockTemplate.class, RecordedAnswer.of("bitcoind/errors/gbt_signet_isolated"));
        assertThat(node.made.getLast())
                .isEqualTo(new GetBlockTemplate(2, List.of("segwit", "signet"), Optional.empty()));
        assertThat(node.events).isEmpty();
    }

    @Test
    void aNodeWhoseWhitelistLeavesOutItsChainIsUsedAllTheSame() {
        node.start().answer(GetBlockchainInfo.class, RecordedAnswer.of("bitcoind/errors/rpcwhitelist_403"));
        assertThat(node.isOpen(GetBlockTemplate.class)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "main, 0, 0, true",
        "main, 800000, 900000, true",
        "testnet4, 10, 500, true",
        "testnet4, 0, 0, false",
        "regtest, 0, 0, false"
    })
    void aNodeThatHasNotAllOfItsChainYetGivesNoWork(String chain, long blocks, long headers, boolean waits) {
        node.start().answer(GetBlockchainInfo.class, new NodeAnswer.ChainTold(chain, true, blocks, headers));
        assertThat(node.isOpen(GetBlockTemplate.class)).isEqualTo(!waits);
        if (waits) {
            assertThat(node.unavailable())
                    .contains("initial block download")
                    .contains(blocks + " blocks of " + headers);
            node.pass(NodeDeadline.RETRY.patience());
            assertThat(node.isOpen(GetBlockchainInfo.class)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gbt_mainnet_isolated, Bitcoin Core is not connected! (-9)",
        "error_warmup_-28, Loading block index… (-28)",
        "work_queue_exceeded_503, Work queue depth exceeded",
        "rpcwhitelist_403, does not let us call getblocktemplate",
        "wrong_password, does not take our user and password"
    })
    void whatKeepsTheNodeFromGivingATemplateIsSaidAndTriedAgain(String recorded, String words) {
        node.start().answer(GetBlockchainInfo.class, NodeConversation.chain("main"));
        node.answer(GetBlockTemplate.class, RecordedAnswer.of("bitcoind/errors/" + recorded));
        assertThat(node.unavailable()).contains(words);
        assertThat(node.notes.getLast().text()).contains(words);
        node.pass(NodeDeadline.RETRY.patience());
        node.answer(GetBlockchainInfo.class, NodeConversation.chain("main"));
        node.answer(GetBlockTemplate.class, "gbt_0tx");
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
    }

    @Test
    void theTextOfAWarmUpChangesAndEachIsSaidOnce() {
        node.start();
        for (String text : List.of("Loading block index…", "Loading block index…", "Verifying blocks…")) {
            node.answer(GetBlockchainInfo.class, new NodeAnswer.Refused(-28, text));
            node.pass(NodeDeadline.RETRY.patience());
        }
        assertThat(node.events)
                .containsExactly(
                        new Unavailable("the node says: Loading block index… (-28)"),
                        new Unavailable("the node says: Verifying blocks… (-28)"));
    }

    @Test
    void aLostNodeIsTriedForEver() {
        node.start();
        for (int attempt = 0; attempt < 200; attempt++) {
            node.answer(GetBlockchainInfo.class, NodeConversation.unreachable());
            node.pass(NodeDeadline.RETRY.patience());
        }
        node.answer(GetBlockchainInfo.class, NodeConversation.chain("main"));
        node.answer(GetBlockTemplate.class, "gbt_0tx");
        assertThat(node.events).hasSize(2).last().isInstanceOf(NewTip.class);
    }

    @Test
    void theLastTemplateOfALostNodeIsUsedForAMinute() {
        node.startWith("gbt_0tx");
        node.answer(node.longPoll(), NodeConversation.unreachable());
        node.answer(GetBlockTemplate.class, NodeConversation.unreachable());
        failFor(NodeDeadline.PATIENCE.patience().minusMillis(1));
        assertThat(node.events).hasSize(1);
        node.pass(Duration.ofMillis(1));
        assertThat(node.unavailable()).isEqualTo("no connection");
    }

    @Test
    void aNodeThatIsBackWithinTheMinuteCostsNothing() {
        node.startWith("gbt_0tx");
        node.answer(node.longPoll(), NodeConversation.unreachable());
        node.answer(GetBlockTemplate.class, NodeConversation.unreachable());
        failFor(Duration.ofSeconds(50));
        node.pass(NodeDeadline.RETRY.patience());
        node.answer(GetBlockchainInfo.class, NodeConversation.chain("regtest"));
        node.answer(GetBlockTemplate.class, "gbt_0tx");
        node.pass(Duration.ofSeconds(5));
        assertThat(node.events).hasSize(1);
        assertThat(node.notes.getLast().text()).contains("gives templates again");
    }

    private void failFor(Duration time) {
        Instant end = node.now.plus(time);
        while (node.now.isBefore(end)) {
            Instant next =
                    node.session.nextDeadline().filter(at -> at.isBefore(end)).orElse(end);
            node.pass(Duration.between(node.now, next));
            if (node.isOpen(GetBlockchainInfo.class)) {
                node.answer(GetBlockchainInfo.class, NodeConversation.unreachable());
            }
        }
    }

    @Test
    void theLongPollAnswersWithTheNewTipAndTheNextOneFollowsAtOnce() {
        node.startWith("gbt_0tx");
        node.pass(Duration.ofSeconds(7));
        node.answer(node.longPoll(), "gbt_1tx");
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
        assertThat(node.template().height()).isEqualTo(141);
        assertThat(node.isLongPolling()).isTrue();
    }

    @Test
    void theLongPollAnswersAfterAMinuteWithBetterFees() {
        node.startWith("gbt_1tx");
        node.pass(Duration.ofSeconds(15));
        node.answer(node.longPoll(), "gbt_20tx");
        assertThat(node.lastEvent()).isInstanceOf(Refreshed.class);
        assertThat(node.template().transactions().orElseThrow().raw()).hasSize(20);
        assertThat(node.isLongPolling()).isTrue();
    }

    @Test
    void aStaleLongPollIdIsAnsweredAtOnceAndTheNextHasTheNewOne() {
        node.startWith("gbt_0tx");
        node.answer(node.longPoll(), "gbt_1tx");
        assertThat(node.made.getLast())
                .isInstanceOfSatisfying(
                        GetBlockTemplate.class,
                        call -> assertThat(call.longPollId())
                                .hasValueSatisfying(id -> assertThat(id)
                                        .startsWith(
                                                "774fe3487d5aa1e744376afb1c04ac07314512b49c55dcfdc89c40456c8b59fd")));
    }

    @Test
    void longPollsThatComeBackQuicklyOnOneTipAreSpacedOut() {
        node.startWith("gbt_1tx");
        node.answer(node.longPoll(), "gbt_20tx");
        assertThat(node.isLongPolling()).isFalse();
        node.pass(NodeDeadline.LONG_POLL_PAUSE.patience());
        assertThat(node.isLongPolling()).isTrue();
    }

    @Test
    void aLongPollThatComesBackWithoutNewsIsNoLongPoll() {
        node.startWith("gbt_1tx");
        node.answer(node.longPoll(), "gbt_1tx");
        assertThat(node.isLongPolling()).isFalse();
        node.pass(NodeDeadline.TIP_POLL.patience());
        assertThat(node.isOpen(GetBestBlockHash.class)).isTrue();
        assertThat(node.events).hasSize(1);
    }

    @Test
    void aTimeOutOfOursIsFollowedByPlainCallsUntilTheNextTip() {
        node.startWith("gbt_0tx");
        node.answer(node.longPoll(), new NodeAnswer.Failed(Cause.TIMED_OUT, "no answer within 600 s"));
        node.answer(GetBlockTemplate.class, "gbt_0tx");
        assertThat(node.isLongPolling()).isFalse();
        node.pass(NodeDeadline.TIP_POLL.patience());
        node.answer(GetBestBlockHash.class, NodeConversation.said(tip("gbt_0tx")));
        assertThat(node.isLongPolling()).isFalse();
        node.pass(NodeDeadline.TIP_POLL.patience());
        node.answer(GetBestBlockHash.class, NodeConversation.said(tip("gbt_1tx")));
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
        assertThat(node.isLongPolling()).isTrue();
    }

    @Test
    void aNodeThatStopsEndsTheLongPollWithATemplateOrAnErrorAndIsThenLost() {
        node.startWith("gbt_0tx");
        node.answer(node.longPoll(), new NodeAnswer.Refused(-9, "Shutting down"));
        node.answer(GetBlockTemplate.class, NodeConversation.unreachable());
        assertThat(node.events).hasSize(1);
        assertThat(node.notes.getLast().warning()).isTrue();
    }

    @Test
    void aNodeWithoutLongPollIsAskedForItsTipEverySecond() {
        startWithoutLongPoll();
        for (int i = 0; i < 5; i++) {
            node.pass(NodeDeadline.TIP_POLL.patience());
            node.answer(GetBestBlockHash.class, NodeConversation.said(tip("gbt_0tx")));
        }
        assertThat(node.isOpen(GetBlockTemplate.class)).isFalse();
        node.pass(NodeDeadline.TIP_POLL.patience());
        node.answer(GetBestBlockHash.class, NodeConversation.said(tip("gbt_1tx")));
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
    }

    @Test
    void aNodeThatDoesNotEvenTellItsTipIsAskedForTemplates() {
        startWithoutLongPoll();
        node.pass(NodeDeadline.TIP_POLL.patience());
        node.answer(GetBestBlockHash.class, NO_SUCH_METHOD);
        node.pass(NodeDeadline.TEMPLATE_POLL.patience());
        assertThat(node.isOpen(GetBlockTemplate.class)).isTrue();
    }

    private void startWithoutLongPoll() {
        node.start().answer(GetBlockchainInfo.class, NodeConversation.chain("regtest"));
        long call = node.number(GetBlockTemplate.class);
        node.answer(call, node.templated(call, "gbt_0tx", result -> {
            result.remove("longpollid");
            return result;
        }));
        assertThat(node.isLongPolling()).isFalse();
    }

    @Test
    void besideTheLongPollOnePlainCallNowAndThenBringsFeesAndShowsThatTheNodeLives() {
        node.startWith("gbt_1tx");
        node.pass(NodeDeadline.REFRESH.patience());
        assertThat(node.isLongPolling()).isTrue();
        node.answer(GetBlockTemplate.class, "gbt_20tx");
        assertThat(node.lastEvent()).isInstanceOf(Refreshed.class);
        node.pass(NodeDeadline.REFRESH.patience());
        node.answer(GetBlockTemplate.class, "gbt_20tx");
        assertThat(node.events).as("the same again is no news").hasSize(2);
    }

    @Test
    void aLongPollThatMissesTheTipIsMadeAnew() {
        node.startWith("gbt_0tx");
        long first = node.longPoll();
        node.pass(NodeDeadline.REFRESH.patience());
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        assertThat(node.longPoll()).isEqualTo(first);
        node.pass(NodeDeadline.LONG_POLL_GRACE.patience());
        assertThat(node.cancelled).containsExactly(first);
        assertThat(node.longPoll()).isGreaterThan(first);
    }

    @Test
    void anAnswerThatWasOvertakenIsAskedForAgain() {
        node.startWith("gbt_0tx");
        node.pass(NodeDeadline.REFRESH.patience());
        long slow = node.number(GetBlockTemplate.class);
        node.answer(node.longPoll(), "gbt_1tx");
        node.answer(slow, "gbt_0tx");
        assertThat(node.events).as("no way back to the old tip").hasSize(2);
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        assertThat(node.events).hasSize(2);
    }

    @Test
    void aTipThatTheChainGaveUpIsLeftWhenAFreshCallSaysSo() {
        node.startWith("gbt_1tx");
        node.pass(NodeDeadline.REFRESH.patience());
        node.answer(GetBlockTemplate.class, "gbt_0tx");
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
        assertThat(node.template().height()).isEqualTo(111);
    }

    @Test
    void otherBitsAreAnotherTip() {
        node.startWith("gbt_0tx");
        node.pass(NodeDeadline.REFRESH.patience());
        long call = node.number(GetBlockTemplate.class);
        node.answer(call, node.templated(call, "gbt_0tx", result -> {
            result.remove("target");
            return result.put("bits", "1d00ffff");
        }));
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
    }

    @Test
    void aPublishedBlockMakesUsAskAtOnce() {
        node.startWith("gbt_0tx");
        node.feed(notice(tip("gbt_1tx"), 7));
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
    }

    @Test
    void aBurstOfPublishedBlocksIsOneCallAndOneAfterIt() {
        node.startWith("gbt_0tx");
        for (int block = 1; block < 50; block++) {
            node.feed(notice(NodeConversation.hash(block).display(), block));
        }
        assertThat(node.made).hasSize(4);
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        assertThat(node.made).hasSize(5);
    }

    @Test
    void whoeverUsesTheTemplatesCanHaveItAskAtOnceAndOftenIsOneCallMore() {
        node.startWith("gbt_0tx");
        for (int times = 0; times < 50; times++) {
            node.feed(new NodeInput.Requested(new TemplateCommand.LookNow()));
        }
        assertThat(node.made).hasSize(4);
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
        node.answer(GetBlockTemplate.class, "gbt_1tx");
        assertThat(node.made).hasSize(5);
    }

    @Test
    void whoIsClosedDoesNotLook() {
        node.startWith("gbt_0tx");
        node.feed(new NodeInput.Requested(new TemplateCommand.Close("over")));
        node.feed(new NodeInput.Requested(new TemplateCommand.LookNow()));
        assertThat(node.open).isEmpty();
    }

    @Test
    void aPublishedBlockThatIsKnownAlreadyIsNoReasonToAsk() {
        node.startWith("gbt_0tx");
        node.feed(notice(tip("gbt_0tx"), 7));
        assertThat(node.isOpen(GetBlockTemplate.class)).isFalse();
    }

    @Test
    void publishedBlocksThatWereNotHeardOfAreCounted() {
        node.startWith("gbt_0tx");
        node.feed(notice(tip("gbt_1tx"), 0xfffffffeL));
        node.feed(notice(tip("gbt_1tx"), 0xffffffffL));
        assertThat(node.session.missedNotices()).isZero();
        node.feed(notice(tip("gbt_1tx"), 3));
        assertThat(node.session.missedNotices()).isEqualTo(3);
        node.feed(notice(tip("gbt_1tx"), 0));
        assertThat(node.session.missedNotices()).as("the publisher began anew").isEqualTo(3);
        node.feed(new NodeInput.BlockNoticed(NodeConversation.hash(1), OptionalLong.empty()));
        assertThat(node.session.missedNotices())
                .as("a publisher that does not number")
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {-61, 61})
    void aClockThatIsWrongIsSaidOnceAndMiningGoesOn(long skew) {
        node.start().answer(GetBlockchainInfo.class, NodeConversation.chain("regtest"));
        answerWithClock(skew);
        node.pass(NodeDeadline.REFRESH.patience());
        answerWithClock(skew);
        assertThat(node.notes.stream().filter(NodeAction.Note::warning))
                .singleElement()
                .satisfies(note -> assertThat(note.text())
                        .contains("the node's clock is more than 60 s " + (skew > 0 ? "ahead of" : "behind")));
        assertThat(node.events.getFirst()).isInstanceOf(NewTip.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-60, 60})
    void aClockThatIsRightEnoughIsNotSpokenOf(long skew) {
        node.start().answer(GetBlockchainInfo.class, NodeConversation.chain("regtest"));
        answerWithClock(skew);
        assertThat(node.notes).noneMatch(NodeAction.Note::warning);
    }

    private void answerWithClock(long skew) {
        long call = node.number(GetBlockTemplate.class);
        node.answer(
                call,
                node.templated(
                        call,
                        "gbt_0tx",
                        result -> result.put("mintime", 1_700_000_000L)
                                .put("curtime", node.now.getEpochSecond() + skew)));
    }

    @Test
    void aTemplateThatHadToBeReducedIsSaidLoudly() {
        node.start().answer(GetBlockchainInfo.class, NodeConversation.chain("regtest"));
        long call = node.number(GetBlockTemplate.class);
        node.answer(call, node.templated(call, "gbt_20tx", result -> {
            result.remove("default_witness_commitment");
            return result;
        }));
        assertThat(node.notes.getLast().warning()).isTrue();
        assertThat(node.notes.getLast().text()).contains("mining the coinbase alone");
    }

    @Test
    void aTemplateThatCannotBeUsedIsNone() {
        node.start().answer(GetBlockchainInfo.class, NodeConversation.chain("signet"));
        node.answer(GetBlockTemplate.class, RecordedAnswer.ofTemplate("gbt_signet_isolated_signetrule"));
        assertThat(node.unavailable()).contains("signet_challenge");
    }

    @Test
    void afterACloseNothingIsAskedOrSaid() {
        node.startWith("gbt_0tx");
        node.feed(notice(tip("gbt_1tx"), 1));
        node.feed(new NodeInput.Requested(new TemplateCommand.Close("over")));
        assertThat(node.open).isEmpty();
        assertThat(node.session.isDone()).isTrue();
        assertThat(node.session.nextDeadline()).isEmpty();
        node.feed(notice(tip("gbt_1tx"), 2)).start();
        assertThat(node.open).isEmpty();
        assertThat(node.events).hasSize(1);
    }

    private static NodeInput notice(String hash, long sequence) {
        return new NodeInput.BlockNoticed(Hash256.fromDisplay(hash), OptionalLong.of(sequence));
    }

    private static String tip(String template) {
        return RecordedAnswer.read("/templates/" + template + ".json")
                .get("previousblockhash")
                .asString();
    }
}
