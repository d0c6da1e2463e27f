package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv1.Sv1ServerMessage.Notify;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.translation.AdvertisedDifficulty;

/** What miners hear of their shares. */
class Sv1SubmitTest {
    private static final String ACCEPTED = "{\"result\":true,\"error\":null}";
    private static final String STALE = "{\"result\":null,\"error\":[21,\"Job not found (stale)\",null]}";

    private final Sv1Farm farm = Sv1Farm.working(Sv1Farm.EASY);
    private Sv1Miner miner;

    @BeforeEach
    void connect() {
        miner = farm.mining();
    }

    private static Sv1Miner minerAt(double difficulty) {
        Sv1Farm strict = new Sv1Farm(new VardiffConfig(true, 6, 1e-9, difficulty));
        strict.upstream(Difficulty.targetOf(1), true);
        strict.update(new RouteUpdate.TipChanged(strict.job(1, VectorJobs.SHARE_TIP)));
        return strict.mining();
    }

    @Test
    void aGatewayBehindUsGetsTheWiderExtranonceThatItNeedsForItsOwnMiners() {
        Sv1Farm wide = new Sv1Farm(
                Sv1Farm.EASY, Sv1Farm.MASK, new ExtranonceIndexes(1, 2, 0xffffffffL, 16), ExtranonceShape.ROLL_8);
        wide.upstream(Sv1Farm.EASIEST, true);
        wide.update(new RouteUpdate.TipChanged(
                wide.job(1, VectorJobs.SHARE_TIP, VectorJobs.VERSION, true, List.of(), 16, Sv1Farm.EASIEST)));
        Sv1Miner gateway = wide.mining();

        assertThat(gateway.extranonce2Size).isEqualTo(8);
        assertThat(gateway.submitsShare(0)).isEqualTo(ACCEPTED);
        assertThat(gateway.forwarded).singleElement().satisfies(share -> {
            assertThat(share.window().length()).isEqualTo(12);
            assertThat(share.upstreamExtranonce().length()).isEqualTo(16);
        });
        assertThat(gateway.submits("w", "1", "00000000", "680be961", "00000000", ""))
                .isEqualTo("{\"result\":null,\"error\":[20,\"Wrong extranonce2 size\",null]}");
    }

    private String submitPublished(Sv1Miner by) {
        return by.submits("w", "1", "00000000", "680be961", "00004107", "");
    }

    private List<ShareVerdict> verdicts() {
        return miner.events(GatewayEvent.ShareSubmitted.class)
                .map(GatewayEvent.ShareSubmitted::verdict)
                .toList();
    }

    @Test
    void thePublishedShareIsAcceptedOnceAndItsRepetitionIsADuplicate() {
        assertThat(miner.extranonce1.hex()).isEqualTo("01000000");
        assertThat(submitPublished(miner)).isEqualTo(ACCEPTED);
        assertThat(submitPublished(miner)).isEqualTo("{\"result\":null,\"error\":[22,\"Duplicate share\",null]}");
        assertThat(verdicts()).containsExactly(ShareVerdict.ACCEPTED, ShareVerdict.DUPLICATE);
        ForwardedShare share = miner.forwarded.getFirst();
        assertThat(miner.forwarded).hasSize(1);
        assertThat(share.upstreamExtranonce().hex()).isEqualTo("0100000000000000");
        assertThat(share.hash().display())
                .isEqualTo("000054cc966c174fc21b056b994c0aa265c40126222040984f571230b9adde1f");
        assertThat(share.nonce()).isEqualTo(0x4107);
        assertThat(share.version()).isEqualTo(0x20000000L);
        assertThat(share.userIdentity()).isEqualTo("w");
    }

    @Test
    void aShareAtTheDifficultyToldIsAcceptedAndOneJustBelowItIsNot() {
        Target reached = Target.fromHex("000054cc966c174fc21b056b994c0aa265c40126222040984f571230b9adde1f");
        double just = AdvertisedDifficulty.notAbove(Difficulty.of(reached));
        Sv1Miner atIt = minerAt(just);
        assertThat(atIt.difficulty).isEqualTo(just);
        assertThat(submitPublished(atIt)).isEqualTo(ACCEPTED);
        Sv1Miner above = minerAt(just * (1 + 1e-8));
        assertThat(above.difficulty).isGreaterThan(just).isLessThan(just * (1 + 2e-8));
        assertThat(submitPublished(above)).isEqualTo("{\"result\":null,\"error\":[23,\"Low difficulty share\",null]}");
    }

