package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

class PayoutCheckTest {
    private static final int EXTRANONCE_SIZE = 12;
    private static final Bytes PREFIX = Bytes.fromHex("0badcafe");
    private static final Bytes OURS = Script.p2wpkh(Bytes.fromHex("751e76e8199196d454941c45d1b3a323f1433bd6"));
    private static final Bytes ALSO_OURS = Bytes.fromHex("51");
    private static final Bytes THEIRS = Script.p2wpkh(Bytes.fromHex("00".repeat(20)));

    private static UpstreamJob job(Bytes coinbasePrefix, Bytes coinbaseSuffix) {
        return new UpstreamJob(
                1, OptionalLong.empty(), 0x20000000L, true, List.of(), coinbasePrefix, coinbaseSuffix, PREFIX);
    }

    private static UpstreamJob paying(TxOut... outputs) {
        Coinbase coinbase = Coinbase.builder()
                .height(800_000)
                .tag(Bytes.EMPTY)
                .extranonceLength(PREFIX.length() + EXTRANONCE_SIZE)
                .outputs(List.of(outputs))
                .build();
        return job(coinbase.prefix(), coinbase.suffix());
    }

    private static String complaint(int leastPercent, UpstreamJob job) {
        return new PayoutCheck(List.of(OURS, ALSO_OURS), leastPercent, true)
                .complaint(job, EXTRANONCE_SIZE)
                .orElse("");
    }

    @Test
    void aJobThatPaysOneOfOursIsGood() {
        assertThat(complaint(0, paying(new TxOut(1, OURS), new TxOut(99, THEIRS))))
                .isEmpty();
        assertThat(complaint(0, paying(new TxOut(1, ALSO_OURS)))).isEmpty();
    }

    @Test
    void aJobThatPaysSomebodyElseIsToldWithTheAddress() {
        assertThat(complaint(0, paying(new TxOut(7, THEIRS), new TxOut(0, OURS))))
                .isEqualTo("a job pays 0 of 7 satoshis to the payouts of this upstream; most goes to"
                        + " bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq9e75rs");
    }

    @Test
    void aScriptWithoutAnAddressIsShownAndALongOneCut() {
        assertThat(complaint(0, paying(new TxOut(7, Bytes.fromHex("6a"))))).endsWith("most goes to the script 6a");
        assertThat(complaint(0, paying(new TxOut(7, Bytes.fromHex("6a".repeat(41))))))
                .endsWith("most goes to the script " + "6a".repeat(40) + "...");
    }

    @Test
    void whereAPartIsAskedForItCountsToTheSatoshi() {
        UpstreamJob nearly = paying(new TxOut(9_799, OURS), new TxOut(201, THEIRS));
        UpstreamJob enough = paying(new TxOut(9_700, OURS), new TxOut(100, ALSO_OURS), new TxOut(200, THEIRS));
        assertThat(complaint(98, nearly)).startsWith("a job pays 9799 of 10000 satoshis");
        assertThat(complaint(98, enough)).isEmpty();
        assertThat(complaint(100, paying(new TxOut(5, OURS), new TxOut(0, THEIRS))))
                .isEmpty();
    }

    @Test
    void withoutPayoutsNothingIsLookedAt() {
        assertThat(PayoutCheck.NONE.complaint(job(Bytes.EMPTY, Bytes.EMPTY), EXTRANONCE_SIZE))
                .isEmpty();
    }

    @Test
    void aCoinbaseThatPaysMoreThanThereIsIsNoPayout() {
        TxOut all = new TxOut(TxOut.MAX_MONEY, OURS);
        assertThat(complaint(100, paying(all))).isEmpty();
        assertThat(complaint(0, paying(all, new TxOut(1, OURS))))
                .isEqualTo("the coinbase of a job pays more than there is");
    }

    @Test
    void whateverBytesAPoolSendsAreNoWorseThanAComplaint() {
        Random random = new Random(7);
        UpstreamJob good = paying(new TxOut(7, OURS));
        for (int i = 0; i < 20_000; i++) {
            byte[] suffix = good.coinbaseSuffix().toArray();
            if (i % 2 == 0) {
                random.nextBytes(suffix);
            } else {
                suffix[random.nextInt(suffix.length)] = (byte) random.nextInt();
            }
            Bytes cut = Bytes.of(suffix).slice(0, random.nextInt(suffix.length + 1));
            assertThat(complaint(0, job(good.coinbasePrefix(), cut))).isNotNull();
        }
        assertThat(complaint(0, job(Bytes.EMPTY, Bytes.EMPTY))).startsWith("the coinbase of a job cannot be read:");
    }

    @Test
    void aPoolThatIsToBeLeftIsGivenUpBeforeItsJobIsHandedOn() {
        List<UpstreamEvent> events = new ArrayList<>();
        List<String> givenUp = new ArrayList<>();
        PayoutWatch watch = new PayoutWatch(new PayoutCheck(List.of(OURS), 0, true));
        watch.announce(paying(new TxOut(7, THEIRS)), EXTRANONCE_SIZE, events::add, givenUp::add);
        assertThat(events).singleElement().isInstanceOf(UpstreamEvent.PayoutMismatch.class);
        assertThat(givenUp).singleElement().asString().startsWith("a job pays 0 of 7 satoshis");
        watch.announce(paying(new TxOut(7, OURS)), EXTRANONCE_SIZE, events::add, givenUp::add);
        assertThat(events).hasSize(2).last().isInstanceOf(UpstreamEvent.JobAnnounced.class);
    }

    @Test
    void aPoolThatIsOnlySpokenOfIsMinedForAndNamedOnceForEachMistake() {
        List<UpstreamEvent> events = new ArrayList<>();
        PayoutWatch watch = new PayoutWatch(new PayoutCheck(List.of(OURS), 0, false));
        UpstreamJob wrong = paying(new TxOut(7, THEIRS));
        UpstreamJob right = paying(new TxOut(7, OURS));
        for (UpstreamJob job : List.of(wrong, wrong, right, wrong)) {
            watch.announce(job, EXTRANONCE_SIZE, events::add, why -> {
                throw new AssertionError(why);
            });
        }
        assertThat(events.stream().filter(UpstreamEvent.JobAnnounced.class::isInstance))
                .hasSize(4);
        assertThat(events.stream().filter(UpstreamEvent.PayoutMismatch.class::isInstance))
                .hasSize(2);
    }
}
