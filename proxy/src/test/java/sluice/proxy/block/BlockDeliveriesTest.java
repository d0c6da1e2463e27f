package sluice.proxy.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.template.BlockVerdict;

class BlockDeliveriesTest {
    private static final Instant START = Instant.parse("2026-11-23T04:05:06Z");
    private static final BlockVerdict HIGH_HASH = BlockVerdict.ofReason("high-hash");

    private final BlockDeliveries deliveries = new BlockDeliveries();
    private Instant now = START;

    private List<DeliveryAction> open(String path) {
        return deliveries.on(new DeliveryInput.PathOpened(path), now);
    }

    private List<DeliveryAction> found(BlockEntry entry) {
        return deliveries.on(new DeliveryInput.Found(entry), now);
    }

    private List<DeliveryAction> answer(String path, long number, BlockVerdict verdict) {
        return deliveries.on(new DeliveryInput.Answered(path, number, verdict), now);
    }

    /** Lets the clock stand at the deadline; answers how far it was away. */
    private Duration toDeadline() {
        Instant due = deliveries.nextDeadline().orElseThrow();
        Duration wait = Duration.between(now, due);
        now = due;
        return wait;
    }

    private List<DeliveryAction> timePasses() {
        return deliveries.on(new DeliveryInput.TimePassed(), now);
    }

    private static List<String> offeredTo(List<DeliveryAction> actions) {
        List<String> paths = new ArrayList<>();
        for (DeliveryAction action : actions) {
            if (action instanceof DeliveryAction.Offer offer) {
                paths.add(offer.path());
            }
        }
        return paths;
    }

    private static DeliveryAction.Offer offer(List<DeliveryAction> actions) {
        return (DeliveryAction.Offer) actions.getFirst();
    }

    private DeliveryAction recorded(Hash256 hash, String path, BlockVerdict verdict) {
        return new DeliveryAction.Record(hash, new Delivery(now, path, verdict));
    }

    @Test
    void aBlockIsOfferedOnAllPathsAtOnce() {
        open("provider");
        open("node");
        BlockEntry entry = FoundBlocks.whole(1, now);
        List<DeliveryAction> actions = found(entry);
        assertThat(offeredTo(actions)).containsExactly("provider", "node");
        assertThat(offer(actions).solution()).isEqualTo(entry.solution(1).orElseThrow());
    }

    @Test
    void aPathThatOpensLaterIsOfferedWhatNobodyHasTaken() {
        found(FoundBlocks.whole(1, now));
        assertThat(offeredTo(open("node"))).containsExactly("node");
    }

    @Test
    void aPathThatTakesItEndsItAndTheOthersAreOnlyHeard() {
        open("provider");
        open("node");
        BlockEntry entry = FoundBlocks.whole(1, now);
        found(entry);
        assertThat(answer("node", 1, BlockVerdict.ACCEPTED))
                .containsExactly(
                        recorded(entry.hash(), "node", BlockVerdict.ACCEPTED),
                        new DeliveryAction.Concluded(entry.hash(), BlockVerdict.ACCEPTED));
        assertThat(deliveries.unfinished()).isZero();
        assertThat(deliveries.nextDeadline()).isEmpty();
        BlockVerdict late = BlockVerdict.ofReason("duplicate");
        assertThat(answer("provider", 1, late)).containsExactly(recorded(entry.hash(), "provider", late));
    }

    @Test
    void aLostRaceEndsItToo() {
        open("node");
        BlockEntry entry = FoundBlocks.whole(1, now);
        found(entry);
        BlockVerdict lost = BlockVerdict.ofReason("inconclusive");
        assertThat(answer("node", 1, lost)).endsWith(new DeliveryAction.Concluded(entry.hash(), lost));
    }