    @Test
    void sharesThatTheUpstreamDidNotAskForStayHere() {
        Sv1Farm strict = new Sv1Farm(Sv1Farm.EASY);
        strict.upstream(Difficulty.targetOf(1), true);
        strict.update(new RouteUpdate.TipChanged(strict.job(1, VectorJobs.SHARE_TIP)));
        Sv1Miner easy = strict.mining();
        assertThat(submitPublished(easy)).isEqualTo(ACCEPTED);
        assertThat(easy.forwarded).isEmpty();
        assertThat(easy.events(GatewayEvent.ShareSubmitted.class))
                .singleElement()
                .satisfies(share -> assertThat(share.difficulty()).isCloseTo(1e-9, within(1e-18)));
    }

    @Test
    void aBlockIsForwardedAsOne() {
        farm.update(new RouteUpdate.TipChanged(farm.job(2, VectorJobs.BLOCK_TIP)));
        Sv1Miner.Attempt attempt = miner.attempt();
        assertThat(miner.submits(attempt, attempt.nonce(0, VectorJobs.BLOCK_TIP.networkTarget(), true), ""))
                .isEqualTo(ACCEPTED);
        assertThat(miner.forwarded).singleElement().matches(ForwardedShare::blockFound);
    }

    @Test
    void aShareOfAnOlderTipIsStaleAndOneOfTheNewTipIsGood() {
        Sv1Miner.Attempt old = miner.attempt();
        farm.update(new RouteUpdate.TipChanged(farm.job(2, Sv1Farm.nextTip())));
        assertThat(miner.submits(old, old.nonce(0, Difficulty.targetOf(miner.difficulty), true), ""))
                .isEqualTo(STALE);
        assertThat(miner.submitsShare(0)).isEqualTo(ACCEPTED);
        assertThat(verdicts()).containsExactly(ShareVerdict.STALE, ShareVerdict.ACCEPTED);
    }

    @Test
    void sharesOfEarlierJobsOfTheSameTipAreGood() {
        Sv1Miner.Attempt old = miner.attempt();
        farm.update(new RouteUpdate.JobAdded(farm.job(2, VectorJobs.SHARE_TIP)));
        farm.update(new RouteUpdate.JobRepeated(farm.job(3, VectorJobs.SHARE_TIP)));
        assertThat(miner.work.jobId()).isEqualTo("3");
        assertThat(miner.submits(old, 0x4107, "")).isEqualTo(ACCEPTED);
        assertThat(miner.submits(miner.attempt(), 0x4107, ""))
                .as("the same header under another job id")
                .contains("[22,");
    }

    @ParameterizedTest
    @CsvSource({"2", "ffffffff", "deadbeef00", "job-1", "''"})
    void aShareOfAJobThatNeverWasGetsTheSameAnswerAsAStaleOne(String jobId) {
        assertThat(miner.submits("w", jobId, "00000000", "680be961", "00004107", ""))
                .isEqualTo(STALE);
        assertThat(verdicts()).containsExactly(ShareVerdict.UNKNOWN_JOB);
    }

    @ParameterizedTest
    @CsvSource({"''", "000000", "0000000000", "0000000000000000"})
    void aWrongExtranonce2SizeIsRefusedWithoutDisconnect(String extranonce2) {
        assertThat(miner.submits("w", "1", extranonce2, "680be961", "00004107", ""))
                .isEqualTo("{\"result\":null,\"error\":[20,\"Wrong extranonce2 size\",null]}");
        assertThat(miner.disconnected).isEmpty();
        assertThat(verdicts()).containsExactly(ShareVerdict.BAD_EXTRANONCE_SIZE);
    }

    @ParameterizedTest
    @CsvSource({"680be960, NTIME_TOO_OLD", "680c0582, NTIME_TOO_NEW", "00000000, NTIME_TOO_OLD"})
    void anImpossibleTimeIsRefused(String ntime, ShareVerdict verdict) {
        assertThat(miner.submits("w", "1", "00000000", ntime, "00004107", "")).contains("\"error\":[21,");
        assertThat(verdicts()).containsExactly(verdict);
    }

    @Test
    void aMinerMayRollTheTimeForTwoHours() {
        Notify job = miner.work;
        Sv1Miner.Attempt late =
                new Sv1Miner.Attempt(job, miner.extranonce1, Bytes.zeros(4), job.ntime() + 7200, job.version());
        assertThat(miner.submits(late, late.nonce(0, Difficulty.targetOf(miner.difficulty), true), ""))
                .isEqualTo(ACCEPTED);
    }

    @ParameterizedTest
    @CsvSource({"zzzz, 00004107", "680be961, xyz", "680be961, 123456789abcdef"})
    void malformedNumbersAreRefusedWithoutDisconnect(String ntime, String nonce) {
        assertThat(miner.submits("w", "1", "00000000", ntime, nonce, "")).contains("\"result\":null,\"error\":[20,");
        assertThat(miner.disconnected).isEmpty();
        assertThat(verdicts()).as("no job was named").isEmpty();
    }