    @Test
    void aPathThatDoesNotAnswerIsOfferedTheBlockAgainEverMoreRarely() {
        open("node");
        found(FoundBlocks.whole(1, now));
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            pauses.add(toDeadline());
            assertThat(offeredTo(timePasses())).containsExactly("node");
        }
        assertThat(pauses).extracting(Duration::toSeconds).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
        assertThat(BlockDelivery.FIRST_PAUSE).hasSeconds(5);
        assertThat(BlockDelivery.LONGEST_PAUSE).hasSeconds(60);
    }

    @Test
    void aRefusalOfOnePathLeavesTheOthersTheirTurn() {
        open("provider");
        open("node");
        BlockEntry entry = FoundBlocks.whole(1, now);
        found(entry);
        assertThat(answer("provider", 1, HIGH_HASH)).containsExactly(recorded(entry.hash(), "provider", HIGH_HASH));
        toDeadline();
        assertThat(offeredTo(timePasses())).containsExactly("node");
    }

    @Test
    void whenAllHaveRefusedItForGoodItIsOver() {
        open("provider");
        open("node");
        BlockEntry entry = FoundBlocks.whole(1, now);
        found(entry);
        answer("provider", 1, HIGH_HASH);
        assertThat(answer("node", 1, HIGH_HASH))
                .containsExactly(
                        recorded(entry.hash(), "node", HIGH_HASH),
                        new DeliveryAction.Concluded(entry.hash(), HIGH_HASH));
        assertThat(deliveries.unfinished()).isZero();
    }

    @Test
    void aNodeThatLacksTheBlockBeforeIsAskedAgainAndItsRefusalIsRecordedOnce() {
        open("node");
        BlockEntry entry = FoundBlocks.whole(1, now);
        found(entry);
        BlockVerdict behind = BlockVerdict.ofReason("prev-blk-not-found");
        assertThat(answer("node", 1, behind)).containsExactly(recorded(entry.hash(), "node", behind));
        toDeadline();
        assertThat(offeredTo(timePasses())).containsExactly("node");
        assertThat(answer("node", 1, behind)).isEmpty();
        assertThat(answer("node", 1, BlockVerdict.ACCEPTED))
                .endsWith(new DeliveryAction.Concluded(entry.hash(), BlockVerdict.ACCEPTED));
    }

    @Test
    void aPathThatClosesIsOfferedNothingAndOneThatOpensAgainEverything() {
        open("node");
        found(FoundBlocks.whole(1, now));
        deliveries.on(new DeliveryInput.PathClosed("node"), now);
        assertThat(deliveries.nextDeadline()).isEmpty();
        assertThat(timePasses()).isEmpty();
        assertThat(deliveries.unfinished()).isOne();
        assertThat(offeredTo(open("node"))).containsExactly("node");
    }

    @Test
    void aBlockOfAPoolIsOfferedToNobodyElse() {
        open("node");
        assertThat(found(FoundBlocks.ofPool(now))).isEmpty();
        assertThat(deliveries.unfinished()).isZero();
    }

    @Test
    void aBlockIsOfferedForItsTimeAndNoLonger() {
        open("node");
        BlockEntry entry = FoundBlocks.whole(1, now);
        found(entry);
        now = START.plus(BlockDeliveries.OFFERED_FOR);
        assertThat(offeredTo(timePasses())).containsExactly("node");
        now = now.plusMillis(1);
        assertThat(timePasses())
                .containsExactly(new DeliveryAction.Concluded(entry.hash(), BlockDeliveries.NO_VERDICT));
        assertThat(deliveries.unfinished()).isZero();
    }

    @Test
    void beyondTheLimitTheOldestWaitsForTheNextStart() {
        BlockEntry first = FoundBlocks.whole(0, now);
        found(first);
        for (int i = 1; i < BlockDeliveries.MAX_UNFINISHED; i++) {
            assertThat(found(FoundBlocks.whole(i, now))).isEmpty();
        }
        assertThat(found(FoundBlocks.whole(BlockDeliveries.MAX_UNFINISHED, now)))
                .containsExactly(new DeliveryAction.Concluded(first.hash(), BlockDeliveries.NO_VERDICT));
        assertThat(deliveries.unfinished()).isEqualTo(BlockDeliveries.MAX_UNFINISHED);
    }

    @Test
    void lateAnswersAreWrittenDownForTheLatestBlocksOnly() {
        open("node");
        for (int i = 0; i <= BlockDeliveries.MAX_CONCLUDED; i++) {
            found(FoundBlocks.whole(i, now));
            answer("node", i + 1, BlockVerdict.ACCEPTED);
        }
        assertThat(answer("node", 1, BlockVerdict.ACCEPTED)).isEmpty();
        assertThat(answer("node", 2, BlockVerdict.ACCEPTED)).hasSize(1);
    }

    private List<DeliveryAction> cannot(String path, long number) {
        return deliveries.on(new DeliveryInput.Impossible(path, number), now);
    }

    @Test
    void aPathThatCanDoNothingWithItIsAskedOnceAndWaitedForByNobody() {
        open("provider");
        open("node");
        BlockEntry entry = FoundBlocks.whole(1, now);
        found(entry);
        assertThat(cannot("provider", 1)).isEmpty();
        toDeadline();
        assertThat(offeredTo(timePasses())).containsExactly("node");
        assertThat(answer("node", 1, HIGH_HASH))
                .containsExactly(
                        recorded(entry.hash(), "node", HIGH_HASH),
                        new DeliveryAction.Concluded(entry.hash(), HIGH_HASH));
    }

    @Test
    void whereNoPathCanDoAnythingThatIsTheVerdict() {
        open("provider");
        BlockEntry entry = FoundBlocks.whole(1, now);
        found(entry);
        assertThat(cannot("provider", 1))
                .containsExactly(new DeliveryAction.Concluded(entry.hash(), BlockDeliveries.NO_PATH));
        assertThat(cannot("provider", 1)).as("known").isEmpty();
    }
}