    @Test
    void shortAndUpperCaseNumbersAreRead() {
        assertThat(miner.submits("w", "01", "00000000", "680BE961", "0x4107", ""))
                .isEqualTo(ACCEPTED);
    }

    @Test
    void aSubmitBeforeSubscribeAndOneBeforeAuthorizeAreToldApart() {
        Sv1Miner fresh = farm.connect();
        assertThat(fresh.submits("w", "1", "00000000", "680be961", "00004107", ""))
                .isEqualTo("{\"result\":null,\"error\":[25,\"Not subscribed\",null]}");
        fresh.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        assertThat(fresh.submits("w", "1", "00000000", "680be961", "00004107", ""))
                .isEqualTo("{\"result\":null,\"error\":[24,\"Unauthorized worker\",null]}");
        assertThat(fresh.events(GatewayEvent.ShareSubmitted.class).map(GatewayEvent.ShareSubmitted::verdict))
                .containsExactly(ShareVerdict.UNKNOWN_CHANNEL, ShareVerdict.BAD_USER_IDENTITY);
    }

    @Test
    void eachShareIsCountedForTheWorkerItNames() {
        miner.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"w2\",\"x\"]}");
        miner.hears();
        assertThat(miner.submits("w2", "1", "00000000", "680be961", "00004107", ""))
                .isEqualTo(ACCEPTED);
        assertThat(miner.submits("w3", "1", "00000001", "680be961", "00004107", ""))
                .contains("[24,");
        assertThat(miner.forwarded)
                .singleElement()
                .satisfies(share -> assertThat(share.userIdentity()).isEqualTo("w2"));
        assertThat(miner.events(GatewayEvent.ShareSubmitted.class).map(GatewayEvent.ShareSubmitted::userIdentity))
                .containsExactly("w2", "w3");
    }

    @Test
    void aShareThatNamesNobodyBelongsToTheFirstWorker() {
        assertThat(miner.submits("", "1", "00000000", "680be961", "00004107", ""))
                .isEqualTo(ACCEPTED);
        assertThat(miner.forwarded.getFirst().userIdentity()).isEqualTo("w");
    }

    @Test
    void aSubmitWithoutIdIsCountedAndNotAnswered() {
        assertThat(miner.says("{\"id\":null,\"method\":\"mining.submit\",\"params\":"
                        + "[\"w\",\"1\",\"00000000\",\"680be961\",\"00004107\"]}"))
                .isEmpty();
        assertThat(verdicts()).containsExactly(ShareVerdict.ACCEPTED);
        assertThat(miner.forwarded).hasSize(1);
    }

    @Test
    void jobsOfALostUpstreamAreHeldAndStillAcceptedUntilAnothersFirstTip() {
        farm.update(new RouteUpdate.UpstreamLost("connection-broken"));
        assertThat(miner.hears()).isEmpty();
        assertThat(miner.submitsShare(0)).isEqualTo(ACCEPTED);
        farm.upstream(Sv1Farm.EASIEST, true);
        miner.hears();
        assertThat(miner.submitsShare(1_000)).isEqualTo(ACCEPTED);
        farm.update(new RouteUpdate.TipChanged(farm.job(2, VectorJobs.SHARE_TIP)));
        assertThat(miner.submits("w", "1", "00000000", "680be961", "00004107", ""))
                .isEqualTo(STALE);
        assertThat(miner.submitsShare(0)).as("it was paid on this tip before").contains("[22,");
        assertThat(miner.submitsShare(2_000)).isEqualTo(ACCEPTED);
    }

    @Test
    void noTwoMinersEverHashTheSameHeader() {
        Sv1Farm many = new Sv1Farm(Sv1Farm.EASY, Sv1Farm.MASK, new ExtranonceIndexes(0, 1, 0xffffffffL, 64));
        many.upstream(Sv1Farm.EASIEST, true);
        many.update(new RouteUpdate.TipChanged(many.job(1, VectorJobs.SHARE_TIP)));
        List<Hash256> first = headers(many.mining());
        List<Hash256> second = headers(many.mining());
        assertThat(first).doesNotHaveDuplicates().doesNotContainAnyElementsOf(second);
        Sv1Miner gone = many.mining();
        List<Hash256> third = headers(gone);
        gone.closes();
        assertThat(headers(many.mining()))
                .as("an index rests after its miner has left")
                .doesNotContainAnyElementsOf(third);
    }

    private static List<Hash256> headers(Sv1Miner of) {
        return List.of("00000000", "00000001", "ffffffff").stream()
                .map(rolled -> new Sv1Miner.Attempt(
                        of.work, of.extranonce1, Bytes.fromHex(rolled), of.work.ntime(), of.work.version()))
                .map(attempt -> Sha256d.of(Bytes.wrap(attempt.header())))
                .toList();
    }
}
